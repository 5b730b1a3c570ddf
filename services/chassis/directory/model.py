"""The organisations of a region and their territory, as every service sees them: frozen values and look-ups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts import territoire
from contracts.listes import liste
from contracts.parametres import Parametres
from contracts.situation import Fait, avec_faits_locaux


class Nature(StrEnum):
    """What an organisation is."""

    BAILLEUR = "bailleur"
    ETAT = "etat"
    ACTION_LOGEMENT = "action_logement"
    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    EMPLOYEUR = "employeur"
    GESTIONNAIRE = "gestionnaire"
    AUTRE = "autre"


class Role(StrEnum):
    """What an organisation does here: it follows from its nature, from the desks it runs and from the rights it holds."""

    BAILLEUR = "bailleur"
    ETAT = "etat"
    EPCI = "epci"
    GESTIONNAIRE = "gestionnaire"
    GUICHET = "guichet"
    RESERVATAIRE = "reservataire"


class Registre(StrEnum):
    """The register of a département: the national one, or a local substitute that issues the numbers (R441-2-5 IV)."""

    SNE = "SNE"
    SPTA = "SPTA"


@dataclass(frozen=True, slots=True)
class Emprise:
    """A set of places: whole départements, EPCI and communes together."""

    departements: frozenset[str] = frozenset()
    epci: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()

    def couvre(self, code_commune: str) -> bool:
        """Whether a commune belongs to it. Raises TerritoireInconnu."""
        if code_commune in self.communes:
            return True
        une = territoire.commune(code_commune)
        de_l_epci = territoire.epci_de(code_commune) if self.epci else None
        return une.departement in self.departements or (de_l_epci is not None and de_l_epci.siren in self.epci)

    def toutes_les_communes(self) -> frozenset[str]:
        """Codes of all its communes, one by one."""
        des_departements = (c for d in self.departements for c in territoire.communes_du_departement(d))
        des_epci = (c for siren in self.epci for c in territoire.communes_de(siren))
        return self.communes.union(des_departements, des_epci)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that holds a token. `siren` is None when it is not needed; `fictive`: invented for a demonstration.

    courriel: the shared mailbox where it wants to be told; None: it reads the feed or takes webhooks instead.
    """

    id: str
    nom: str
    nature: Nature
    emprise: Emprise
    siren: str | None = None
    fictive: bool = False
    courriel: str | None = None


@dataclass(frozen=True, slots=True)
class Guichet:
    """A registering desk: its 5-character code (end of the numéro unique), its type (list type_guichet), who runs it."""

    code: str
    nom: str
    type: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Reservataire:
    """A holder of reservation rights, distinct from the organisation that exercises them (flux.md §4).

    type: a code of the list `reservataire`. parent: the holder whose share includes this one (State staff in the State).
    """

    id: str
    nom: str
    type: str
    organisation: str
    emprise: Emprise
    parent: str | None = None

    @property
    def contingent_sne(self) -> str:
        """Its code in the SNE list type_reservataire, for a radiation for attribution (R441-2-9)."""
        return str(liste("reservataire").valeur(self.type).attributs["sne"])

    @property
    def contingent_rpls(self) -> str:
        """Its code in field 63 of the RPLS transmission file."""
        return str(liste("reservataire").valeur(self.type).attributs["rpls"])


@dataclass(frozen=True, slots=True)
class Departement:
    """A département of the region: its register and the address of its commission de médiation (attestation, D10)."""

    code: str
    nom: str
    registre: Registre
    commission_mediation: str


@dataclass(frozen=True, slots=True)
class EpciDeLaRegion:
    """An EPCI that scores: its grid, the one for mutations when it has two (D10), its first-quartile threshold.

    seuil_premier_quartile: euros a year per consumption unit (arrêté of the year), None when not known.
    """

    siren: str
    nom: str
    grille: str
    grille_mutations: str | None = None
    seuil_premier_quartile: int | None = None


@dataclass(frozen=True, slots=True)
class DelaiAnormalementLong:
    """The abnormally long delay that a préfet set (L441-1-4): whole months since the reception date, by typology."""

    departement: str
    typologies: frozenset[str]
    mois: int
    source: str


@dataclass(frozen=True, slots=True)
class FaitLocal:
    """A fact that the region adds to the catalogue: who may set it (natures of organisations) and what proves it."""

    fait: Fait
    saisi_par: frozenset[Nature]
    preuve: str


@dataclass(frozen=True, slots=True)
class Region:
    """All that the services of one deployment know of their region. Built by `load_region`, which checks it whole."""

    code: str
    nom: str
    fictive: bool
    millesime: int
    departements: Mapping[str, Departement]
    epci: Mapping[str, EpciDeLaRegion]
    organisations: Mapping[str, Organisation]
    guichets: Mapping[str, Guichet]
    reservataires: Mapping[str, Reservataire]
    parametres: Parametres
    delais: tuple[DelaiAnormalementLong, ...]
    labels: Mapping[str, str]
    faits_locaux: Mapping[str, FaitLocal]

    def organisation(self, identifiant: str) -> Organisation | None:
        """The organisation of this id, None when the region has none."""
        return self.organisations.get(identifiant)

    def roles(self, identifiant: str) -> frozenset[Role]:
        """What an organisation does here; empty when it is unknown."""
        une = self.organisations.get(identifiant)
        if une is None:
            return frozenset()
        par_nature = {role for role in Role if role.value == une.nature.value}
        if any(g.organisation == identifiant for g in self.guichets.values()):
            par_nature.add(Role.GUICHET)
        if any(r.organisation == identifiant for r in self.reservataires.values()):
            par_nature.add(Role.RESERVATAIRE)
        return frozenset(par_nature)

    def epci_de(self, code_commune: str) -> EpciDeLaRegion | None:
        """The scoring EPCI of a commune, None when it lies in no EPCI of the region. Raises TerritoireInconnu."""
        trouve = territoire.epci_de(code_commune)
        return self.epci.get(trouve.siren) if trouve else None

    def organisations_de(self, code_commune: str, nature: Nature | None = None) -> tuple[Organisation, ...]:
        """Organisations whose territory holds a commune, sorted by id: its landlords for the attestation (D10)."""
        return tuple(
            une
            for _, une in sorted(self.organisations.items())
            if nature in (None, une.nature) and une.emprise.couvre(code_commune)
        )

    def organisations_de_l_epci(self, siren: str) -> tuple[Organisation, ...]:
        """Organisations whose territory holds at least one commune of an EPCI, sorted by id. Raises TerritoireInconnu."""
        communes = territoire.communes_de(siren)
        return tuple(
            une for _, une in sorted(self.organisations.items()) if any(une.emprise.couvre(c) for c in communes)
        )

    def reservataires_de(self, code_commune: str) -> tuple[Reservataire, ...]:
        """Holders whose perimeter holds a commune, sorted by id; each landlord's own share among them."""
        return tuple(r for _, r in sorted(self.reservataires.items()) if r.emprise.couvre(code_commune))

    def titulaires_de(self, bailleur: str, code_commune: str) -> tuple[Reservataire, ...]:
        """Holders who may be owed a dwelling of this landlord in a commune: all but the own shares of other landlords."""
        return tuple(
            r for r in self.reservataires_de(code_commune) if r.type != "BAILLEUR" or r.organisation == bailleur
        )

    def delai_anormalement_long(self, departement: str, typologie: str) -> int | None:
        """Months after which the wait is abnormally long, None when the préfet's order is not known here."""
        for delai in self.delais:
            if delai.departement == departement and typologie in delai.typologies:
                return delai.mois
        return None

    def faits(self) -> Mapping[str, Fait]:
        """The situation catalogue of the region: the national facts and its own."""
        return avec_faits_locaux(local.fait for local in self.faits_locaux.values())

    def parametre(self, nom: str, le: date) -> int:
        """The value of a legal parameter in the region on a day. Raises ParametreInconnu."""
        return self.parametres.valeur(nom, le)
