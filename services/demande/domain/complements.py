"""What completes a dossier: eviction, disability, DALO, labels and contingents (sections I, K and L of demande.md §5.2)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Expulsion:
    """An eviction procedure (section I): its stage, of codelist expulsion_stade or in local wording, and its date."""

    stade: str
    le: date | None = None


@dataclass(frozen=True, slots=True)
class Handicap:
    """The disability complement (section K): codes of the handicap_* lists, as declared. prenom: of who is concerned."""

    etats: tuple[str, ...] = ()
    capacite_marche: str | None = None
    moteurs: tuple[str, ...] = ()
    sensoriels: tuple[str, ...] = ()
    aides: tuple[str, ...] = ()
    equipements: tuple[str, ...] = ()
    logement_adapte: bool = False
    prenom: str | None = None


@dataclass(frozen=True, slots=True)
class Dalo:
    """The DALO status (section L). statut: codelist statut_dalo; decision: of the commission de médiation."""

    statut: str
    decision_le: date | None = None
    departement: str | None = None
    typologie: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A local or legal priority set by a third party (section L): who set it, and when."""

    code: str
    pose_le: date | None = None
    par: str | None = None


@dataclass(frozen=True, slots=True)
class Contingent:
    """A contingent for which the applicant is eligible (section L), with its degree of priority."""

    organisation: str | None = None
    code: str | None = None
    degre: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """The social worker or association that follows the household (section L)."""

    nom: str | None = None
    telephone: str | None = None
    courriel: str | None = None
