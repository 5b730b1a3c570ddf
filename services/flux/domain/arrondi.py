"""Whole dwellings from exact rights: largest remainder (F8), and the plain roundings that conventions also use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor


class Departage(StrEnum):
    """Who gets the last unit among equal remainders."""

    VALEUR = "valeur"
    """The larger exact value, then the listed order (default of flux-examples.json)."""
    ORDRE = "ordre"
    """The listed order alone."""


class Arrondi(StrEnum):
    """How one exact value becomes a whole number."""

    INFERIEUR = "inferieur"
    PROCHE = "proche"
    SUPERIEUR = "superieur"


class RepartitionImpossible(ValueError):
    """The total does not lie between the sum of the floors and that sum plus one unit a holder."""


@dataclass(frozen=True, slots=True)
class Repartition:
    """Whole numbers by holder; `ex_aequo` names those that only the tie rule separated."""

    entiers: Mapping[str, int]
    ex_aequo: tuple[str, ...]


def arrondir(valeur: Fraction, arrondi: Arrondi) -> int:
    """Nearest whole number in the direction asked; `PROCHE` sends a half upwards."""
    if arrondi is Arrondi.INFERIEUR:
        return floor(valeur)
    if arrondi is Arrondi.SUPERIEUR:
        return ceil(valeur)
    return floor(valeur + Fraction(1, 2))


def plus_forts_restes(
    total: int,
    exacts: Mapping[str, Fraction],
    *,
    departage: Departage = Departage.VALEUR,
    ordre: Sequence[str] | None = None,
) -> Repartition:
    """Whole rights by largest remainder: floor every value, then +1 to the largest fractions until `total` is reached.

    exacts: rights >= 0 by holder, all holders included, landlord too. ordre: an agreed order for ties (every holder
    once), else the order of `exacts`. Raises RepartitionImpossible when floors and total disagree.
    Good for a year's targets, never as a sequence: it is not house-monotone. Source: flux.md F8.
    """
    noms = list(exacts)
    rang = {nom: i for i, nom in enumerate(ordre or noms)}
    planchers = {nom: floor(exacts[nom]) for nom in noms}
    manque = total - sum(planchers.values())
    if not 0 <= manque <= len(noms):
        raise RepartitionImpossible(f"{total} ne se répartit pas sur {sum(planchers.values())} unités entières.")
    valeur = departage is Departage.VALEUR

    def cle(nom: str) -> tuple[Fraction, Fraction, int]:
        return (planchers[nom] - exacts[nom], -exacts[nom] if valeur else Fraction(0), rang[nom])

    servis = sorted(noms, key=cle)
    entiers = dict(planchers)
    for nom in servis[:manque]:
        entiers[nom] += 1
    return Repartition(entiers, _ex_aequo(servis, manque, exacts))


def _ex_aequo(servis: list[str], manque: int, exacts: Mapping[str, Fraction]) -> tuple[str, ...]:
    if not 0 < manque < len(servis):
        return ()
    reste = {nom: exacts[nom] - floor(exacts[nom]) for nom in servis}
    if reste[servis[manque - 1]] != reste[servis[manque]]:
        return ()
    return tuple(nom for nom in exacts if reste[nom] == reste[servis[manque]])
