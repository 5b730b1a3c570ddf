"""What may have happened to a demande, as the journal keeps it. Personal parts are marked: they are sealed before writing."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from contracts.personal import Personal, PersonalByPerson
from services.demande.domain.dossier import AutreNumero, Dossier, Personne, Recherche


@dataclass(frozen=True, slots=True)
class BrouillonOuvert:
    """A demande lacks mandatory parts: it is kept aside, with what is missing (sne-exchange.md).

    manques: codes of contracts.sne.anomalies. canal: `import`, `guichet`, `en-ligne`.
    """

    ouvert_le: date
    canal: str
    manques: tuple[str, ...]
    recherche: Recherche | None
    dossier: Annotated[Dossier | None, Personal()]
    personnes: Annotated[dict[str, Personne | None], PersonalByPerson()]


@dataclass(frozen=True, slots=True)
class DemandeEnregistree:
    """The demande exists legally from its deposit (R441-2-3): it has its first number, and its clocks run.

    numero: numéro unique of `territoire`, kept (`emis` False: it came with an import) or issued here.
    empreinte: blind index of the number, which keeps it unique without writing it.
    attestation_avant, valable_jusqu_au: last days, included. situation: version of the facts once this has happened; every
    event that changes a fact says it, since what is published is derived from the event alone.
    autres_depots: day of deposit by other territory, where the household holds `autres_numeros`. nir: by person (D12).
    """

    situation: int
    deposee_le: date
    guichet: str
    canal: str
    territoire: str
    emis: bool
    empreinte: str
    attestation_avant: date
    valable_jusqu_au: date
    recherche: Recherche
    numero: Annotated[str | None, Personal()]
    dossier: Annotated[Dossier | None, Personal()]
    personnes: Annotated[dict[str, Personne | None], PersonalByPerson()]
    autres_depots: dict[str, date] = field(default_factory=dict)
    autres_numeros: Annotated[tuple[AutreNumero, ...] | None, Personal()] = None
    nir: Annotated[dict[str, str | None], PersonalByPerson()] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DossierModifie:
    """The declared facts changed (D33: from the applicant, from documents, or validated by the applicant).

    source: `demandeur`, `pieces`, `tiers-valide`. What is given replaces what stood; None leaves it as it is.
    """

    situation: int
    le: date
    source: str
    recherche: Recherche | None
    dossier: Annotated[Dossier | None, Personal()]
    personnes: Annotated[dict[str, Personne | None], PersonalByPerson()]


@dataclass(frozen=True, slots=True)
class AttestationDelivree:
    """The attestation left (L441-2-1). message: identifier of the proof of sending."""

    le: date
    message: str


@dataclass(frozen=True, slots=True)
class PreavisEmis:
    """The notice that validity ends is due to the applicant (R441-2-7)."""

    le: date
    valable_jusqu_au: date


@dataclass(frozen=True, slots=True)
class DemandeEchue:
    """Validity has passed without renewal. le: first day without it."""

    le: date


@dataclass(frozen=True, slots=True)
class DemandeRenouvelee:
    """The demande was renewed, with what changed at the same time (D19). What is given replaces what stood; None leaves it."""

    situation: int
    le: date
    canal: str
    valable_jusqu_au: date
    recherche: Recherche | None
    dossier: Annotated[Dossier | None, Personal()]
    personnes: Annotated[dict[str, Personne | None], PersonalByPerson()]


@dataclass(frozen=True, slots=True)
class DemandeRadiee:
    """The demande was struck off, for one of six motives (R441-2-8): codelist motif_radiation."""

    motif: str
    le: date


@dataclass(frozen=True, slots=True)
class PropositionFaite:
    """A dwelling was offered to the applicant. repondre_avant: last day to answer (C04, C05)."""

    proposition: str
    mise_a_disposition: str
    rang: int
    le: date
    repondre_avant: date
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PropositionAcceptee:
    """The applicant accepted the offer."""

    proposition: str
    mise_a_disposition: str
    le: date
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PropositionRefusee:
    """The applicant refused, or let the time run out (`silence`). motif: codelist motif_refus_demandeur."""

    situation: int
    proposition: str
    mise_a_disposition: str
    le: date
    silence: bool
    motif: Annotated[str | None, Personal()]
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PropositionCaduque:
    """The offer lapsed without a refusal: the applicant was housed elsewhere, or the dwelling was withdrawn."""

    proposition: str
    mise_a_disposition: str
    le: date


@dataclass(frozen=True, slots=True)
class OffreAppreciee:
    """A person judged whether the refused offer was suitable: only then may the score suffer (R441-2-17)."""

    situation: int
    proposition: str
    adaptee: bool
    le: date


@dataclass(frozen=True, slots=True)
class Motivation:
    """Why a decision is not favourable: all its motives (L441-2-2). motifs: codelist motif_non_attribution."""

    motifs: tuple[str, ...] = ()
    precision: str | None = None
    sous_motif: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionRendue:
    """The commission decided on this candidate (R441-3). decision: codelist decision_caleol; rang: when it is favourable."""

    mise_a_disposition: str
    seance_le: date
    decision: str
    rang: int | None
    motivation: Annotated[Motivation | None, Personal()]


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """What the landlord records of the person at signature (R441-2-9). accord_collectif: codelist of that name."""

    deja_locataire: bool
    accord_collectif: str
    dalo: bool


@dataclass(frozen=True, slots=True)
class BailConclu:
    """The lease that ends the search (R441-2-9, D23). contingent: the holder imputed; rpls: identifier of the dwelling."""

    mise_a_disposition: str
    proposition: str
    signe_le: date
    bailleur_siren: str
    rpls: str
    contingent: str
    enregistrement: Annotated[Enregistrement | None, Personal()]


@dataclass(frozen=True, slots=True)
class NumeroAttribue:
    """A numéro unique now belongs to a demande, and to no other: one stream per number, named by its blind index.

    identite: blind index of the applicant's identity, so that the same number for another person is told.
    """

    demande: str
    identite: str


EVENEMENTS: tuple[type, ...] = (
    BrouillonOuvert,
    DemandeEnregistree,
    DossierModifie,
    AttestationDelivree,
    PreavisEmis,
    DemandeEchue,
    DemandeRenouvelee,
    DemandeRadiee,
    PropositionFaite,
    PropositionAcceptee,
    PropositionRefusee,
    PropositionCaduque,
    OffreAppreciee,
    DecisionRendue,
    BailConclu,
    NumeroAttribue,
)
