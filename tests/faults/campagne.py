"""A campaign: a region, a load that does not let go, faults at random instants, then the books."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.region import Region
from tests.faults.bilan import Livres, comparer
from tests.faults.charge import Charge
from tests.faults.client import Client
from tests.faults.coupure import Coupures
from tests.faults.fautes import MORTS, Coup, Fautes, Genre
from tests.notifications.integration.monde import Boite

GUICHETS = 3
_ARRETENT_TOUT = frozenset({Genre.API, Genre.POSTGRESQL})
_CALME_SECONDES = 3.0
_REPOS_SECONDES = 600
_DUS = "select count(*) from message where etat = 'a_envoyer'"
_RESERVES = (
    "select array_agg(reservation order by id) from message where etat = 'a_envoyer' and reservation is not null"
)
# A sender that was killed holds its messages three minutes more: rather than wait, the end of its reservation is brought
# forward, once nothing has moved for a while (a living sender concludes a batch in less).
_AVANCER = "update message set prochain_essai = now() where etat = 'a_envoyer' and reservation is not null"


@dataclass
class Campagne:
    """One run on one region."""

    region: Region
    boite: Boite
    graine: int
    plan: list[Coup]

    async def mener(self) -> dict[str, Any]:
        """Load, faults, rest, books; returns the figures. Raises AssertionError on anything lost, doubled or not met."""
        debut = time.monotonic()
        environnement = _environnement(self.region.folder)
        coupures = Coupures(int(self.region.url.rpartition(":")[2]))
        fautes = Fautes(self.region, coupures, environnement)
        async with self._charge(coupures) as charge:
            await charge.preparer()
            menee = asyncio.create_task(charge.mener())
            try:
                await self._frapper(fautes, charge, menee)
                charge.fin.set()
                await menee
            finally:
                menee.cancel()
                await fautes.fermer()
        clients = [*charge.guichets, charge.bailleur]
        livres = await self._au_repos(environnement)
        verification = await asyncio.to_thread(self._verifier, environnement)
        comptes = await comparer(livres, charge.acquis, self.boite)
        await livres.fermer()
        rejouees = _rejouees(coupures, clients)
        fautes.faites[Genre.COUPURE] = len(rejouees)
        assert set(fautes.faites) == {coup.genre for coup in self.plan}, "a kind of fault was never met"
        return {
            "graine": self.graine,
            "transport": environnement["LOGIS_TRANSPORT"],
            "duree_s": round(time.monotonic() - debut, 1),
            "morts": sum(n for genre, n in fautes.faites.items() if genre in MORTS),
            "fautes": {genre.value: n for genre, n in sorted(fautes.faites.items())},
            "ecritures": {
                "acquittees": sum(len(client.acquittements) for client in clients),
                "reprises": sum(client.reprises for client in clients),
                "rejouees": sum(a.rejouee for client in clients for a in client.acquittements.values()),
            },
            **comptes,
            "verification": verification,
            "arrets_inattendus": self._arrets(),
        }

    async def _frapper(self, fautes: Fautes, charge: Charge, menee: "asyncio.Task[None]") -> None:
        """The plan, as long as the load holds. What stops everybody waits until something was written since the last time."""
        ecrites = 0
        for coup in self.plan:
            await asyncio.wait({menee}, timeout=coup.delai)
            while coup.genre in _ARRETENT_TOUT and charge.ecrites < ecrites + GUICHETS and not menee.done():
                await asyncio.wait({menee}, timeout=0.05)
            if menee.done():
                break
            if coup.genre in _ARRETENT_TOUT:
                ecrites = charge.ecrites
            await fautes.frapper(coup)
        await fautes.finir()

    @asynccontextmanager
    async def _charge(self, coupures: Coupures) -> AsyncIterator[Charge]:
        async with AsyncExitStack() as stack:
            url = f"http://127.0.0.1:{await coupures.ouvrir()}"
            stack.push_async_callback(coupures.fermer)

            async def client(prefixe: str, organisation: str, role: str) -> Client:
                jeton = self.region.token(organisation, role)
                http = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {jeton}"}, timeout=15)
                return Client(
                    await stack.enter_async_context(http), f"faute-{self.graine}-{prefixe}", self._est_en_marche
                )

            guichets = [await client(f"guichet{n}", "gestionnaire-alsace", "gestionnaire") for n in range(GUICHETS)]
            bailleur = await client("bailleur", "trois-rivieres-habitat", "bailleur")
            yield Charge(guichets, bailleur, self.graine)

    async def _au_repos(self, environnement: dict[str, str]) -> Livres:
        """Wait until every consumer is up to date and every message has left."""
        await asyncio.to_thread(self._verifier, environnement)
        livres = await Livres.ouvrir(environnement)
        base = livres.bases["notifications"]
        depuis, vus = time.monotonic(), None
        async with asyncio.timeout(_REPOS_SECONDES):
            while await base.fetchval(_DUS):
                tenus = await base.fetchval(_RESERVES)
                if tenus != vus:
                    depuis, vus = time.monotonic(), tenus
                elif time.monotonic() - depuis > _CALME_SECONDES:
                    await base.execute(_AVANCER)
                    depuis = time.monotonic()
                await asyncio.sleep(0.2)
        return livres

    def _verifier(self, environnement: dict[str, str]) -> dict[str, int]:
        """`logis verify --json`, which waits for late consumers. Raises AssertionError."""
        command = [sys.executable, "-m", "services.logis", "verify", "--json", "--attendre", "300"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environnement)
        assert done.returncode == 0, done.stdout + done.stderr[-3000:]
        controles = json.loads(done.stdout)["controles"]
        assert not sum(controle["ecarts"] for controle in controles)
        return {"controles": len(controles), "examines": sum(c["examines"] for c in controles), "ecarts": 0}

    def _est_en_marche(self) -> bool:
        return self.region.process.poll() is None

    def _arrets(self) -> list[str]:
        """What stopped by itself, not by our hand: the supervisor says the code of each end."""
        journal = (self.region.folder.parent / f"{self.region.folder.name}.log").read_text(errors="replace")
        return [ligne for ligne in journal.splitlines() if "s'est arrêté (code " in ligne and "(code -9)" not in ligne]


def _rejouees(coupures: Coupures, clients: list[Client]) -> list[str]:
    """The writes whose answer was cut: each one that was done must have been answered again, not done again."""
    acquittements = {cle: a for client in clients for cle, a in client.acquittements.items()}
    faites = [cle for cle, statut in coupures.coupees if 200 <= statut < 300]
    assert all(acquittements[cle].rejouee for cle in faites), "a write done twice, or not recognised"
    return faites


def _environnement(dossier: Path) -> dict[str, str]:
    lues = dict(ligne.split("=", 1) for ligne in (dossier / "environnement").read_text().splitlines())
    return {**os.environ, "LOGIS_LOG_LEVEL": "warning", **lues}
