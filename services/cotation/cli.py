"""`logis grille`: what a person does with a scoring grid from the command line.

Exit codes of every command: 0 done; 1 something is refused (a grid at fault, facts at fault); 2 a file cannot be read
(absent, too large, not JSON) or the command line is wrong. With `--json`, the standard output is JSON in all cases.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from services.cotation.adapters.resultats_json import ecrire_comparaison, ecrire_faute, ecrire_resultat
from services.cotation.commandes import affichage
from services.cotation.commandes.comparaisons import comparer_fichiers
from services.cotation.commandes.fichiers import lire_octets, ouvrir
from services.cotation.commandes.grilles import GrillePrete, fautes_du_fichier, lire_document, preparer
from services.cotation.commandes.lots import Forme, lire_lot
from services.cotation.commandes.ordre import TAILLE_ORDRE, lire_ordre
from services.cotation.domain.ecriture import migrer as convertir
from services.cotation.domain.explication import expliquer as expliquer_un_resultat
from services.cotation.domain.faute import Faute, Gravite, GrilleInvalide, TexteIllisible
from services.cotation.domain.grille import Exemple
from services.cotation.domain.lecture import analyser
from services.cotation.domain.lecture.exemples import lire_recueil
from services.cotation.domain.poids import OrdreInvalide, poids_selon_ordre

grille = typer.Typer(name="grille", help="Vérifier, évaluer, expliquer et comparer une grille de cotation.")

REFUS, ILLISIBLE = 1, 2
FORMATS_DATE = ["%Y-%m-%d"]

Fichier = Annotated[
    str, typer.Argument(metavar="FICHIER", help="Grille cotation-grid/0.1 ou 1.0 ; « - » : entrée standard.")
]
OptionGrille = Annotated[str, typer.Option("--grille", metavar="FICHIER", help="Grille cotation-grid/0.1 ou 1.0.")]
OptionFaits = Annotated[
    str,
    typer.Option(
        "--faits", metavar="FICHIER", help="Faits : un objet, un tableau ou un objet par ligne ; « - » : entrée."
    ),
]
OptionLe = Annotated[
    datetime | None, typer.Option("--le", formats=FORMATS_DATE, help="Jour de l'évaluation ; par défaut aujourd'hui.")
]
OptionJson = Annotated[bool, typer.Option("--json", help="Résultat en JSON.")]


@grille.callback()
def commandes() -> None:
    """Vérifier, évaluer, expliquer et comparer une grille de cotation."""


@grille.command()
def verifier(
    fichier: Fichier,
    adoption: Annotated[bool, typer.Option("--adoption", help="Exiger ce qu'une adoption demande.")] = False,
    exemples: Annotated[
        str | None,
        typer.Option("--exemples", metavar="FICHIER", help="Exemples publiés à part (cotation-examples/0.1)."),
    ] = None,
    en_json: OptionJson = False,
) -> None:
    """Toutes les fautes d'une grille, avec leur place et leur remède. Sortie 0 : valide ; 1 : fautes ; 2 : illisible."""
    with refus_en_clair(en_json):
        document = lire_document(fichier)
        publies, refus = _exemples(document, exemples)
        fautes = (*fautes_du_fichier(document, adoption=adoption, exemples=publies), *refus)
    fatales = [faute for faute in fautes if faute.gravite is Gravite.FAUTE]
    avis = [faute for faute in fautes if faute.gravite is Gravite.AVERTISSEMENT]
    if en_json:
        affichage.imprimer_json(_verdict(fatales, avis))
    else:
        affichage.imprimer_fautes((*fatales, *avis))
        verdict = "Grille valide" if not fatales else f"Grille refusée : {len(fatales)} faute(s)"
        affichage.dire(f"{verdict}{f', {len(avis)} avertissement(s)' if avis else ''}.")
    raise typer.Exit(REFUS if fatales else 0)


@grille.command()
def evaluer(
    grille: OptionGrille,
    faits: OptionFaits,
    le: OptionLe = None,
    en_json: OptionJson = False,
) -> None:
    """La note de chaque demande, critère par critère. Sortie 1 si la grille ou des faits sont refusés ; 2 : illisible."""

    def rendre(prete: GrillePrete, situation: Mapping[str, Any], jour: date) -> Any:
        resultat = prete.evaluer(situation, jour)
        if en_json:
            return ecrire_resultat(resultat, prete.grille)
        return affichage.imprimer_resultat(resultat, prete.grille)

    _rendre_le_lot(grille, faits, le, rendre, en_json=en_json)


@grille.command()
def expliquer(
    grille: OptionGrille,
    faits: OptionFaits,
    le: OptionLe = None,
    en_json: OptionJson = False,
) -> None:
    """La note dite en français au demandeur : le calcul, ce qui compte, ce qui ne compte pas et pourquoi."""

    def rendre(prete: GrillePrete, situation: Mapping[str, Any], jour: date) -> Any:
        dite = expliquer_un_resultat(prete.grille, prete.evaluer(situation, jour), situation)
        phrases = affichage.phrases_d_explication(dite)
        if en_json:
            return {"titre": dite.titre, "calcul": list(dite.calcul), "phrases": phrases}
        for phrase in phrases:
            affichage.dire(phrase)
        return None

    _rendre_le_lot(grille, faits, le, rendre, en_json=en_json)


@grille.command()
def comparer(
    avant: Annotated[
        str, typer.Argument(metavar="AVANT", help="Résultat d'« evaluer --json », faits, ou cas complet.")
    ],
    apres: Annotated[str, typer.Argument(metavar="APRES", help="De même nature qu'AVANT.")],
    grille: Annotated[
        str | None, typer.Option("--grille", metavar="FICHIER", help="Grille, quand les deux fichiers sont des faits.")
    ] = None,
    grille_apres: Annotated[
        str | None, typer.Option("--grille-apres", metavar="FICHIER", help="Grille d'APRES, si elle a changé.")
    ] = None,
    le: OptionLe = None,
    le_apres: Annotated[
        datetime | None,
        typer.Option("--le-apres", formats=FORMATS_DATE, help="Jour d'APRES ; par défaut celui d'AVANT."),
    ] = None,
    en_json: OptionJson = False,
) -> None:
    """Pourquoi une note a changé : chaque point a une cause, et les causes s'additionnent exactement."""
    with refus_en_clair(en_json):
        jour = _jour(le)
        change = comparer_fichiers(avant, apres, (grille, grille_apres or grille), (jour, _jour(le_apres or le)))
    if en_json:
        affichage.imprimer_json(ecrire_comparaison(change))
    else:
        affichage.imprimer_comparaison(change)


@grille.command()
def poids(
    ordre: Annotated[str, typer.Option("--ordre", metavar="FICHIER", help="Critères du plus au moins important.")],
    maximum: Annotated[
        int | None, typer.Option("--maximum", help="Points du premier ; 50 par défaut ; négatif pour des malus.")
    ] = None,
    en_json: OptionJson = False,
) -> None:
    """Des points à partir d'un ordre de critères (méthode de Franche-Comté), avec les ordres qu'ils gardent."""
    with refus_en_clair(en_json):
        rangs, du_fichier = lire_ordre(lire_octets(ordre, TAILLE_ORDRE))
        bareme = poids_selon_ordre(rangs, maximum=du_fichier if maximum is None else maximum)
    if en_json:
        poids_json = [
            {"critere": p.critere, "points": p.points, "rang": p.rang, "cumul_garanti": p.cumul_garanti}
            for p in bareme.poids
        ]
        affichage.imprimer_json({"poids": poids_json, "ordres": list(bareme.ordres)})
    else:
        affichage.imprimer_bareme(bareme)


@grille.command()
def migrer(fichier: Fichier) -> None:
    """La même grille au format cotation-grid/1.0, sur la sortie standard ; ses annotations sont gardées."""
    with refus_en_clair(True):
        lecture = analyser(lire_document(fichier))
        if not lecture.est_valide:
            raise GrilleInvalide(faute for faute in lecture.fautes if faute.gravite is Gravite.FAUTE)
        affichage.imprimer_document(convertir(lecture))


@contextmanager
def refus_en_clair(en_json: bool) -> Iterator[None]:
    """Turns every refusal into sentences and its exit code; nothing else is caught."""
    try:
        yield
    except TexteIllisible as erreur:
        _refuser([Faute(erreur.code, "", erreur.phrase, erreur.remede)], ILLISIBLE, en_json)
    except GrilleInvalide as erreur:
        _refuser(list(erreur.fautes), REFUS, en_json)
    except OrdreInvalide as erreur:
        _refuser([Faute("ordre-invalide", "", phrase, "Corriger l'ordre.") for phrase in erreur.fautes], REFUS, en_json)


def _refuser(fautes: list[Faute], sortie: int, en_json: bool) -> None:
    if en_json:
        affichage.imprimer_json(_verdict([f for f in fautes if f.gravite is Gravite.FAUTE], []))
    else:
        affichage.imprimer_fautes(fautes, erreur=True)
    raise typer.Exit(sortie)


def _verdict(fautes: list[Faute], avis: list[Faute]) -> dict[str, Any]:
    return {
        "valide": not fautes,
        "fautes": [ecrire_faute(faute) for faute in fautes],
        "avertissements": [ecrire_faute(faute) for faute in avis],
    }


Rendu = Callable[[GrillePrete, Mapping[str, Any], date], Any]
"""Prints one situation, or gives the JSON value to print."""


def _rendre_le_lot(grille: str, faits: str, le: datetime | None, rendre: Rendu, *, en_json: bool) -> None:
    """Each situation of a batch, in order, in the form it came in; exits 1 when one at least is refused."""
    refuses, rang, jour = 0, -1, _jour(le)
    with refus_en_clair(en_json):
        prete = preparer(lire_document(grille))
        _dire_les_reserves(prete)
        with ouvrir(faits) as flux:
            lot = lire_lot(flux)
            for rang, element in enumerate(lot.elements):
                if not en_json and lot.forme is not Forme.OBJET:
                    affichage.dire(f"— Demande n° {rang + 1}")
                if element.faute is None:
                    rendu = rendre(prete, element.faits or {}, jour)
                else:
                    refuses += 1
                    rendu = _refuser_un_element(rang, element.faute, en_json=en_json)
                if en_json:
                    affichage.imprimer_element(rendu, lot.forme, premier=rang == 0)
            if en_json:
                affichage.fermer(lot.forme, vide=rang < 0)
    raise typer.Exit(REFUS if refuses else 0)


def _refuser_un_element(rang: int, faute: Faute, *, en_json: bool) -> dict[str, Any]:
    if not en_json:
        affichage.dire(f"Demande n° {rang + 1} refusée :", erreur=True)
        affichage.imprimer_fautes([faute], erreur=True)
    return {"erreur": {"rang": rang, **ecrire_faute(faute)}}


def _exemples(document: Any, chemin: str | None) -> tuple[tuple[Exemple, ...], tuple[Faute, ...]]:
    if chemin is None or not isinstance(document, dict):
        return (), ()
    return lire_recueil(lire_document(chemin), str(document.get("id")))


def _dire_les_reserves(prete: GrillePrete) -> None:
    if prete.reserves:
        affichage.dire(
            f"La grille a {len(prete.reserves)} faute(s) qui n'empêchent pas de noter : « logis grille verifier » les dit.",
            erreur=True,
        )


def _jour(le: datetime | None) -> date:
    return le.date() if le else datetime.now(ZoneInfo("Europe/Paris")).date()
