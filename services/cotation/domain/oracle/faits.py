"""What a value found in a situation is: docs/cotation.md, section 1, points 1 and 2."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

NOMBRE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")
JOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LIMITE = Decimal(10) ** 12


def fait(faits: Mapping[str, object], chemin: str) -> object | None:
    """The fact at a dotted path, as given; None when it is absent (`null`, or no object on the way)."""
    valeur: object = faits
    for cle in chemin.split("."):
        if not isinstance(valeur, Mapping):
            return None
        valeur = valeur.get(cle)
    return valeur


def nombre(valeur: object) -> Decimal | None:
    """The exact number that a value is, |x| < 10**12; None when it is no number (booleans and binary floats are none)."""
    if isinstance(valeur, bool):
        return None
    if isinstance(valeur, str):
        lu = Decimal(valeur) if NOMBRE.fullmatch(valeur) else None
    elif isinstance(valeur, int | Decimal):
        lu = Decimal(valeur)
    else:
        return None
    return lu if lu is not None and lu.is_finite() and -LIMITE < lu < LIMITE else None


def jour(valeur: object) -> date | None:
    """The day that a value is: a date without a time, or `YYYY-MM-DD` of a day that exists; None otherwise."""
    if isinstance(valeur, datetime):
        return None
    if isinstance(valeur, date):
        return valeur
    if not isinstance(valeur, str) or not JOUR.fullmatch(valeur):
        return None
    try:
        return date.fromisoformat(valeur)
    except ValueError:
        return None


def liste(valeur: object) -> Sequence[object] | None:
    """The list that a value is; None when it is none."""
    return valeur if isinstance(valeur, list | tuple) else None
