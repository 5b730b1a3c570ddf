"""What may have happened to a dwelling put at disposal, as the journal keeps it. Nothing here is personal.

organisations: those that the published event is for (the landlord, the organisation of the holder): identifiers of the
region's directory. What is said of a person (motives of a decision, DALO) stands in the demande's own stream, under its key.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LogementOffert:
    """A dwelling, as the ledger describes it. typologie: T1…T6; money in cents a month.

    financement: PLAI, PLUS, PLS, PLI; qpv: in a priority district; surface_m2: habitable.
    """

    rpls: str
    commune: str
    typologie: str
    financement: str
    qpv: bool
    surface_m2: int
    loyer_centimes: int
    quartier: str | None = None
    charges_centimes: int = 0


@dataclass(frozen=True, slots=True)
class MiseADispositionOuverte:
    """The ledger offers a dwelling to a holder, who names candidates by `designer_avant`, included."""

    bailleur: str
    reservataire: str
    organisations: tuple[str, ...]
    logement: LogementOffert
    disponible_le: date
    designer_avant: date


@dataclass(frozen=True, slots=True)
class CandidatDesigne:
    """A demande is named for the dwelling. classement: the ranking shown; moins_de_trois: why fewer than three (C01)."""

    demande: str
    rang: int
    classement: str
    reservataire: str
    le: date
    organisations: tuple[str, ...]
    moins_de_trois: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionPrise:
    """The decision on one candidate (R441-3). rang: when it is favourable. fournir_avant: last day for the missing piece."""

    demande: str
    decision: str
    rang: int | None = None
    piece: str | None = None
    fournir_avant: date | None = None


@dataclass(frozen=True, slots=True)
class CommissionTenue:
    """The commission decided on every candidate; immutable."""

    seance_le: date
    decisions: tuple[DecisionPrise, ...]
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OffreFaite:
    """The candidate of that rank is offered the dwelling, until `repondre_avant` included."""

    demande: str
    proposition: str
    rang: int
    le: date
    repondre_avant: date


@dataclass(frozen=True, slots=True)
class OffreAcceptee:
    """The candidate accepted."""

    demande: str
    proposition: str
    le: date


@dataclass(frozen=True, slots=True)
class OffreDeclinee:
    """The offer ended without a lease. cause: `refus`, `silence`, `autre-bail` (the candidate was housed elsewhere)."""

    demande: str
    proposition: str
    cause: str
    le: date


@dataclass(frozen=True, slots=True)
class CandidatEcarte:
    """A ranked candidate can no longer be offered anything: struck off, or has accepted another dwelling."""

    demande: str
    rang: int
    le: date


@dataclass(frozen=True, slots=True)
class CandidatsEpuises:
    """No ranked candidate is left: a new search may begin."""

    le: date
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BailSigne:
    """The lease is signed. The booleans are what statements need of a household, never an income (design.md §8)."""

    demande: str
    proposition: str
    signe_le: date
    premier_quartile: bool
    prioritaire: bool
    relogement_npnru: bool
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MiseADispositionRendue:
    """The dwelling is no longer at the holder's disposal. motif: as the ledger says it."""

    motif: str
    le: date


EVENEMENTS: tuple[type, ...] = (
    MiseADispositionOuverte,
    CandidatDesigne,
    CommissionTenue,
    OffreFaite,
    OffreAcceptee,
    OffreDeclinee,
    CandidatEcarte,
    CandidatsEpuises,
    BailSigne,
    MiseADispositionRendue,
)
