"""A client that does not let go: what it sends is sent again, under the same Idempotency-Key, until it is acknowledged."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE_SECONDS = 600  # a crowded machine takes a minute to start a process
_PAUSE_SECONDS = 0.1
_LATER = {429, 503, 504}
_IN_PROGRESS = "commande-en-cours"


class ReponseInattendue(AssertionError):
    """An answer that no fault excuses: a bug."""


@dataclass(frozen=True, slots=True)
class Acquittement:
    """An acknowledged write."""

    cle: str
    corps: Any
    entetes: httpx.Headers
    essais: int
    rejouee: bool


@dataclass
class Client:
    """Writes and reads of one organisation. prefixe: makes its keys its own; vivante: whether it is worth insisting."""

    http: httpx.AsyncClient
    prefixe: str
    vivante: Callable[[], bool]
    acquittements: dict[str, Acquittement] = field(default_factory=dict)
    reprises: int = 0
    _rangs: Any = field(default_factory=lambda: itertools.count(1))

    async def ecrire(self, methode: str, chemin: str, **requete: Any) -> Acquittement:
        """Send a command until it is acknowledged. Raises ReponseInattendue."""
        cle = f"{self.prefixe}-{next(self._rangs)}"
        entetes = {"Idempotency-Key": cle} | requete.pop("entetes", {})
        essais, reponse = await self._insister(methode, chemin, headers=entetes, **requete)
        if not reponse.is_success:
            raise ReponseInattendue(f"{methode} {chemin} : {reponse.status_code} {reponse.text[:600]}")
        rejouee = reponse.headers.get("Idempotency-Replayed") == "true"
        corps = reponse.json() if reponse.content else None
        self.acquittements[cle] = Acquittement(cle, corps, reponse.headers, essais, rejouee)
        return self.acquittements[cle]

    async def lire(self, chemin: str, *, attendu: int = 200) -> Any:
        """Read until the answer is `attendu`: what another service announces takes its time. Raises ReponseInattendue."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                _, reponse = await self._insister("GET", chemin)
                if reponse.status_code == attendu:
                    return reponse.json()
                if reponse.status_code != 404:
                    raise ReponseInattendue(f"GET {chemin} : {reponse.status_code} {reponse.text[:600]}")
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _insister(self, methode: str, chemin: str, **requete: Any) -> tuple[int, httpx.Response]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for essai in itertools.count(1):
                try:
                    reponse = await self.http.request(methode, chemin, **requete)
                except httpx.TransportError:
                    reponse = None
                if reponse is not None and not _est_a_reprendre(reponse):
                    return essai, reponse
                assert self.vivante(), "the region has stopped"
                self.reprises += 1
                await asyncio.sleep(_PAUSE_SECONDS)
        raise AssertionError("count never ends")


def _est_a_reprendre(reponse: httpx.Response) -> bool:
    return reponse.status_code in _LATER or (reponse.status_code == 409 and reponse.json()["code"] == _IN_PROGRESS)
