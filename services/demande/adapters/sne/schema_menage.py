"""The elements of `personnePhysique`: persons, addresses, work, resources, present dwelling (sections B to H)."""

from datetime import date

from services.demande.adapters.sne import valeurs as v
from services.demande.adapters.sne.structure import Enfants, Feuille, Noeud, Valeurs, code, codes, objet
from services.demande.domain.dossier import (
    Adresse,
    Emploi,
    LogementActuel,
    NaissancesAttendues,
    Ressource,
    RevenuFiscal,
)


def menage(le: date) -> Enfants:
    """The children of `personnePhysique`. le: day after which nobody is born."""
    naissance = v.jour_passe(le, "naissance-future")
    return {
        "demandeur": Noeud(
            {
                **_adulte(le),
                "adressePostale": adresse("adresse"),
                "adresseCourrier": adresse("adresse_courrier"),
                "nomHebergeant": Feuille("hebergeant"),
            },
            "demandeur",
        ),
        "listeCotitulaire": Noeud(
            {
                "cotitulaire": Noeud(
                    {**_adulte(le), "lienDemandeur": code("lien", "lien_demandeur")}, "cotitulaires", multiple=True
                )
            }
        ),
        "listePersonneACharge": Noeud(
            {
                "personneACharge": Noeud(
                    {
                        "nom": Feuille("nom"),
                        "prenom": Feuille("prenom"),
                        "dateNaissance": Feuille("naissance", naissance),
                        "sexe": code("sexe", "sexe"),
                        "lienParente": code("lien", "lien_parente"),
                    },
                    "a_charge",
                    multiple=True,
                )
            }
        ),
        "personneANaitre": Noeud(
            {"nombre": Feuille("nombre", v.nombre), "dateNaissancePrevue": Feuille("prevues_le", v.jour)},
            "naissances",
            objet(NaissancesAttendues),
            obligatoires={"nombre": "nombre-illisible"},
        ),
        "listePersonneEnGarde": Noeud(
            {
                "personneEnGarde": Noeud(
                    {
                        "dateNaissance": Feuille("naissance", naissance),
                        "sexe": code("sexe", "sexe"),
                        "coParentalite": code("coparentalite", "coparentalite"),
                    },
                    "en_garde",
                    multiple=True,
                )
            }
        ),
        "logementActuel": _logement(),
    }


def _adulte(le: date) -> Enfants:
    return {
        "civilite": code("civilite", "civilite"),
        "nom": Feuille("nom"),
        "nomPatronymique": Feuille("nom_de_naissance"),
        "prenom": Feuille("prenom"),
        "dateNaissance": Feuille("naissance", v.jour_passe(le, "naissance-future")),
        "nationalite": code("nationalite", "nationalite"),
        "situationFamiliale": code("situation_familiale", "situation_familiale"),
        "telPortable": Feuille("telephone"),
        "telDomicile": Feuille("telephone_domicile"),
        "telProfessionnel": Feuille("telephone_travail"),
        "mel": Feuille("courriel"),
        "melAidant": Feuille("courriel_aidant"),
        "consentementElectronique": Feuille("avis_electroniques", v.booleen),
        "nir": Feuille("nir"),
        "situationProfessionnelle": Noeud(
            {
                "profession": Feuille("profession"),
                "typeContratTravail": code("contrat", "type_contrat_travail"),
                "nomEmployeurPrincipal": Feuille("employeur"),
                "etranger": Feuille("etranger", v.booleen),
                "codePostal": Feuille("code_postal"),
                "commune": Feuille("commune", v.commune, code=True),
                "siretEmployeur": Feuille("siret"),
                "secteurEmployeur": Feuille("secteur", code=True),
            },
            "emploi",
            objet(Emploi),
        ),
        "revenuFiscal": Noeud(
            {
                "anneeMoins1": Feuille("annee_1", v.annee),
                "montantMoins1": Feuille("montant_1", v.montant),
                "anneeMoins2": Feuille("annee_2", v.annee),
                "montantMoins2": Feuille("montant_2", v.montant),
            },
            "revenus",
            _revenus,
        ),
        "listeRessourceRecue": _ressources("recues", "ressource_recue"),
        "listeRessourceVersee": _ressources("versees", "ressource_versee"),
        "listeRessourceRecuePersACharge": _ressources("recues_a_charge", "ressource_recue"),
        "listeRessourceVerseePersACharge": _ressources("versees_a_charge", "ressource_versee"),
    }


def _revenus(lus: Valeurs) -> tuple[RevenuFiscal, ...]:
    """The two years; an amount whose year is not said cannot be placed."""
    annees = ((lus.get(f"annee_{rang}"), lus.get(f"montant_{rang}")) for rang in (1, 2))
    return tuple(RevenuFiscal(annee, montant) for annee, montant in annees if annee is not None)


def _ressource(lus: Valeurs) -> Ressource:
    return Ressource(lus["nature"], lus.get("montant"))


def _ressources(cle: str, liste: str) -> Noeud:
    """A list of amounts by nature; empty, it says that there are none."""
    detail = Noeud(
        {"ressource": code("nature", liste), "montant": Feuille("montant", v.montant)},
        cle,
        _ressource,
        multiple=True,
        obligatoires={"nature": "code-inconnu"},
    )
    return Noeud({"detailRessource": detail}, initial=(cle,))


def adresse(cle: str) -> Noeud:
    """An address, in the field of that key."""
    return Noeud(
        {
            "etranger": Feuille("etranger", v.booleen),
            "batiment": Feuille("batiment"),
            "escalier": Feuille("escalier"),
            "etage": Feuille("etage"),
            "appartement": Feuille("appartement"),
            "numero": Feuille("numero"),
            "voie": Feuille("voie"),
            "codePostal": Feuille("code_postal"),
            "commune": Feuille("commune", v.commune, code=True),
        },
        cle,
        objet(Adresse),
    )


def _logement() -> Noeud:
    return Noeud(
        {
            "listeModeleLogement": codes("modeleLogement", "modeles", "modele_logement"),
            "montantMensuelLoyer": Feuille("loyer", v.montant),
            "nombreHabitant": Feuille("habitants", v.nombre),
            "categorieLogement": code("categorie", "categorie_logement"),
            "typeLogementActuel": code("typologie", "type_logement"),
            "surface": Feuille("surface", v.nombre),
            "proprietaire": Feuille("proprietaire", v.booleen),
            "dateEntreeLogement": Feuille("depuis", v.jour),
            "montantMensuelCharges": Feuille("charges", v.montant),
            "montantMensuelAideLogement": Feuille("aide", v.montant),
            "sirenBailleur": Feuille("bailleur_siren"),
            "identifiantRpls": Feuille("rpls"),
            "nomStructureHebergement": Feuille("structure"),
        },
        "logement",
        objet(LogementActuel),
    )
