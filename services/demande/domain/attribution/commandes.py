"""What one may ask of the attribution of a dwelling. Every date is given; whoever decides is a person, never a rule."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DesignerCandidats:
    """Name demandes, in the order of the ranking shown. moins_de_trois: reason of C01, when there are fewer than three."""

    demandes: tuple[str, ...]
    classement: str
    le: date
    moins_de_trois: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionRequise:
    """What the commission decides of one candidate: codes of `decision_caleol`, `motif_non_attribution`,
    `sous_motif_irrecevabilite`, `piece_justificative`. rang: from 1, when favourable; precision: free text."""

    demande: str
    decision: str
    rang: int | None = None
    motifs: tuple[str, ...] = ()
    precision: str | None = None
    sous_motif: str | None = None
    piece: str | None = None
    fournir_avant: date | None = None


@dataclass(frozen=True, slots=True)
class TenirCommission:
    """The decisions of one session, one for each candidate. le: day on which rank 1 is notified of the offer."""

    seance_le: date
    le: date
    decisions: tuple[DecisionRequise, ...]


@dataclass(frozen=True, slots=True)
class SignerBail:
    """What the landlord records at signature (R441-2-9, D23).

    deja_locataire: was already its tenant; accord_collectif, dalo: codes of the lists `accord_collectif`, booleans;
    piece_fournie_le: day on which the missing piece came, for a conditional decision (C03).
    """

    signe_le: date
    bailleur_siren: str
    contingent: str
    deja_locataire: bool
    accord_collectif: str
    dalo: bool
    prioritaire: bool
    relogement_npnru: bool
    premier_quartile: bool
    piece_fournie_le: date | None = None
