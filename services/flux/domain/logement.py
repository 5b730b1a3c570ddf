"""A dwelling of a landlord's park, as its RPLS transmission file describes it (flux.md §5)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import singledispatch
from typing import Any


class MotifHorsFlux(StrEnum):
    """Why a dwelling is not in the flow at all: reserved by name (L3), or bound for sale or demolition (L9)."""

    DEFENSE = "DEFENSE"
    SECURITE = "SECURITE"
    SANTE = "SANTE"
    VENTE = "VENTE"
    DEMOLITION = "DEMOLITION"


@dataclass(frozen=True, slots=True)
class FicheLogement:
    """What the park says of a dwelling. Amounts in cents a month, charges out.

    typologie: T1…T6 (T6 and above); financement: PLAI, PLUS, PLS, PLI; contingent: RPLS field 63, 1 to 7, or empty;
    hors_flux: known from the file when the dwelling leaves the park.
    """

    rpls: str
    bailleur: str
    identifiant_bailleur: str
    commune: str
    qpv: bool
    individuel: bool
    typologie: str
    financement: str
    surface_m2: int
    annee_achevement: int
    loyer_centimes: int | None
    etage: str
    programme: str
    contingent: str
    hors_flux: MotifHorsFlux | None = None


@dataclass(frozen=True, slots=True)
class LogementInscrit:
    """The dwelling entered the landlord's park. millesime: year of the transmission."""

    fiche: FicheLogement
    millesime: int


@dataclass(frozen=True, slots=True)
class FicheRevisee:
    """A later transmission says something else of the dwelling."""

    fiche: FicheLogement
    millesime: int


@dataclass(frozen=True, slots=True)
class LogementReserveHorsFlux:
    """The dwelling is set apart from the flow, or (motif None) comes back to it (R441-5 I)."""

    motif: MotifHorsFlux | None
    le: date


@dataclass(frozen=True, slots=True)
class Logement:
    """Where a dwelling stands. reserve: set apart by decision, beside what its file says."""

    fiche: FicheLogement | None = None
    millesime: int = 0
    reserve: MotifHorsFlux | None = None

    @property
    def hors_flux(self) -> MotifHorsFlux | None:
        """Why it is out of the flow; None when it is in it."""
        return self.reserve or (self.fiche.hors_flux if self.fiche else None)


def inscrire(logement: Logement, fiche: FicheLogement, millesime: int) -> list[LogementInscrit | FicheRevisee]:
    """Enter a dwelling, or revise it; nothing when the park already says the same, or something more recent."""
    if logement.fiche is None:
        return [LogementInscrit(fiche, millesime)]
    if logement.fiche == fiche or millesime < logement.millesime:
        return []
    return [FicheRevisee(fiche, millesime)]


@singledispatch
def evolve(evenement: Any, logement: Logement) -> Logement:
    """The dwelling after one event."""
    del evenement
    return logement


@evolve.register(LogementInscrit)
@evolve.register(FicheRevisee)
def _(evenement: LogementInscrit | FicheRevisee, logement: Logement) -> Logement:
    return replace(logement, fiche=evenement.fiche, millesime=evenement.millesime)


@evolve.register
def _(evenement: LogementReserveHorsFlux, logement: Logement) -> Logement:
    return replace(logement, reserve=evenement.motif)
