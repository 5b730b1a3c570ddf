"""What an applicant declares: sections B to L of the form (demande.md §5.2).

Coded fields hold the codes of `contracts/codelists`. Money is whole euros a month or a year, as the form says it; a missing
amount is "not known", never 0. Every value here is personal, save `Recherche`. The NIR is not here: it is kept apart (D12).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.demande.domain.complements import Contact, Contingent, Dalo, Expulsion, Handicap, Label


class Role(StrEnum):
    """What a person is in the demande."""

    DEMANDEUR = "demandeur"
    COTITULAIRE = "cotitulaire"
    A_CHARGE = "a_charge"
    EN_GARDE = "en_garde"


@dataclass(frozen=True, slots=True)
class Adresse:
    """A postal address (section C). commune: INSEE code; a foreign one has neither commune nor postal code."""

    voie: str | None = None
    numero: str | None = None
    complement: str | None = None
    code_postal: str | None = None
    commune: str | None = None
    etranger: bool = False
    batiment: str | None = None
    escalier: str | None = None
    etage: str | None = None
    appartement: str | None = None


@dataclass(frozen=True, slots=True)
class Emploi:
    """Work of an adult (section E). contrat: codelist type_contrat_travail; commune: of the workplace.

    secteur: codelist secteur_employeur, which the exchange format leaves open; etranger: the workplace is abroad.
    """

    contrat: str | None = None
    profession: str | None = None
    employeur: str | None = None
    commune: str | None = None
    code_postal: str | None = None
    etranger: bool | None = None
    siret: str | None = None
    secteur: str | None = None


@dataclass(frozen=True, slots=True)
class RevenuFiscal:
    """Reference taxable income of one year (section F), in euros; None: not known."""

    annee: int
    montant: int | None = None


@dataclass(frozen=True, slots=True)
class Ressource:
    """A monthly income or a monthly payment (section G), in euros; None: not known. APL and AL are not counted."""

    nature: str
    montant: int | None


@dataclass(frozen=True, slots=True)
class Personne:
    """One person of the future household, each sealed under their own key (sections B, D, E, F, G).

    recues: None when the person said nothing of their income; empty when they said that they have none.
    adresse_courrier: where mail goes, when it is elsewhere; hebergeant: name of the host; courriel_aidant: of who helps.
    """

    role: Role
    naissance: date | None = None
    nom: str | None = None
    nom_de_naissance: str | None = None
    prenom: str | None = None
    civilite: str | None = None
    sexe: str | None = None
    nationalite: str | None = None
    situation_familiale: str | None = None
    lien: str | None = None
    coparentalite: str | None = None
    telephone: str | None = None
    courriel: str | None = None
    adresse: Adresse | None = None
    emploi: Emploi | None = None
    revenus: tuple[RevenuFiscal, ...] = ()
    recues: tuple[Ressource, ...] | None = None
    versees: tuple[Ressource, ...] = ()
    telephone_domicile: str | None = None
    telephone_travail: str | None = None
    avis_electroniques: bool | None = None
    courriel_aidant: str | None = None
    adresse_courrier: Adresse | None = None
    hebergeant: str | None = None


@dataclass(frozen=True, slots=True)
class NaissancesAttendues:
    """Unborn children: they count in the typologie (demande.md §5.4)."""

    nombre: int
    prevues_le: date | None = None


@dataclass(frozen=True, slots=True)
class LogementActuel:
    """Where the household lives (section H). modeles: codelist modele_logement, HLM marks a mutation.

    aide: APL or AL received, a month; structure: name of the hosting body.
    """

    modeles: tuple[str, ...] = ()
    depuis: date | None = None
    loyer: int | None = None
    charges: int | None = None
    habitants: int | None = None
    categorie: str | None = None
    typologie: str | None = None
    surface: int | None = None
    proprietaire: bool | None = None
    bailleur_siren: str | None = None
    rpls: str | None = None
    aide: int | None = None
    structure: str | None = None


@dataclass(frozen=True, slots=True)
class PersonneMorale:
    """An association that asks in its own name (L442-8-1, D11): identity and address only."""

    raison_sociale: str | None = None
    siren: str | None = None
    courriel: str | None = None
    telephone: str | None = None
    adresse: Adresse | None = None


@dataclass(frozen=True, slots=True)
class ElementInconnu:
    """What came with an exchange and that no section holds: kept as it was, read by no rule."""

    chemin: str
    valeur: str


@dataclass(frozen=True, slots=True)
class AutreNumero:
    """The number that the same household holds in another territory, with the seniority acquired there (demande.md §2.2)."""

    territoire: str
    numero: str
    deposee_le: date


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is said of the household as a whole, sealed under the demande's key (sections D, G to I, K, L).

    motifs: codelist motif_demande, in order, the first is the main one. accord_collectif: codelist of that name.
    recues_a_charge, versees_a_charge: of the dependants. avis: of local bodies.
    """

    motifs: tuple[str, ...] = ()
    precision_motif: str | None = None
    naissances: NaissancesAttendues | None = None
    recues_a_charge: tuple[Ressource, ...] = ()
    versees_a_charge: tuple[Ressource, ...] = ()
    logement: LogementActuel | None = None
    expulsion: Expulsion | None = None
    handicap: Handicap | None = None
    dalo: Dalo | None = None
    labels: tuple[Label, ...] = ()
    loyer_maximum: int | None = None
    personne_morale: PersonneMorale | None = None
    accord_collectif: str | None = None
    delai_anormalement_long: bool | None = None
    delai_anormalement_long_le: date | None = None
    contingents: tuple[Contingent, ...] = ()
    contact: Contact | None = None
    avis: str | None = None
    commentaire: str | None = None
    inconnus: tuple[ElementInconnu, ...] = ()


@dataclass(frozen=True, slots=True)
class Lieu:
    """A place wished: an INSEE commune, and a quartier or none."""

    commune: str
    quartier: str | None = None

    @property
    def identifiant(self) -> str:
        """`commune` or `commune:quartier` (contracts.situation.identifiant_lieu)."""
        return f"{self.commune}:{self.quartier}" if self.quartier else self.commune


@dataclass(frozen=True, slots=True)
class Recherche:
    """The dwelling wished (section J): codes and places only, so it is not sealed and the search may filter on it.

    lieux: deduplicated, in the order of the wishes. typologies: codelist type_logement.
    """

    typologies: tuple[str, ...] = ()
    lieux: tuple[Lieu, ...] = ()
    elargie: bool = False
    categorie: str | None = None
    accepte_qpv: bool | None = None
    rez_de_chaussee_refuse: bool | None = None
    ascenseur: bool | None = None
    stationnement: bool | None = None
