"""The letter: the same words as the mail, laid out on paper, the same bytes each time the same thing is said."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import typst

from services.notifications.adapters.modeles import DOSSIER, jour
from services.notifications.domain.ecrit import Ecrit

_GABARIT: Path = DOSSIER / "gabarits" / "lettre.typ"


async def imprimer(ecrit: Ecrit, *, emetteur: str, destinataire: Sequence[str], reference: str, le: date) -> bytes:
    """The PDF of a letter dated `le`. destinataire: the lines of the envelope, the name first."""
    contenu = msgspec.json.encode(
        {
            "objet": ecrit.objet,
            "blocs": [{"genre": bloc.genre.value, "lignes": bloc.lignes} for bloc in ecrit.blocs],
            "emetteur": emetteur,
            "destinataire": list(destinataire),
            "reference": reference,
            "date": f"Le {jour(le)}",
        }
    )
    return await asyncio.to_thread(_compiler, contenu.decode(), datetime(le.year, le.month, le.day, tzinfo=UTC))


def _compiler(lettre: str, instant: datetime) -> bytes:
    """Typst takes tens of milliseconds: it runs in a thread. Tagged, so that a screen reader reads it in order."""
    return typst.compile(
        _GABARIT, format="pdf", sys_inputs={"lettre": lettre}, ignore_system_fonts=True, timestamp=instant
    )
