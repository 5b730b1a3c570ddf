"""What reading an SNE file gives, demande after demande: taken, refused, or the point where the file itself stops."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.sne.anomalies import ANOMALIES, Suite
from services.demande.domain.dossier import AutreNumero, Dossier, Personne, Recherche


@dataclass(frozen=True, slots=True)
class Constat:
    """One anomaly found: where, its code (contracts.sne.anomalies), and the sentence for people.

    ligne: of the faulty element, or of `demandeLogement` when the element is missing; champ: path from `demandeLogement`
    (from the root for the header). The sentence never quotes a personal value.
    """

    ligne: int
    champ: str
    code: str
    message: str

    @property
    def suite(self) -> Suite:
        """What becomes of what bears it."""
        return ANOMALIES[self.code].suite


@dataclass(frozen=True, slots=True)
class DemandeLue:
    """A demande that may be kept: whole, or as a draft when `manques` says what is missing.

    ordre: place in the file, from 1: the same at each reading, so that an interrupted import knows where it was.
    ligne: of its `demandeLogement`; position: bytes of the file read when it ends; ligne_numero: of `numUnique`, 0 without.
    numero: None when the register must issue one; territoire: that of the number, None when no wish tells it.
    recue_le, renouvelee_le, valable_jusqu_au: as the file says them. nir: by person, to be kept apart (D12).
    inconnus: elements that no section holds, counted by path; `signalements` names each once, `dossier.inconnus` keeps them.
    """

    ordre: int
    ligne: int
    position: int
    version: str
    type_fichier: str | None
    deposee_le: date | None
    recue_le: date | None
    renouvelee_le: date | None
    valable_jusqu_au: date | None
    guichet: str | None
    territoire: str | None
    formulaire: str | None
    recherche: Recherche | None
    ligne_numero: int = 0
    numero: str | None = field(default=None, repr=False)
    autres_numeros: tuple[AutreNumero, ...] = field(default=(), repr=False)
    dossier: Dossier = field(default_factory=Dossier, repr=False)
    personnes: Mapping[str, Personne] = field(default_factory=dict, repr=False)
    nir: Mapping[str, str] = field(default_factory=dict, repr=False)
    manques: tuple[Constat, ...] = ()
    signalements: tuple[Constat, ...] = ()
    inconnus: Mapping[str, int] = field(default_factory=dict)

    @property
    def est_brouillon(self) -> bool:
        """Whether mandatory parts are missing: it is kept aside until they come."""
        return bool(self.manques)


@dataclass(frozen=True, slots=True)
class Refusee:
    """A demande that cannot be taken, with all its faults in the order of their lines. ordre, ligne, position: as above."""

    ordre: int
    ligne: int
    position: int
    constats: tuple[Constat, ...]


@dataclass(frozen=True, slots=True)
class FichierRefuse:
    """Nothing after this point can be read; it is the last item. The demandes given before it stand."""

    position: int
    constat: Constat


Lecture = DemandeLue | Refusee | FichierRefuse
