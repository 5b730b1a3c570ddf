"""From reserved stock to a share of the flow: the four modes (F4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.flux.domain.parts import Parts, completer, flux_par_titulaire


class ConversionImpossible(ValueError):
    """The inputs of a mode give no share: empty park, no expected vacancy, more reserved than owned."""


@dataclass(frozen=True, slots=True)
class Contingent:
    """Dwellings of one holder (>= 0) and their own rotation rate in [0, 1]."""

    logements: int
    rotation: Fraction

    @property
    def liberations(self) -> Fraction:
        """Vacancies expected in a year."""
        return self.logements * self.rotation


@dataclass(frozen=True, slots=True)
class Tranche:
    """Rights that end together: dwellings, rotation rate in [0, 1], years left (2.5 is half a year after two)."""

    logements: int
    rotation: Fraction
    annees_restantes: Fraction

    @property
    def droits_uniques(self) -> Fraction:
        """Single rights: one per relet until the right expires."""
        return self.logements * self.rotation * self.annees_restantes

    def flux(self, annee: int) -> Fraction:
        """Vacancies of the `annee`-th year (1 is the first): a year begun counts for its part."""
        part_de_l_annee = min(max(self.annees_restantes - (annee - 1), Fraction(0)), Fraction(1))
        return self.logements * self.rotation * part_de_l_annee


@dataclass(frozen=True, slots=True)
class Conversion:
    """Shares that a mode gives, and what they bring on a yearly flow."""

    parts: Parts
    flux: Mapping[str, Fraction]


def part_du_stock(parc: int, reserves: Mapping[str, int], etat: Fraction, flux: Fraction) -> Conversion:
    """Mode 1: share = reserved / park for each holder, the State at its own share, the landlord the remainder.

    parc: dwellings, > 0. Raises ConversionImpossible. Source: seed S2; CCH R441-5 I; flux.md F4 mode 1.
    """
    if parc <= 0:
        raise ConversionImpossible("Un parc vide ne donne aucune part.")
    bruts = {"etat": etat, **{nom: Fraction(nombre, parc) for nom, nombre in reserves.items()}}
    if sum(bruts.values()) > 1:
        raise ConversionImpossible("Les logements réservés et la part de l'État dépassent le parc.")
    parts = completer(bruts)
    return Conversion(parts, flux_par_titulaire(flux, parts))


def part_par_rotation(contingents: Mapping[str, Contingent], flux: Fraction) -> Conversion:
    """Mode 2: share = expected vacancies of the contingent / those of the whole park, non-reserved included.

    Raises ConversionImpossible when no vacancy is expected at all. Source: seed S2; flux.md F4 mode 2.
    """
    total = sum((c.liberations for c in contingents.values()), Fraction(0))
    if total == 0:
        raise ConversionImpossible("Aucune libération attendue : ni logement ni rotation.")
    parts = {nom: c.liberations / total for nom, c in contingents.items()}
    return Conversion(parts, flux_par_titulaire(flux, parts))


def droits_uniques(tranches: Sequence[Tranche], coefficient: Fraction = Fraction(1)) -> tuple[Fraction, ...]:
    """Mode 3: single rights of each tranche, times the coefficient that the parties agree (1 when none).

    Source: seed S2 (definition, no formula read); flux.md F4 mode 3.
    """
    return tuple(t.droits_uniques * coefficient for t in tranches)


def flux_annuel(tranches: Sequence[Tranche], annee: int) -> Fraction:
    """Mode 3: dwellings owed in the `annee`-th year (1 is the first) while the tranches live."""
    return sum((t.flux(annee) for t in tranches), Fraction(0))


def part_negociee(parts: Parts, flux: Fraction) -> Conversion:
    """Mode 4: the shares that the parties agreed; their reason is kept beside. Source: seed S2; flux.md F4 mode 4."""
    completes = completer(parts)
    return Conversion(completes, flux_par_titulaire(flux, completes))
