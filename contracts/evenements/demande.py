"""What the register publishes."""

from datetime import date

import msgspec

SERVICE = "demande"


class Lieu(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place wished: INSEE commune, and a quartier or none."""

    commune: str
    quartier: str | None = None


class DemandeEnregistree(msgspec.Struct, frozen=True, omit_defaults=True):
    """A demande exists legally: it has its number. situation: version of its facts, read at POST /v1/situations/lecture.

    attestation_avant: last day to deliver the attestation (L441-2-1: one month after deposit).
    """

    demande: str
    situation: int
    deposee_le: date
    territoires: tuple[str, ...]
    guichet: str
    attestation_avant: date
    valable_jusqu_au: date


class DemandeModifiee(msgspec.Struct, frozen=True):
    """A fact of the situation changed; which one is not said here."""

    demande: str
    situation: int


class DemandeRenouvelee(msgspec.Struct, frozen=True):
    """The demande was renewed on `le` (R441-2-7); a new attestation is due."""

    demande: str
    situation: int
    le: date
    valable_jusqu_au: date


class PreavisEmis(msgspec.Struct, frozen=True):
    """The notice that validity ends is due to go out (R441-2-7: at least one month before)."""

    demande: str
    le: date
    valable_jusqu_au: date


class DemandeEchue(msgspec.Struct, frozen=True):
    """Validity has passed without renewal."""

    demande: str
    le: date


class DemandeRadiee(msgspec.Struct, frozen=True):
    """The demande was struck off. motif: codelist motif_radiation (R441-2-8)."""

    demande: str
    motif: str
    le: date


class DemandeReactivee(msgspec.Struct, frozen=True):
    """A struck-off demande lives again, with its number and seniority."""

    demande: str
    situation: int
    le: date
    valable_jusqu_au: date


class DemandeFusionnee(msgspec.Struct, frozen=True):
    """The demande was merged into another, seniority per territory kept (R441-2-8 f)."""

    demande: str
    dans: str
    le: date


class DemandeEffacee(msgspec.Struct, frozen=True):
    """Nominative data are erased: every service forgets what it derived from them."""

    demande: str
    le: date


class JourneeClose(msgspec.Struct, frozen=True):
    """Every delay of the register that had run out on `le` has had its effect: one event a day."""

    le: date


class PieceChangee(msgspec.Struct, frozen=True):
    """A supporting document was filed, checked or rejected; situation: the version of the facts that it supports."""

    demande: str
    piece: str
    situation: int
    le: date


class LabelChange(msgspec.Struct, frozen=True):
    """A label was set or withdrawn by a third party; which one is read in the situation."""

    demande: str
    situation: int


class CandidatureDesignee(msgspec.Struct, frozen=True):
    """A candidate was named for a dwelling, citing the ranking that was shown. rang: from 1."""

    mise_a_disposition: str
    demande: str
    rang: int
    classement: str
    reservataire: str
    le: date


class ProspectionFaite(msgspec.Struct, frozen=True):
    """The applicant was contacted before any offer."""

    demande: str
    mise_a_disposition: str
    le: date


class ProspectionRefusee(msgspec.Struct, frozen=True):
    """The applicant declined a contact made before an offer."""

    demande: str
    mise_a_disposition: str
    situation: int
    le: date


class PropositionFaite(msgspec.Struct, frozen=True):
    """An offer went out. repondre_avant: last day to answer (R441-10, CPC 641-642)."""

    demande: str
    proposition: str
    mise_a_disposition: str
    rang: int
    le: date
    repondre_avant: date


class PropositionAcceptee(msgspec.Struct, frozen=True):
    """The applicant accepted the offer."""

    demande: str
    proposition: str
    mise_a_disposition: str
    le: date


class PropositionRefusee(msgspec.Struct, frozen=True):
    """The applicant refused, or was silent. The refusal and whether the offer was suitable are in the situation."""

    demande: str
    proposition: str
    mise_a_disposition: str
    situation: int
    le: date


class CandidatDecide(msgspec.Struct, frozen=True, omit_defaults=True):
    """The decision on one candidate. decision: codelist decision_caleol; rang: when ranked."""

    demande: str
    decision: str
    rang: int | None = None


class CaleolDecidee(msgspec.Struct, frozen=True):
    """The commission has decided on a dwelling's candidates (R441-3)."""

    mise_a_disposition: str
    seance_le: date
    decisions: tuple[CandidatDecide, ...]


class BailSigne(msgspec.Struct, frozen=True):
    """The lease is signed. The booleans are what statements need of a household, never an income (design.md §8)."""

    mise_a_disposition: str
    demande: str
    signe_le: date
    premier_quartile: bool
    prioritaire: bool
    relogement_npnru: bool


TYPES: dict[str, type[msgspec.Struct]] = {
    "demande.enregistree.v1": DemandeEnregistree,
    "demande.modifiee.v1": DemandeModifiee,
    "demande.renouvelee.v1": DemandeRenouvelee,
    "demande.preavis-emis.v1": PreavisEmis,
    "demande.echue.v1": DemandeEchue,
    "demande.radiee.v1": DemandeRadiee,
    "demande.reactivee.v1": DemandeReactivee,
    "demande.fusionnee.v1": DemandeFusionnee,
    "demande.effacee.v1": DemandeEffacee,
    "demande.journee-close.v1": JourneeClose,
    "piece.deposee.v1": PieceChangee,
    "piece.verifiee.v1": PieceChangee,
    "piece.rejetee.v1": PieceChangee,
    "label.pose.v1": LabelChange,
    "label.retire.v1": LabelChange,
    "candidature.designee.v1": CandidatureDesignee,
    "prospection.faite.v1": ProspectionFaite,
    "prospection.refusee.v1": ProspectionRefusee,
    "proposition.faite.v1": PropositionFaite,
    "proposition.acceptee.v1": PropositionAcceptee,
    "proposition.refusee.v1": PropositionRefusee,
    "caleol.decidee.v1": CaleolDecidee,
    "bail.signe.v1": BailSigne,
}
