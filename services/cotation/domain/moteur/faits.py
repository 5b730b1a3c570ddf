"""Reading one fact of a situation, as the generated Python does: nothing here knows a grid.

Source: docs/cotation.md, section 1.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import floor
from types import MappingProxyType
from typing import Any

from services.cotation.domain.calendrier import mois_entre

LIMITE = 10**12
"""Numbers of a situation stay strictly within this bound, both signs."""
RIEN: Mapping[str, Any] = MappingProxyType({})
_BAS, _HAUT = Decimal(-LIMITE), Decimal(LIMITE)
AUCUN: frozenset[str] = frozenset()
_TEXTES = frozenset({str})
_NOMBRE = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,20})?", re.ASCII)
_JOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Nombre = int | Decimal


def objet(fait: object) -> Mapping[str, Any]:
    """The object found on a path, or an empty one: a path that meets anything else is absent."""
    return RIEN if fait is None or not isinstance(fait, Mapping) else fait


def au_bout_de(racine: Mapping[str, Any], chemin: str) -> Any:
    """The fact at a dotted path, None when absent."""
    *parents, dernier = chemin.split(".")
    for cle in parents:
        racine = objet(racine.get(cle))
    return racine.get(dernier)


def nombre(fait: object) -> Nombre | None:
    """The number that a fact holds, None when it holds none; binary floats and booleans are not numbers."""
    if isinstance(fait, Decimal):  # first, and against decimals: the numbers that generated code does not read itself
        return fait if fait.is_finite() and _BAS < fait < _HAUT else None
    if isinstance(fait, str):
        return None if _NOMBRE.fullmatch(fait) is None else Decimal(fait)
    if isinstance(fait, bool) or not isinstance(fait, int):
        return None
    return fait if -LIMITE < fait < LIMITE else None


def plancher(fait: object) -> int | None:
    """Floor of the number that a fact holds, None when it holds none."""
    valeur = nombre(fait)
    return None if valeur is None else floor(valeur)


def code(fait: object) -> str | None:
    """The code that a fact holds, None when it is no string."""
    return fait if isinstance(fait, str) else None


def jour(fait: object) -> date | None:
    """The day that a fact holds, None when it is neither a `date` nor a string `YYYY-MM-DD` of the calendar."""
    if isinstance(fait, str):
        if _JOUR.fullmatch(fait) is None:
            return None
        try:
            return date.fromisoformat(fait)
        except ValueError:
            return None
    return fait if isinstance(fait, date) and not isinstance(fait, datetime) else None


def liste(fait: object) -> Sequence[Any] | None:
    """The list that a fact holds, None when it is neither a list nor a tuple."""
    return fait if isinstance(fait, (list, tuple)) else None


def codes(fait: object) -> frozenset[str]:
    """The codes among the items of a list; empty for anything else."""
    elements = fait if fait.__class__ is list else liste(fait)
    if not elements:
        return AUCUN
    if _TEXTES.issuperset(map(type, elements)):
        return frozenset(elements)
    return frozenset(element for element in elements if isinstance(element, str))


def nombres(fait: object) -> tuple[Nombre, ...]:
    """The numbers among the items of a list; empty for anything else."""
    return tuple(valeur for element in liste(fait) or () if (valeur := nombre(element)) is not None)


def booleens(fait: object) -> frozenset[bool]:
    """The booleans among the items of a list; empty for anything else."""
    return frozenset(element for element in liste(fait) or () if isinstance(element, bool))


def mois_depuis(fait: object, le: date) -> int | None:
    """Whole months from the day that a fact holds to `le`; None when it holds none, or a day to come."""
    debut = jour(fait)
    return None if debut is None or debut > le else mois_entre(debut, le)


def age(date_depot: object, age_mois: object, le: date) -> int | None:
    """Age of the demande in whole months, never below 0; None when neither fact tells it."""
    depot = jour(date_depot)
    mois = mois_entre(depot, le) if depot is not None else plancher(age_mois)
    return None if mois is None else max(mois, 0)


def ecoule(date_: object, mois_apres_depot: object, age_: int | None, le: date) -> int | None:
    """Whole months gone by since an event, negative when it is to come, None when it is undated."""
    debut = jour(date_)
    if debut is not None:
        return mois_entre(debut, le)
    apres = nombre(mois_apres_depot)
    return None if apres is None or apres < 0 or age_ is None else age_ - floor(apres)


def deja_compte(fait: object) -> int | None:
    """A count given as a number instead of a list of events: its floor, never below 0; None when it is no number."""
    if fait.__class__ is int and 0 <= fait < LIMITE:  # as most are
        return fait
    valeur = plancher(fait)
    return None if valeur is None else max(valeur, 0)
