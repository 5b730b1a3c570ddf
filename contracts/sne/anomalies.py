"""What can be wrong with a demande of an SNE file: codes shared by importer, generator of spoiled lines and tests.

A sentence names no person and quotes no personal value: reports travel further than files do.
Sources: demande.md §1.1 (D05, D08), §2.1, §5.1 and §5.2; sne-exchange.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Suite(StrEnum):
    """What becomes of what bears the anomaly."""

    FICHIER_REFUSE = "fichier-refuse"
    """Nothing after the fault can be read; the demandes read before it are kept."""
    REFUS = "refus"
    """The demande is refused: a value is wrong, or nobody can be asked to complete it."""
    BROUILLON = "brouillon"
    """A mandatory part is missing: the demande is kept as a draft with what is missing."""
    SIGNALEMENT = "signalement"
    """The demande is taken; the anomaly is counted and reported."""


@dataclass(frozen=True, slots=True)
class Anomalie:
    """One kind of anomaly.

    code: stable ASCII kebab-case, never reused. champ: path of the field from `demandeLogement` (from the root for the
    header), attributes as `@code`, without position; empty when it may be any field: the importer then gives the path
    that it met. phrase: French pattern, `{valeur}` when the value is shown. remede: what the sender can do.
    """

    code: str
    suite: Suite
    champ: str
    phrase: str
    remede: str

    def message(self, valeur: str = "") -> str:
        """The sentence for people: what was refused, why, and what to do."""
        return f"{self.phrase.format(valeur=valeur)} {self.remede}"


_DEMANDEUR = "personnePhysique/demandeur"
_LIEU = "logementRecherche/listeLocalisationSouhaite/localisationSouhaite"

_TABLE = (
    Anomalie(
        "fichier-illisible",
        Suite.FICHIER_REFUSE,
        "",
        "Le fichier s'arrête ou n'est plus du XML bien formé à cette ligne.",
        "Les demandes lues avant cette ligne sont gardées ; demandez un nouvel envoi du fichier complet.",
    ),
    Anomalie(
        "encodage-inconnu",
        Suite.FICHIER_REFUSE,
        "",
        "L'encodage « {valeur} » n'est pas de ceux qui sont lus.",
        "Renvoyez le fichier en UTF-8 ou en ISO-8859-1.",
    ),
    Anomalie(
        "dtd-refusee",
        Suite.FICHIER_REFUSE,
        "",
        "Le fichier porte une déclaration de type de document (DTD), qui peut cacher des entités piégées.",
        "Renvoyez le fichier sans cette déclaration : l'échange n'en prévoit pas.",
    ),
    Anomalie(
        "fichier-demesure",
        Suite.FICHIER_REFUSE,
        "",
        "Plus de quatre mégaoctets se suivent sans qu'une demande se termine, ou plus de cent éléments s'emboîtent : "
        "ce n'est pas un fichier d'échange.",
        "Les demandes lues avant sont gardées ; vérifiez le fichier à sa source.",
    ),
    Anomalie(
        "racine-inconnue",
        Suite.FICHIER_REFUSE,
        "interfaceNuu",
        "La racine du fichier n'est pas « interfaceNuu » dans l'espace de noms du SNE.",
        "Vérifiez qu'il s'agit bien d'un fichier d'échange du SNE.",
    ),
    Anomalie(
        "version-inconnue",
        Suite.FICHIER_REFUSE,
        "interfaceNuu/@versionInterface",
        "La version d'interface « {valeur} » n'est pas de celles qui sont lues (02.00 et 02.01).",
        "Demandez l'envoi dans l'une de ces deux versions.",
    ),
    Anomalie(
        "code-inconnu",
        Suite.REFUS,
        "",
        "Le code « {valeur} » n'est pas dans la liste de ce champ.",
        "Corrigez le code d'après la liste publiée, puis renvoyez la demande.",
    ),
    Anomalie(
        "commune-inconnue",
        Suite.REFUS,
        f"{_LIEU}/commune/@code",
        "La commune « {valeur} » n'existe pas au millésime en vigueur.",
        "Donnez le code INSEE de la commune actuelle, puis renvoyez la demande.",
    ),
    Anomalie(
        "date-impossible",
        Suite.REFUS,
        "",
        "Cette date n'existe pas au calendrier ou n'est pas écrite AAAA-MM-JJ.",
        "Corrigez la date d'après la pièce d'identité ou le formulaire.",
    ),
    Anomalie(
        "naissance-future",
        Suite.REFUS,
        f"{_DEMANDEUR}/dateNaissance",
        "La date de naissance est postérieure à la date de l'import.",
        "Corrigez la date d'après la pièce d'identité ; un enfant attendu se déclare dans « personneANaitre ».",
    ),
    Anomalie(
        "depot-futur",
        Suite.REFUS,
        "dateCreationDemande",
        "La demande serait déposée le {valeur}, après la date de l'import.",
        "Corrigez la date de dépôt : elle fonde l'ancienneté.",
    ),
    Anomalie(
        "identite-absente",
        Suite.REFUS,
        f"{_DEMANDEUR}/nom",
        "Le nom, le prénom ou la date de naissance du demandeur manque : nul ne peut être appelé à compléter.",
        "Complétez l'identité d'après la pièce fournie au dépôt, puis renvoyez la demande.",
    ),
    Anomalie(
        "numero-unique-mal-forme",
        Suite.REFUS,
        "numUnique",
        "Le numéro unique n'a pas les dix-huit caractères attendus (territoire, mois et année, séquence, guichet).",
        "Recopiez le numéro depuis l'attestation, ou ôtez-le pour une demande qui n'en a pas encore.",
    ),
    Anomalie(
        "numero-unique-deja-attribue",
        Suite.REFUS,
        "numUnique",
        "Le numéro unique est déjà celui d'une autre personne.",
        "Vérifiez le numéro sur l'attestation ; un même numéro ne peut désigner deux ménages.",
    ),
    Anomalie(
        "montant-negatif",
        Suite.REFUS,
        "",
        "Un montant ne peut pas être négatif.",
        "Une somme versée se déclare dans « listeRessourceVersee » ; un montant non connu se laisse absent.",
    ),
    Anomalie(
        "montant-illisible",
        Suite.REFUS,
        "",
        "Un montant s'écrit en euros entiers, en chiffres seulement.",
        "Corrigez le montant, ou laissez-le absent s'il n'est pas connu.",
    ),
    Anomalie(
        "nombre-illisible",
        Suite.REFUS,
        "",
        "Un nombre entier positif est attendu.",
        "Corrigez le nombre, puis renvoyez la demande.",
    ),
    Anomalie(
        "booleen-illisible",
        Suite.REFUS,
        "",
        "La valeur « {valeur} » n'est ni « true » ni « false ».",
        "Corrigez la valeur, puis renvoyez la demande.",
    ),
    Anomalie(
        "texte-illisible",
        Suite.REFUS,
        "",
        "Le texte porte des caractères perdus lors d'une conversion d'encodage.",
        "Renvoyez la demande depuis la source, en UTF-8.",
    ),
    Anomalie(
        "texte-trop-long",
        Suite.REFUS,
        "",
        "Le texte dépasse 255 caractères (2 000 pour un texte libre).",
        "Abrégez-le, puis renvoyez la demande.",
    ),
    Anomalie(
        "liste-trop-longue",
        Suite.REFUS,
        "",
        "Plus de cent éléments se répètent dans une même liste.",
        "Vérifiez la demande à sa source : aucun ménage n'en déclare autant.",
    ),
    Anomalie(
        "guichet-mal-forme",
        Suite.REFUS,
        "numGuichet",
        "Le code de guichet « {valeur} » n'a pas cinq lettres ou chiffres.",
        "Donnez le code du guichet enregistreur.",
    ),
    Anomalie(
        "type-fichier-inconnu",
        Suite.FICHIER_REFUSE,
        "entete/typeFichier",
        "Le type de fichier « {valeur} » n'est pas de ceux de l'interface.",
        "Donnez l'un des types de l'interface (CRE, MOD, REN, RAD…).",
    ),
    Anomalie(
        "type-fichier-absent",
        Suite.BROUILLON,
        "entete/typeFichier",
        "Le fichier ne dit pas la nature de l'échange.",
        "Complétez l'en-tête ; en attendant, chaque demande est gardée comme brouillon.",
    ),
    Anomalie(
        "date-fichier-absente",
        Suite.BROUILLON,
        "entete/dateFichier",
        "Le fichier ne dit pas à quel instant il a été fait.",
        "Complétez l'en-tête ; en attendant, chaque demande est gardée comme brouillon.",
    ),
    Anomalie(
        "guichet-absent",
        Suite.BROUILLON,
        "numGuichet",
        "Le guichet enregistreur n'est pas indiqué.",
        "Complétez le code du guichet ; en attendant, la demande est gardée comme brouillon.",
    ),
    Anomalie(
        "depot-absent",
        Suite.BROUILLON,
        "dateCreationDemande",
        "La date de dépôt n'est pas indiquée.",
        "Complétez la date de réception du formulaire ; en attendant, la demande est gardée comme brouillon.",
    ),
    Anomalie(
        "situation-absente",
        Suite.BROUILLON,
        _DEMANDEUR,
        "La civilité, la nationalité, la situation familiale ou l'adresse du demandeur manque.",
        "Complétez la situation du demandeur ; en attendant, la demande est gardée comme brouillon.",
    ),
    Anomalie(
        "recherche-absente",
        Suite.BROUILLON,
        "logementRecherche",
        "Le logement recherché n'est pas décrit.",
        "Complétez typologies et lieux souhaités ; en attendant, la demande est gardée comme brouillon.",
    ),
    Anomalie(
        "typologie-absente",
        Suite.BROUILLON,
        "logementRecherche/listeTypeLogement/typeLogement",
        "Aucune typologie n'est souhaitée.",
        "Complétez au moins une typologie ; en attendant, la demande est gardée comme brouillon.",
    ),
    Anomalie(
        "lieu-absent",
        Suite.BROUILLON,
        f"{_LIEU}/commune/@code",
        "Aucune commune n'est souhaitée.",
        "Complétez au moins une commune ; en attendant, la demande est gardée comme brouillon.",
    ),
    Anomalie(
        "elargissement-absent",
        Suite.BROUILLON,
        "logementRecherche/demandeElargie",
        "La demande ne dit pas si elle s'étend aux autres communes du département.",
        "Complétez « demandeElargie » ; en attendant, la demande est gardée comme brouillon.",
    ),
    Anomalie(
        "element-inconnu",
        Suite.SIGNALEMENT,
        "",
        "L'élément « {valeur} » n'est pas connu de cette version : il est gardé tel quel, sans effet.",
        "Rien à faire, sauf s'il devait compter.",
    ),
)

ANOMALIES: Mapping[str, Anomalie] = MappingProxyType({anomalie.code: anomalie for anomalie in _TABLE})
"""Every anomaly by its code."""
