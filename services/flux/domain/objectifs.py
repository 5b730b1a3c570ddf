"""Targets: the number that follows the real flow (F9), the 25 % checks (F11), what sterile orientations allow (F12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from services.flux.domain.parts import Parts


class TauxSterileTotal(ValueError):
    """When every orientation of a holder ends without a lease no number of them reaches its target."""


@dataclass(frozen=True, slots=True)
class Actualisation:
    """A share's target on the forecast base and on the newest one, in dwellings, and what is done of it."""

    previsionnel: Fraction
    actualise: Fraction
    taux_realisation: Fraction | None
    """None when the target is nil."""


@dataclass(frozen=True, slots=True)
class Objectif:
    """A minimum number out of a count: needed, missing, reached."""

    taux: Fraction | None
    nombre: int
    manque: int
    atteint: bool


def actualiser(part: Fraction, previsionnelle: Fraction, actualisee: Fraction, realise: int) -> Actualisation:
    """The percentage stays, the number follows the base. Source: CCH R441-5 I; flux.md F9."""
    actualise = part * actualisee
    return Actualisation(part * previsionnelle, actualise, realise / actualise if actualise else None)


def objectif_minimal(total: int, comptes: int, part: Fraction) -> Objectif:
    """Whether `comptes` out of `total` (0 <= comptes <= total) reach the share: `ceil(part × total)` are needed.

    Source: CCH L441-1, L441-2-3; flux.md F11, L24, L26.
    """
    nombre = ceil(part * total)
    manque = max(nombre - comptes, 0)
    return Objectif(Fraction(comptes, total) if total else None, nombre, manque, manque == 0)


def charge_d_orientation(parts: Parts, steriles: Mapping[str, Fraction]) -> Fraction:
    """Orientations needed, as a share of the flow, to sign the leases owed: `Σ part / (1 − sterile rate)`.

    Above 1 the set of targets cannot be met. Raises TauxSterileTotal at a rate of 1. Source: flux.md F12 (definition).
    """
    charge = Fraction(0)
    for nom, part in parts.items():
        utile = 1 - steriles.get(nom, Fraction(0))
        if utile <= 0:
            raise TauxSterileTotal(f"Aucune orientation de {nom} n'aboutit.")
        charge += part / utile
    return charge
