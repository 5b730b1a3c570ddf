"""What may have happened to a release, as the journal keeps it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.flux.domain.imputation import Politique


class Origine(StrEnum):
    """How a dwelling comes up for letting."""

    PREAVIS = "PREAVIS"
    DECES = "DECES"
    EXPULSION = "EXPULSION"
    ABANDON = "ABANDON"
    LIVRAISON = "LIVRAISON"


class MotifSoustraction(StrEnum):
    """Why a release is deducted from the flow (R441-5 I; flux.md L8)."""

    MUTATION_INTERNE = "MUTATION_INTERNE"
    RENOUVELLEMENT_URBAIN = "RENOUVELLEMENT_URBAIN"
    ORCOD = "ORCOD"
    L521_3 = "L521_3"
    VENTE_L443_7 = "VENTE_L443_7"


class MotifRetour(StrEnum):
    """Why a holder gives a dwelling back."""

    SANS_CANDIDAT = "SANS_CANDIDAT"
    DELAI_DEPASSE = "DELAI_DEPASSE"
    CANDIDATS_REFUSES = "CANDIDATS_REFUSES"
    RENONCIATION = "RENONCIATION"


class Suite(StrEnum):
    """What becomes of a dwelling given back: the landlord's turn (the right is charged), or another orientation."""

    TOUR_BAILLEUR = "TOUR_BAILLEUR"
    REORIENTATION = "REORIENTATION"


class ModeOrientation(StrEnum):
    """Whether the tool's suggestion was followed."""

    SUGGEREE = "SUGGEREE"
    MANUELLE = "MANUELLE"


@dataclass(frozen=True, slots=True)
class Caracteristiques:
    """What a holder is told of a dwelling. Amounts in cents a month; typologie: T1…T6; financement: PLAI, PLUS, PLS, PLI."""

    rpls: str
    commune: str
    quartier: str | None
    typologie: str
    financement: str
    qpv: bool
    surface_m2: int
    loyer_centimes: int
    charges_centimes: int


@dataclass(frozen=True, slots=True)
class LogementLibere:
    """A dwelling is vacated or delivered. (siren, logement.rpls, occurrence) is its natural key; bailleur: organisation."""

    bailleur: str
    siren: str
    occurrence: int
    departement: str
    origine: Origine
    preavis_le: date | None
    libere_le: date
    disponible_le: date
    logement: Caracteristiques

    @property
    def neuf(self) -> bool:
        """Whether this is the first letting of a new dwelling."""
        return self.origine is Origine.LIVRAISON


@dataclass(frozen=True, slots=True)
class LogementEcarte:
    """The dwelling is out of the flow (L3, L9)."""

    motif: str
    le: date


@dataclass(frozen=True, slots=True)
class LogementSoustrait:
    """The release is deducted from the year's flow (L8). operation: its reference, never a household."""

    motif: str
    operation: str | None
    le: date
    bailleur: str


@dataclass(frozen=True, slots=True)
class LogementReintegre:
    """The deduction is lifted: the release is in the flow again."""

    le: date


@dataclass(frozen=True, slots=True)
class LogementOriente:
    """The landlord decided which holder gets the dwelling. motif: why not the one suggested, said by the agent."""

    rang: int
    titulaire: str
    suggestion: str
    mode: ModeOrientation
    motif: str | None
    le: date
    bailleur: str
    organisation: str


@dataclass(frozen=True, slots=True)
class LogementMisADisposition:
    """The dwelling is offered to a holder, who names candidates by `designer_avant`, included.

    designataire: organisation that names them (the delegate, where there is one). compte, sequence: where the right and the
    turn are counted. propre: the landlord's own share, or its turn.
    """

    mise_a_disposition: str
    rang: int
    bailleur: str
    titulaire: str
    organisation: str
    designataire: str
    convention: str
    politique: Politique
    compte: str | None
    sequence: str | None
    le: date
    disponible_le: date
    designer_avant: date
    designation_mois: int
    propre: bool
    logement: Caracteristiques


@dataclass(frozen=True, slots=True)
class CandidatDesigne:
    """The register says that a candidate was named."""

    mise_a_disposition: str
    demande: str
    rang: int
    le: date


@dataclass(frozen=True, slots=True)
class CommissionTenue:
    """The commission decided (L29). attribues: awarded demandes by rank; designer_avant: when none is, new candidates."""

    mise_a_disposition: str
    seance_le: date
    attribues: tuple[str, ...]
    designer_avant: date | None


@dataclass(frozen=True, slots=True)
class CandidatRefuse:
    """A candidate refused the offer, or let the ten days run out (L28)."""

    mise_a_disposition: str
    demande: str
    le: date


@dataclass(frozen=True, slots=True)
class LogementRendu:
    """The holder gave the dwelling back, or was late. impute: whether its right is charged all the same."""

    mise_a_disposition: str
    motif: MotifRetour
    suite: Suite
    le: date
    impute: bool
    bailleur: str
    titulaire: str
    organisation: str


@dataclass(frozen=True, slots=True)
class BailSigne:
    """The lease is signed. The booleans are what statements need of the household."""

    mise_a_disposition: str
    demande: str
    le: date
    premier_quartile: bool
    prioritaire: bool
    relogement_npnru: bool
