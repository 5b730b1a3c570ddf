"""A demande as the generator makes it: sections A to L of demande.md §5.2, as far as the demonstration fills them.

Codes are those of the SNE lists; amounts are whole euros; `None` is "not known" or "not said", never zero.
"""

from datetime import date

import msgspec


class Adresse(msgspec.Struct, frozen=True, gc=False):
    """A postal address in France."""

    numero: str
    voie: str
    code_postal: str
    commune: str
    batiment: str | None = None
    escalier: str | None = None
    etage: str | None = None
    appartement: str | None = None


class Emploi(msgspec.Struct, frozen=True, gc=False):
    """Section E. `secteur` is a code of the list secteur_employeur."""

    contrat: str
    profession: str | None = None
    employeur: str | None = None
    secteur: str | None = None
    code_postal: str | None = None
    commune: str | None = None


class RevenuFiscal(msgspec.Struct, frozen=True, gc=False):
    """Section F: two years, each amount possibly not known."""

    annee_moins_1: int
    montant_moins_1: int | None
    annee_moins_2: int
    montant_moins_2: int | None


class Ressource(msgspec.Struct, frozen=True, gc=False):
    """Section G: one nature of income or of alimony paid, euros a month."""

    code: str
    montant: int


class Adulte(msgspec.Struct, frozen=True):
    """A lease holder: the demandeur (`lien` is None) or a cotitulaire."""

    civilite: str
    nom: str
    nom_patronymique: str | None
    prenom: str
    naissance: date
    nationalite: str
    situation_familiale: str
    lien: str | None
    telephone: str | None
    mel: str | None
    emploi: Emploi
    revenu: RevenuFiscal
    recues: tuple[Ressource, ...]
    versees: tuple[Ressource, ...]


class PersonneACharge(msgspec.Struct, frozen=True, gc=False):
    """Section D."""

    nom: str
    prenom: str
    naissance: date
    sexe: str
    lien: str


class EnfantEnGarde(msgspec.Struct, frozen=True, gc=False):
    """Section D: shared custody (G) or visiting right (D)."""

    naissance: date
    sexe: str
    coparentalite: str


class Attendus(msgspec.Struct, frozen=True, gc=False):
    """Section D: children to be born."""

    nombre: int
    date_prevue: date


class LogementActuel(msgspec.Struct, frozen=True, gc=False):
    """Section H. A person without a home has neither category, type nor surface."""

    modele: str
    loyer: int | None
    charges: int | None
    aide: int | None
    occupants: int
    categorie: str | None
    typologie: str | None
    surface: int | None
    proprietaire: bool
    depuis: date
    siren_bailleur: str | None


class Expulsion(msgspec.Struct, frozen=True, gc=False):
    """Section I: stage of an eviction procedure (list expulsion_stade) and its date."""

    stade: str
    le: date


class Lieu(msgspec.Struct, frozen=True, gc=False):
    """A place wished."""

    commune: str
    quartier: str | None = None


class Handicap(msgspec.Struct, frozen=True, gc=False):
    """Section K."""

    prenom: str
    etat: str
    marche: str
    moteur: tuple[str, ...]
    sensoriel: tuple[str, ...]
    aides: tuple[str, ...]
    equipements: tuple[str, ...]
    logement_adapte: bool


class Dalo(msgspec.Struct, frozen=True, gc=False):
    """Section L."""

    statut: str
    decision: date
    typologie: str
    departement: str


class Label(msgspec.Struct, frozen=True, gc=False):
    """Section L: a priority label set by a third party."""

    code: str
    pose_le: date
    organisation: str


class AutreNumero(msgspec.Struct, frozen=True, gc=False):
    """The number of the same household in another département, with the seniority acquired there."""

    numero: str
    departement: str
    depot: date


class Demande(msgspec.Struct, frozen=True):
    """A demande; `rang` is its place in the population, from 0."""

    rang: int
    numero: str | None
    guichet: str
    depot: date
    renouvellement: date | None
    fin_validite: date
    demandeur: Adulte
    adresse: Adresse
    cotitulaires: tuple[Adulte, ...]
    a_charge: tuple[PersonneACharge, ...]
    en_garde: tuple[EnfantEnGarde, ...]
    attendus: Attendus | None
    logement: LogementActuel
    motifs: tuple[str, ...]
    precision_motif: str | None
    expulsion: Expulsion | None
    typologies: tuple[str, ...]
    categorie_recherchee: str
    elargie: bool
    lieux: tuple[Lieu, ...]
    loyer_maximum: int | None
    accepte_qpv: bool | None
    handicap: Handicap | None
    dalo: Dalo | None
    labels: tuple[Label, ...]
    autres_numeros: tuple[AutreNumero, ...]

    @property
    def taille(self) -> int:
        """Lease holders and persons à charge: the size of the household as the marginals count it."""
        return 1 + len(self.cotitulaires) + len(self.a_charge)

    @property
    def est_mutation(self) -> bool:
        """A social tenant asking another dwelling."""
        return self.logement.modele == "HLM"
