"""Where an event of a situation stands in time: what an explanation needs to name the refusal that reset seniority."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from services.cotation.domain.calendrier import mois_entre
from services.cotation.domain.condition import AGE, ANCIENNETE, DEPOT
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture.noeud import lire_jour

NOMBRE = re.compile(r"-?\d{1,12}(\.\d{1,20})?", re.ASCII)
LIMITE = 10**12
"""What a number of a situation is (docs/cotation.md, section 1)."""


@dataclass(frozen=True, slots=True)
class Remise:
    """The event from which seniority is counted. ecoules: whole months gone by since it."""

    evenements: str
    ecoules: int
    date: date | None
    mois_apres_depot: int | None


def fait(faits: Mapping[str, Any], chemin: str) -> Any:
    """The fact at a dotted path, or None."""
    courant: Any = faits
    for pas in chemin.split("."):
        if not isinstance(courant, Mapping):
            return None
        courant = courant.get(pas)
    return courant


def age_mois(faits: Mapping[str, Any], as_of: date) -> int | None:
    """Whole months since the application was filed, resets left aside; None when the situation does not say."""
    depot = jour(fait(faits, DEPOT))
    if depot is not None:
        return max(0, mois_entre(depot, as_of))
    return _entier(fait(faits, AGE))


def remise_retenue(grille: Grille, faits: Mapping[str, Any], as_of: date, anciennete: int | None) -> Remise | None:
    """The event that explains a seniority lower than the age; None when nothing has reset it.

    anciennete: as the engine established it, in whole months.
    """
    age = age_mois(faits, as_of)
    if age is None or anciennete is None or anciennete >= age:
        return None
    candidates = (r for liste in grille.remises_a_zero for r in _remises(liste.evenements, faits, as_of, age))
    return next((remise for remise in candidates if remise.ecoules == anciennete), None)


def anciennete_lue(faits_des_lignes: Iterator[Mapping[str, Any]]) -> int | None:
    """The established seniority, found in the first line that read it."""
    return next((lus[ANCIENNETE] for lus in faits_des_lignes if isinstance(lus.get(ANCIENNETE), int)), None)


def jour(valeur: Any) -> date | None:
    """A date fact: a `date`, or a YYYY-MM-DD text."""
    if isinstance(valeur, date) and not isinstance(valeur, datetime):
        return valeur
    return lire_jour(valeur)


def _remises(evenements: str, faits: Mapping[str, Any], as_of: date, age: int) -> Iterator[Remise]:
    liste = fait(faits, evenements)
    for evenement in liste if isinstance(liste, list | tuple) else ():
        if not isinstance(evenement, Mapping):
            continue
        le, apres = jour(evenement.get("date")), _entier(evenement.get("mois_apres_depot"))
        if le is not None and le <= as_of:
            yield Remise(evenements, mois_entre(le, as_of), le, None)
        elif le is None and apres is not None and apres <= age:
            yield Remise(evenements, age - apres, None, apres)


def _entier(valeur: Any) -> int | None:
    """The floor, never below 0, of a number of docs/cotation.md section 1; None when it is none."""
    if isinstance(valeur, str) and NOMBRE.fullmatch(valeur):
        valeur = Decimal(valeur)
    if isinstance(valeur, bool) or not isinstance(valeur, int | Decimal):
        return None
    nombre = Decimal(valeur)
    if not nombre.is_finite() or abs(nombre) >= LIMITE:
        return None
    return max(0, int(nombre.to_integral_value(ROUND_FLOOR)))
