"""Following the scoring: every imported demande that wishes a place with a grid is scored there."""

import time
from dataclasses import dataclass, field
from typing import Any

from demo.scenario.fil import lire_le_fil
from demo.scenario.maison import Maison

_CALME_MS = 3_000
_LIMITE_SECONDES = 900


@dataclass
class Cotations:
    """What the feed of the scoring said. notes: total by demande and place."""

    etablies: int = 0
    notes: dict[str, dict[str, str]] = field(default_factory=dict)
    curseur: str = ""
    derniere_s: float = 0.0


async def suivre_les_cotations(maison: Maison, cotations: Cotations, attendues: int) -> None:
    """Read the feed until `attendues` demandes are scored, or until it says nothing more."""
    client = maison.client("gestionnaire-alsace", "gestionnaire")
    debut = time.monotonic()
    while len(cotations.notes) < attendues and time.monotonic() - debut < _LIMITE_SECONDES:
        lu = 0
        async for evenement in lire_le_fil(client, "cotation", cotations.curseur, _CALME_MS):
            lu += 1
            cotations.curseur = evenement.id
            if evenement.type == "cotation.etablie.v1":
                cotations.etablies += 1
                donnees: dict[str, Any] = evenement.data
                cotations.notes.setdefault(donnees["demande"], {})[donnees["lieu"]] = donnees["total"]
                cotations.derniere_s = time.monotonic() - debut
        if not lu and cotations.notes:
            return


async def lire_la_note(maison: Maison, demande: str, lieu: str) -> str:
    """The score in force of a demande for a place; 0 when it has none."""
    client = maison.client("gestionnaire-alsace", "gestionnaire")
    reponse = await client.get(f"/cotation/v1/cotations/{demande}")
    notes = reponse.json()["notes"] if reponse.status_code == 200 else []
    return next((note["total"] for note in notes if note["lieu"] == lieu), "0")
