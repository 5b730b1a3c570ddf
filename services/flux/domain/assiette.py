"""The base of the annual flow (F1) and the relettings expected from a park (F3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

SOUSTRACTIONS = (
    "mutations_internes",
    "relogements_renouvellement_urbain",
    "relogements_orcod_l741",
    "relogements_l521_3",
    "relogements_vente_l443_7",
)
"""The five deductions of CCH R441-5 I, in the order a to e of the article (flux.md L8)."""


class AssietteNegative(ValueError):
    """More dwellings are set apart or deducted than are freed."""


@dataclass(frozen=True, slots=True)
class Liberations:
    """Dwellings freed in one year by one landlord in one département, forecast or real, all counts >= 0."""

    total: int
    identifies: int = 0
    """Defence, security, health: reserved by name, outside the flow (L3)."""
    voues_vente_demolition: int = 0
    soustraits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assiette:
    """The three levels of the base, in dwellings."""

    dans_le_champ: int
    soustraits: int
    assiette: int


def assiette(liberations: Liberations) -> Assiette:
    """Dwellings on which the percentages apply: freed − outside the flow − deducted.

    Raises AssietteNegative when the parts exceed the whole. Source: CCH R441-5 I; flux.md F1, L3, L8, L9.
    """
    champ = liberations.total - liberations.identifies - liberations.voues_vente_demolition
    soustraits = sum(liberations.soustraits.values())
    if champ - soustraits < 0:
        raise AssietteNegative(f"{liberations.total} libérations ne peuvent pas porter {-champ + soustraits} de plus.")
    return Assiette(champ, soustraits, champ - soustraits)


def remises_en_location(parc: int, taux_rotation: Fraction) -> Fraction:
    """Relettings expected in a year from `parc` dwellings (> 0) and a rotation rate in [0, 1].

    Source: arrêté of 10/03/2011 (DEVL1100394A) art. 1, 2°; flux.md F3.
    """
    return parc * taux_rotation
