"""Following the scoring: every imported demande that wishes a place with a grid is scored there."""

import time
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from demo.scenario.fil import lire_le_fil

_CALME_MS = 1_000
_LIMITE_SECONDES = 3_600


@dataclass
class Cotations:
    """What the feed of the scoring said. cotees: sixteen bytes a demande, all that is kept of it; etablies: scores given."""

    etablies: int = 0
    cotees: set[bytes] = field(default_factory=set)
    curseur: str = ""


async def suivre_les_cotations(client: httpx.AsyncClient, cotations: Cotations, attendues: int) -> None:
    """Read the feed until `attendues` demandes are scored and it says nothing more.

    Raises TimeoutError when that never comes.
    """
    limite = time.monotonic() + _LIMITE_SECONDES
    while time.monotonic() < limite:
        async for evenement in lire_le_fil(client, "cotation", cotations.curseur, _CALME_MS):
            cotations.curseur = evenement.id
            if evenement.type == "cotation.etablie.v1":
                cotations.etablies += 1
                cotations.cotees.add(UUID(evenement.data["demande"]).bytes)
        if len(cotations.cotees) >= attendues:
            return
    raise TimeoutError(f"{attendues - len(cotations.cotees)} demandes ne sont pas cotées.")


async def lire_la_note(client: httpx.AsyncClient, demande: str, lieu: str) -> str | None:
    """The score in force of a demande for a place; None when it has none."""
    reponse = await client.get(f"/cotation/v1/cotations/{demande}")
    notes = reponse.json()["notes"] if reponse.status_code == httpx.codes.OK else []
    return next((note["total"] for note in notes if note["lieu"] == lieu), None)
