"""The faults: what is killed, what is cut, what is rebalanced, and whether each was really met."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from benchmarks.region import Region
from services.chassis.database import LOST, plain
from tests.faults import processus
from tests.faults.coupure import Coupures

_A_TUER_SECONDES = 600
_ARRIVEE_SECONDES = 600


class Genre(StrEnum):
    """A kind of fault."""

    API = "api"
    WORKER = "worker"
    SESSION = "session-postgresql"
    POSTGRESQL = "postgresql"
    BROKER = "broker"
    COUPURE = "coupure"
    REEQUILIBRAGE = "reequilibrage"


MORTS = frozenset({Genre.API, Genre.WORKER, Genre.SESSION, Genre.POSTGRESQL, Genre.BROKER})
"""Those that are kills."""

_CIBLES: dict[Genre, Callable[[Region], list[int]]] = {
    Genre.API: processus.api,
    Genre.WORKER: processus.workers,
    Genre.SESSION: processus.sessions,
    Genre.POSTGRESQL: processus.postmaster,
    Genre.BROKER: processus.broker,
}
_CONSOMMATEURS = {  # a consumer of each service, and the source that it reads
    "cotation": ("cotation.notation", "demande"),
    "notifications": ("notifications.avis", "demande"),
    "flux": ("flux.suivi", "demande"),
    "demande": ("demande.mises-a-disposition", "flux"),
}


@dataclass(frozen=True, slots=True)
class Coup:
    """One fault of a plan: after `delai` seconds, a kind; choix: in [0, 1[, which one among those that could be hit."""

    delai: float
    genre: Genre
    choix: float


def tirer(graine: int, composition: dict[Genre, int], paquets: int, delai: float) -> list[Coup]:
    """A plan: `paquets` times the composition, each shuffled; the same seed gives the same plan. delai: mean, in seconds."""
    alea = Random(graine)
    plan: list[Coup] = []
    for _ in range(paquets):
        paquet = [genre for genre, nombre in composition.items() for _ in range(nombre)]
        alea.shuffle(paquet)
        plan += [Coup(alea.uniform(0, 2 * delai), genre, alea.random()) for genre in paquet]
    return plan


@dataclass
class Fautes:
    """Strikes a region. environnement: its settings; faites: by kind."""

    region: Region
    coupures: Coupures
    environnement: dict[str, str]
    faites: Counter[Genre] = field(default_factory=Counter)
    _en_cours: set[asyncio.Task[None]] = field(default_factory=set)
    _seconds: list[subprocess.Popen[bytes]] = field(default_factory=list)

    async def frapper(self, coup: Coup) -> None:
        """One fault, now. A rebalance goes on while others strike."""
        if coup.genre is Genre.COUPURE:
            self.coupures.a_couper += 1
        elif coup.genre is Genre.REEQUILIBRAGE:
            tache = asyncio.create_task(self._reequilibrer(coup))
            self._en_cours.add(tache)
        else:
            await self._tuer(coup)

    async def finir(self) -> None:
        """Wait for the rebalances in progress."""
        await asyncio.gather(*self._en_cours)

    async def fermer(self) -> None:
        """Leave nothing running, whatever happened."""
        for tache in self._en_cours:
            tache.cancel()
        await asyncio.gather(*self._en_cours, return_exceptions=True)
        for second in self._seconds:
            second.kill()
            second.wait()

    async def _tuer(self, coup: Coup) -> None:
        """A living one: what is dead is waited for, so that a kill is a kill."""
        async with asyncio.timeout(_A_TUER_SECONDES):
            while True:
                cibles = await asyncio.to_thread(_CIBLES[coup.genre], self.region)
                if cibles and processus.tuer(cibles[int(coup.choix * len(cibles))]):
                    self.faites[coup.genre] += 1
                    return
                assert self.region.process.poll() is None, "the region has stopped"
                await asyncio.sleep(0.02)

    async def _reequilibrer(self, coup: Coup) -> None:
        """A second worker of a service joins, takes its share, and leaves: in good order or killed."""
        service = list(_CONSOMMATEURS)[int(coup.choix * len(_CONSOMMATEURS))]
        async with asyncio.timeout(_ARRIVEE_SECONDES):
            second = self._lancer(service)
            while await self._membres(service) < 2 or second.poll() is not None:
                if second.poll() is not None:  # it came while the database was away
                    second = self._lancer(service)
                await asyncio.sleep(0.2)
        second.send_signal(signal.SIGKILL if int(coup.choix * 100) % 2 else signal.SIGTERM)
        await asyncio.to_thread(second.wait, 60)
        self.faites[Genre.REEQUILIBRAGE] += 1

    def _lancer(self, service: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "services.logis", service, "worker"]
        with (self.region.folder.parent / "seconds.log").open("ab") as journal:
            second = subprocess.Popen(command, stdout=journal, stderr=journal, env=self.environnement)
        self._seconds.append(second)
        return second

    async def _membres(self, service: str) -> int:
        """How many members share the partitions of a consumer of the service; 0 when nobody can tell."""
        consommateur, source = _CONSOMMATEURS[service]
        with suppress(asyncpg.PostgresError, KafkaError, TimeoutError, *LOST):
            if self.environnement["LOGIS_TRANSPORT"] == "kafka":
                return await self._membres_du_groupe(f"logis.demonstration.{consommateur}.{source}")
            connexion = await asyncpg.connect(plain(self.environnement[f"LOGIS_{service.upper()}_DSN"]), timeout=5)
            try:
                return int(await connexion.fetchval(_MEMBRES, consommateur, source))
            finally:
                await connexion.close()
        return 0

    async def _membres_du_groupe(self, groupe: str) -> int:
        client = AIOKafkaAdminClient(
            bootstrap_servers=self.environnement["LOGIS_KAFKA_BOOTSTRAP"], request_timeout_ms=5_000
        )
        await client.start()
        try:
            (reponse,) = await client.describe_consumer_groups([groupe])
            return len(reponse.groups[0][5])
        finally:
            await client.close()


_MEMBRES = """
    select count(*) from consumer_member
    where consumer = $1 and source = $2 and seen_at > clock_timestamp() - interval '6 seconds'"""
