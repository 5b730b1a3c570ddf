"""What governs a sequence of orientations: holders, shares by perimeter, method, weights, floors, return policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple


class Methode(StrEnum):
    """How the next holder is chosen (flux.md §8)."""

    TIJDEMAN = "tijdeman"
    QUOTA = "quota"
    MULTI_AXES = "multi_axes"


class Strate(NamedTuple):
    """One value of one axis on which deviations are watched: ("commune", "67482"), ("qpv", "hors_qpv")."""

    axe: str
    valeur: str


GLOBALE = Strate("global", "")
"""The stratum that holds every dwelling of the sequence."""


class ReglesInvalides(ValueError):
    """Rules that no sequence can follow; the message says which."""


@dataclass(frozen=True, slots=True)
class PartsLocales:
    """Shares in one perimeter: (index of the holder, numerator > 0) in listed order, numerators summing to `unite`."""

    numerateurs: tuple[tuple[int, int], ...]
    unite: int

    def part(self, titulaire: int) -> Fraction:
        """Share of a holder by index; 0 when it has no right here."""
        return Fraction(dict(self.numerateurs).get(titulaire, 0), self.unite)


@dataclass(frozen=True, slots=True)
class Plancher:
    """A hard floor: in `strate` the holder may not stay under `part` of the dwellings (État ≥ 30 % hors QPV, L15)."""

    strate: Strate
    titulaire: int
    part: Fraction


@dataclass(frozen=True, slots=True)
class Regles:
    """The rules of one sequence; built by `regler`, which checks them.

    poids: whole weights by axis, 0 for an axis absent; `poids_global` weighs the global credit.
    """

    titulaires: tuple[str, ...]
    perimetres: Mapping[str, PartsLocales]
    methode: Methode
    poids_global: int = 1
    poids: Mapping[str, int] = field(default_factory=dict)
    planchers: tuple[Plancher, ...] = ()
    rendu_compte: bool = False

    @property
    def pondere_des_axes(self) -> bool:
        """True when the choice looks at anything but the global credits."""
        return any(self.poids.values())


def regler(
    parts: Mapping[str, Mapping[str, Fraction]],
    methode: Methode,
    *,
    poids_global: Fraction = Fraction(1),
    poids: Mapping[str, Fraction] | None = None,
    planchers: Sequence[tuple[Strate, str, Fraction]] = (),
    rendu_compte: bool = False,
    titulaires: Sequence[str] | None = None,
) -> Regles:
    """Rules from shares by perimeter (each perimeter sums to 1), rational weights >= 0 and floors in ]0, 1].

    titulaires: the fixed order for ties, any holder without a share included; else the order met.
    Raises ReglesInvalides. Algorithm A and the quota method hold one perimeter, a sequence each.
    """
    if not parts:
        raise ReglesInvalides("Aucun périmètre : donnez les parts d'au moins un.")
    if methode is not Methode.MULTI_AXES and len(parts) > 1:
        raise ReglesInvalides(f"La méthode {methode} tient une suite par périmètre : il y en a {len(parts)}.")
    ordre = tuple(dict.fromkeys([*(titulaires or ()), *(nom for locales in parts.values() for nom in locales)]))
    rang = {nom: i for i, nom in enumerate(ordre)}
    if inconnus := [nom for _, nom, _ in planchers if nom not in rang]:
        raise ReglesInvalides(f"Plancher d'un titulaire sans part : {', '.join(inconnus)}.")
    entiers = _poids_entiers({"": poids_global, **(poids or {})})
    return Regles(
        titulaires=ordre,
        perimetres={nom: _parts_locales(nom, locales, rang) for nom, locales in parts.items()},
        methode=methode,
        poids_global=entiers.pop(""),
        poids=entiers,
        planchers=tuple(Plancher(strate, rang[nom], part) for strate, nom, part in planchers),
        rendu_compte=rendu_compte,
    )


def _parts_locales(perimetre: str, parts: Mapping[str, Fraction], rang: Mapping[str, int]) -> PartsLocales:
    total = sum(parts.values(), Fraction(0))
    if total != 1 or any(part < 0 for part in parts.values()):
        raise ReglesInvalides(f"Périmètre {perimetre} : les parts font {100 * total} % au lieu de 100 %.")
    unite = lcm(*(part.denominator for part in parts.values()))
    positives = sorted((rang[nom], int(part * unite)) for nom, part in parts.items() if part > 0)
    return PartsLocales(tuple(positives), unite)


def _poids_entiers(poids: Mapping[str, Fraction]) -> dict[str, int]:
    if any(valeur < 0 for valeur in poids.values()) or not any(poids.values()):
        raise ReglesInvalides("Les poids sont positifs ou nuls, l'un au moins positif.")
    unite = lcm(*(valeur.denominator for valeur in poids.values()))
    entiers = {axe: int(valeur * unite) for axe, valeur in poids.items()}
    commun = gcd(*entiers.values())
    return {axe: valeur // commun for axe, valeur in entiers.items()}
