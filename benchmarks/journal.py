"""A register's journal full of events, for what reads it: in PostgreSQL, behind its API in a process of its own, on a broker."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.database import Database, plain
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.embedded.processes import free_port
from services.chassis.events.context import Context
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append, StreamHead
from services.chassis.journal.wakeup import PostgresWakeup
from services.chassis.migration import migrate
from services.chassis.processes import VAULT
from services.chassis.publication.derivation import Publication
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing
from services.chassis.vault.keys import MemoryKeyStore
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.demande import Demande, enregistrer
from services.demande.domain.dossier import Dossier, Lieu, Personne, Recherche, Role
from services.demande.flots import CATALOGUE, derive
from services.demande.service import SERVICE

_PAGE = 500
_READY_SECONDS = 300
PUBLICATION = Publication("demonstration", "demande", CATALOGUE, derive)

_DEPOSIT = DeposerDemande(
    deposee_le=date(2025, 3, 14),
    recue_le=date(2026, 11, 1),
    guichet="G6702",
    canal="import",
    territoire="067",
    recherche=Recherche(typologies=("T3",), lieux=(Lieu("67482"), Lieu("68224")), elargie=False),
    dossier=Dossier(motifs=("01",)),
    personnes={"demandeur": Personne(Role.DEMANDEUR, date(1990, 2, 3), "Essai", prenom="Camille")},
    numero="0670325000001G6702",
)


@dataclass(frozen=True, slots=True)
class Source:
    """The register's database, full, and what a process of it is told."""

    postgres: EmbeddedPostgres
    folder: Path
    events: int

    @property
    def dsn(self) -> str:
        """Its journal."""
        return self.postgres.dsn("demande")

    @asynccontextmanager
    async def journal(self) -> AsyncIterator[tuple[Database, PostgresJournal]]:
        """The journal, open."""
        database = await Database.open(self.dsn, application_name="bench")
        wakeup = PostgresWakeup(lambda: asyncpg.connect(plain(self.dsn)))
        await wakeup.start()
        try:
            yield database, PostgresJournal(database, wakeup)
        finally:
            await wakeup.stop()
            await database.close()

    @contextmanager
    def served(self) -> Iterator[httpx.AsyncClient]:
        """Its API in a process of its own: a client with a manager's token."""
        keys = DevelopmentKeys(self.folder / "jetons")
        keys.create()
        port = free_port("127.0.0.1")
        settings = {
            "LOGIS_REGION": str(REGION.absolute()),
            "LOGIS_DEMANDE_DSN": self.dsn,
            "LOGIS_KEYS_DSN": self.postgres.dsn("cles"),
            "LOGIS_KEK_FILE": str(FileKekRing.create(self.folder / "trousseau.json").path),
            "LOGIS_JWKS": str(keys.jwks),
            "LOGIS_ISSUER": ISSUER,
            "LOGIS_PORT": str(port),
            "LOGIS_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "services.logis", "demande", "api"]
        process = subprocess.Popen(command, env=os.environ | settings)
        token = keys.sign(
            organisation="gestionnaire-alsace",
            roles=["gestionnaire"],
            acteur="essai",
            audience="logis",
            now=datetime.now(UTC),
            duration=timedelta(hours=2),
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_ready(process, url)
            yield httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError("the API of the register is not ready")


def fill(postgres: EmbeddedPostgres, folder: Path, count: int) -> Source:
    """A register whose journal holds `count` registrations, sealed, each in its stream."""
    for name, branches in (("demande", SERVICE.branches), ("cles", VAULT)):
        postgres.create_database(name)
        asyncio.run(migrate(postgres.dsn(name), branches))
    source = Source(postgres, folder, count)
    asyncio.run(_append(source))
    return source


async def _append(source: Source) -> None:
    context = Context("import", "demonstration", datetime.now(UTC))
    event = enregistrer(Demande(), _DEPOSIT, "0" * 64)[0]
    async with source.journal() as (_, journal):
        for first in range(0, source.events, _PAGE):
            streams = [f"demande-{uuid4()}" for _ in range(min(_PAGE, source.events - first))]
            keys = await MemoryKeyStore().obtain({s for stream in streams for s in CATALOGUE.subjects(stream, event)})
            appends = [
                Append(StreamHead(stream), (CATALOGUE.encode(stream, event, context, keys),)) for stream in streams
            ]
            async with journal.transaction() as transaction:
                await transaction.import_streams(appends)
