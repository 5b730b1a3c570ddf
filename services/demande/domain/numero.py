"""The numéro unique (demande.md §2): its shape, and to whom it belongs. It is opaque: nothing is ever read from it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.demande.domain.erreurs import NumeroDejaAttribue
from services.demande.domain.evenements import NumeroAttribue

FORME = re.compile(r"^(0\d{2}|02[AB]|9\d{2}|1\d{2})(0[1-9]|1[0-2])\d{2}\d{6}[A-Z0-9]{5}$")
"""Eighteen characters: territory, month and year, sequence, guichet (demande.md §2.1)."""

DERNIERE_SEQUENCE = 999_999


def est_bien_forme(numero: str) -> bool:
    """Whether the text has the shape of a numéro unique."""
    return FORME.match(numero) is not None


def mois_de_sequence(deposee_le: date) -> str:
    """The `MMAA` part of a number: numbers are counted per territory and month of deposit."""
    return f"{deposee_le:%m%y}"


def composer(territoire: str, deposee_le: date, sequence: int, guichet: str) -> str:
    """The number of a demande registered here. sequence: 1 to 999 999. Raises ValueError."""
    if not 1 <= sequence <= DERNIERE_SEQUENCE:
        raise ValueError(f"sequence {sequence} does not fit six digits")
    numero = f"{territoire}{mois_de_sequence(deposee_le)}{sequence:06}{guichet}"
    if not est_bien_forme(numero):
        raise ValueError(f"territory {territoire!r} or guichet {guichet!r} does not make a well-formed number")
    return numero


@dataclass(frozen=True, slots=True)
class NumeroReserve:
    """A number's only facts: the demande that it belongs to, none while it is free, and whose it is (blind index)."""

    demande: str | None = None
    identite: str = ""


def attribuer(reserve: NumeroReserve, demande: str, identite: str) -> list[NumeroAttribue]:
    """Give the number to a demande. Nothing when it already has it. Raises NumeroDejaAttribue."""
    if reserve.demande == demande:
        return []
    if reserve.demande is not None:
        raise NumeroDejaAttribue(
            "Ce numéro unique est déjà celui d'une autre demande. Vérifiez-le sur l'attestation ; "
            "s'il s'agit du même ménage, modifiez la demande existante au lieu d'en déposer une nouvelle."
        )
    return [NumeroAttribue(demande, identite)]


def evolve(evenement: Any, reserve: NumeroReserve) -> NumeroReserve:
    """The number after one event."""
    if isinstance(evenement, NumeroAttribue):
        return NumeroReserve(evenement.demande, evenement.identite)
    return reserve
