"""The two files of `logis grille comparer`: two results, two situations under a grid, or two whole cases."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from services.cotation.adapters.resultats_json import ResultatIllisible, lire_resultat
from services.cotation.commandes.fichiers import ENTREE, lire_octets
from services.cotation.commandes.grilles import lire_document, noter, preparer
from services.cotation.domain.comparaison import Cas, Comparaison, comparer
from services.cotation.domain.comparaison_resultats import comparer_resultats
from services.cotation.domain.faute import Faute, GrilleInvalide
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture.noeud import lire_jour
from services.cotation.domain.resultat import Resultat
from services.cotation.domain.texte_json import TAILLE_FAITS, fautes_de_texte, lire_json

CLES_CAS = frozenset({"grille", "faits", "le", "corrections"})


def comparer_fichiers(
    avant: str, apres: str, grilles: tuple[str | None, str | None], jours: tuple[date, date]
) -> Comparaison:
    """The change between two files of one nature.

    A result is what `evaluer --json` printed for one situation. A case is `{"grille": path or grid, "faits": …, "le":
    …, "corrections": [paths]}`; its path starts from the case's folder. Anything else is facts, scored by `grilles` on
    `jours`. Raises TexteIllisible or GrilleInvalide.
    """
    gauche, droite = _objet(avant), _objet(apres)
    if _est_resultat(gauche) and _est_resultat(droite):
        return comparer_resultats(_resultat(gauche, avant), _resultat(droite, apres))
    if _est_resultat(gauche) or _est_resultat(droite):
        raise _refus("Un fichier est un résultat, l'autre non.", "Donner deux résultats, ou deux jeux de faits.")
    return comparer(_cas(gauche, avant, grilles[0], jours[0]), _cas(droite, apres, grilles[1], jours[1]), _noter)


def _noter(grille: Grille, faits: Mapping[str, Any], as_of: date) -> Resultat:
    return noter(grille)(faits, as_of)


def _objet(chemin: str) -> dict[str, Any]:
    valeur = lire_json(lire_octets(chemin, TAILLE_FAITS), TAILLE_FAITS)
    if not isinstance(valeur, dict):
        raise _refus(f"« {chemin} » n'est pas un objet JSON.", "Donner un résultat, des faits ou un cas.")
    fautes = tuple(fautes_de_texte(valeur))
    if fautes:
        raise GrilleInvalide(fautes)
    return valeur


def _est_resultat(objet: Mapping[str, Any]) -> bool:
    return isinstance(objet.get("lignes"), list) and "total" in objet


def _resultat(objet: Mapping[str, Any], chemin: str) -> Resultat:
    try:
        return lire_resultat(objet)
    except ResultatIllisible as erreur:
        raise _refus(
            f"« {chemin} » : {erreur}", "Refaire le résultat avec « logis grille evaluer --json »."
        ) from erreur


def _cas(objet: Mapping[str, Any], chemin: str, grille: str | None, jour: date) -> Cas:
    if not isinstance(objet.get("faits"), Mapping) or not set(objet) <= CLES_CAS:
        if grille is None:
            raise _refus("Il manque la grille sous laquelle noter ces faits.", "Ajouter --grille FICHIER.")
        return Cas(preparer(lire_document(grille)).grille, objet, jour)
    le = lire_jour(objet["le"]) if "le" in objet else jour
    if le is None:
        raise _refus(f"« {chemin} » : « le » n'est pas une date.", "Écrire AAAA-MM-JJ.")
    corrections = objet.get("corrections", [])
    if not isinstance(corrections, list) or not all(isinstance(item, str) for item in corrections):
        raise _refus(f"« {chemin} » : « corrections » est une liste de chemins de faits.", "Corriger la liste.")
    document = objet.get("grille", grille)
    if isinstance(document, str):
        dossier = Path() if chemin == ENTREE or document == grille else Path(chemin).parent
        document = lire_document(str(dossier / document))
    if document is None:
        raise _refus(f"« {chemin} » ne dit pas sa grille.", "Ajouter « grille », ou l'option --grille.")
    return Cas(preparer(document).grille, objet["faits"], le, frozenset(corrections))


def _refus(phrase: str, remede: str) -> GrilleInvalide:
    return GrilleInvalide([Faute("comparaison-impossible", "", phrase, remede)])
