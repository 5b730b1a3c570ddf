"""Shares of the flow: the landlord's remainder, rights by holder (F2), by commune (F6), by default of convention."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from services.flux.domain.titulaires import BAILLEUR, est_etat

Parts = Mapping[str, Fraction]
"""Share of each holder, in [0, 1], in the listed order; they sum to 1 when complete."""


class PartsInvalides(ValueError):
    """Shares that do not sum to 1 and that no remainder can complete."""


def completer(parts: Parts) -> dict[str, Fraction]:
    """Shares with the landlord as holder of the remainder, last in order, when it is not listed.

    Raises PartsInvalides when the sum exceeds 1, or falls short of it with the landlord listed.
    Source: flux.md F2 (`part_bailleur = 100 − Σ`).
    """
    reste = 1 - sum(parts.values(), Fraction(0))
    if reste < 0 or (reste > 0 and BAILLEUR in parts):
        raise PartsInvalides(f"Les parts font {100 * (1 - reste)} % au lieu de 100 %.")
    return dict(parts) if BAILLEUR in parts or reste == 0 else {**parts, BAILLEUR: reste}


def flux_par_titulaire(assiette: Fraction, parts: Parts) -> dict[str, Fraction]:
    """Exact right of each holder in dwellings: share × base. Source: CCH R441-5 I; flux.md F2."""
    return {nom: part * assiette for nom, part in parts.items()}


def flux_de_l_etat(flux: Mapping[str, Fraction]) -> Fraction:
    """Right of the State, staff included. Source: CCH R441-5-2 I."""
    return sum((valeur for nom, valeur in flux.items() if est_etat(nom)), Fraction(0))


def flux_territorial(
    part: Fraction, flux_par_commune: Mapping[str, Fraction], stipulations: Mapping[str, Fraction] | None = None
) -> dict[str, Fraction]:
    """Right of the State in each commune: the same share everywhere, unless the convention stipulates another one.

    Source: CCH R441-5-2 II; flux.md F6, L15.
    """
    locales = stipulations or {}
    return {commune: locales.get(commune, part) * flux for commune, flux in flux_par_commune.items()}


def part_exercee_par_le_prefet(etat: Fraction, sans_convention: Parts, repris: Collection[str]) -> Fraction:
    """Share that the préfet exercises: its own, and those of the holders without a convention that it takes over.

    Source: décret 2020-145 as changed by décret 2021-1016 (the préfet *may* take them over); flux.md L22.
    """
    return etat + sum((part for nom, part in sans_convention.items() if nom in repris), Fraction(0))
