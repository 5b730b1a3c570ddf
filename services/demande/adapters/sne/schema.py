"""Every element of `demandeLogement` that is read, and the field of the dossier that it fills (contracts/sne/*.xsd)."""

from datetime import date
from functools import lru_cache

from services.demande.adapters.sne import valeurs as v
from services.demande.adapters.sne.schema_menage import adresse, menage
from services.demande.adapters.sne.structure import Enfants, Feuille, Noeud, Valeurs, code, codes, objet, situer
from services.demande.domain.complements import Contact, Contingent, Dalo, Expulsion, Handicap, Label
from services.demande.domain.dossier import Lieu, PersonneMorale


@lru_cache(maxsize=4)
def schema(le: date) -> Noeud:
    """The node of `demandeLogement`. le: day of the import, after which no deposit and no birth may stand."""
    return situer(Noeud({**_demande(le), **_motifs(), **_recherche(), **_handicap(), **_complements(le)}))


def _demande(le: date) -> Enfants:
    return {
        "numUnique": Feuille("numero", v.numero),
        "numGuichet": Feuille("guichet", v.guichet),
        "dateCreationDemande": Feuille("deposee_le", v.jour_passe(le, "depot-futur")),
        "dateReception": Feuille("recue_le", v.jour),
        "dateDernierRenouvellement": Feuille("renouvelee_le", v.jour),
        "dateFinValidite": Feuille("valable_jusqu_au", v.jour),
        "versionFormulaire": Feuille("formulaire"),
        "personnePhysique": Noeud(menage(le), "menage"),
        "personneMorale": Noeud(
            {
                "raisonSociale": Feuille("raison_sociale"),
                "siren": Feuille("siren"),
                "mel": Feuille("courriel"),
                "telephone": Feuille("telephone"),
                "adressePostale": adresse("adresse"),
            },
            "personne_morale",
            objet(PersonneMorale),
        ),
    }


def _motifs() -> Enfants:
    return {
        "listeMotifDemande": Noeud(
            {
                "motifDemande": code("motifs", "motif_demande", multiple=True),
                "precisionMotif": Feuille("precision_motif", v.texte_libre),
            }
        ),
        "procedureExpulsion": Noeud(
            {"stadeExpulsion": Feuille("stade", code=True), "dateStade": Feuille("le", v.jour)},
            "expulsion",
            objet(Expulsion),
            obligatoires={"stade": "code-inconnu"},
        ),
    }


def _recherche() -> Enfants:
    lieu = Noeud(
        {"commune": Feuille("commune", v.commune, code=True), "quartier": Feuille("quartier")},
        "lieux",
        _lieu,
        multiple=True,
    )
    return {
        "logementRecherche": Noeud(
            {
                "listeTypeLogement": codes("typeLogement", "typologies", "type_logement"),
                "categorieLogementRecherche": code("categorie", "categorie_logement_recherche"),
                "demandeElargie": Feuille("elargie", v.booleen),
                "listeLocalisationSouhaite": Noeud({"localisationSouhaite": lieu}),
                "rezDeChausseeRefuse": Feuille("rez_de_chaussee_refuse", v.booleen),
                "ascenseurNecessaire": Feuille("ascenseur", v.booleen),
                "stationnementSouhaite": Feuille("stationnement", v.booleen),
                "loyerMaximum": Feuille("loyer_maximum", v.montant),
                "accepteQpv": Feuille("accepte_qpv", v.booleen),
            },
            "recherche",
        )
    }


def _lieu(lus: Valeurs) -> Lieu | None:
    """A place wished; nothing when its commune is not said, or was refused."""
    commune = lus.get("commune")
    return Lieu(commune, lus.get("quartier")) if commune else None


def _handicap() -> Enfants:
    return {
        "complementHandicap": Noeud(
            {
                "prenomPersonne": Feuille("prenom"),
                "listeEtatHandicap": codes("etatHandicap", "etats", "handicap_etat"),
                "capaciteMarche": code("capacite_marche", "handicap_capacite_marche"),
                "listeHandicapMoteur": codes("handicapMoteur", "moteurs", "handicap_moteur"),
                "listeHandicapSensoriel": codes("handicapSensoriel", "sensoriels", "handicap_sensoriel"),
                "listeAideTechnique": codes("aideTechnique", "aides", "handicap_aide_technique"),
                "listeEquipement": codes("equipement", "equipements", "handicap_equipement"),
                "logementAdapte": Feuille("logement_adapte", v.booleen),
            },
            "handicap",
            objet(Handicap),
        )
    }


def _complements(le: date) -> Enfants:
    autre = Noeud(
        {
            "numUnique": Feuille("numero", v.numero),
            "departement": Feuille("departement", v.departement, code=True),
            "dateCreationDemande": Feuille("deposee_le", v.jour_passe(le, "depot-futur")),
        },
        "autres_numeros",
        multiple=True,
        obligatoires={
            "numero": "numero-unique-mal-forme",
            "departement": "code-inconnu",
            "deposee_le": "date-impossible",
        },
    )
    dalo = Noeud(
        {
            "statutDalo": code("statut", "statut_dalo"),
            "dateDecision": Feuille("decision_le", v.jour),
            "typologieDalo": code("typologie", "typologie_dalo"),
            "departement": Feuille("departement", v.departement, code=True),
        },
        "dalo",
        objet(Dalo),
        obligatoires={"statut": "code-inconnu"},
    )
    label = Noeud(
        {
            "labelPriorite": Feuille("code", code=True),
            "dateLabel": Feuille("pose_le", v.jour),
            "organisation": Feuille("par"),
        },
        "labels",
        objet(Label),
        multiple=True,
        obligatoires={"code": "code-inconnu"},
    )
    return {
        "complements": Noeud(
            {
                "listeAutreNumUnique": Noeud({"autreNumUnique": autre}),
                "listeContingent": Noeud({"contingent": _contingent()}),
                "partenaire": _contact(),
                "delaiAnormalementLong": Feuille("delai_anormalement_long", v.booleen),
                "dateDelaiAnormalementLong": Feuille("delai_anormalement_long_le", v.jour),
                "dalo": dalo,
                "accordCollectif": code("accord_collectif", "accord_collectif"),
                "listeLabel": Noeud({"label": label}),
                "avisInstance": Feuille("avis", v.texte_libre),
                "commentaire": Feuille("commentaire", v.texte_libre),
            }
        )
    }


def _contingent() -> Noeud:
    return Noeud(
        {"organisation": Feuille("organisation"), "code": Feuille("code"), "degrePriorite": Feuille("degre")},
        "contingents",
        objet(Contingent),
        multiple=True,
    )


def _contact() -> Noeud:
    return Noeud(
        {"nom": Feuille("nom"), "telephone": Feuille("telephone"), "mel": Feuille("courriel")},
        "contact",
        objet(Contact),
    )
