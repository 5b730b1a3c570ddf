"""What one may ask of the register. Every date is given: the domain reads no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.demande.domain.dossier import AutreNumero, Dossier, Personne, Recherche


@dataclass(frozen=True, slots=True)
class DeposerDemande:
    """A complete demande comes in.

    deposee_le: reception by the guichet, which founds seniority; recue_le: day on which this register learns of it, from
    which the attestation is due when it is later (an import). valable_jusqu_au: known of an imported demande, else a year.
    numero: the numéro unique that came with it, None when one is to be issued; numero_emis: it was issued here.
    autres_numeros: those that the household holds in other territories. nir: by person.
    """

    deposee_le: date
    recue_le: date
    guichet: str
    canal: str
    territoire: str
    recherche: Recherche
    dossier: Dossier
    personnes: Mapping[str, Personne]
    numero: str | None = None
    numero_emis: bool = False
    valable_jusqu_au: date | None = None
    autres_numeros: tuple[AutreNumero, ...] = ()
    nir: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModifierDossier:
    """Declared facts change. None, or a person not named: as it stood. source: see DossierModifie."""

    le: date
    source: str
    recherche: Recherche | None = None
    dossier: Dossier | None = None
    personnes: Mapping[str, Personne] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenouvelerDemande:
    """Renew, with what changes at the same time (R441-2-7). canal: `guichet` or `en-ligne`."""

    le: date
    canal: str
    recherche: Recherche | None = None
    dossier: Dossier | None = None
    personnes: Mapping[str, Personne] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RadierDemande:
    """Strike off. motif: codelist motif_radiation."""

    motif: str
    le: date
