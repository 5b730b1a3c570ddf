"""Printing: JSON for machines, tables and sentences for people; no text of a file reaches the terminal as a command."""

import json
import sys
from collections.abc import Iterable
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.cotation.commandes.lots import Forme
from services.cotation.domain.comparaison import Comparaison
from services.cotation.domain.decimales import ecrire_fr
from services.cotation.domain.explication import Explication, LigneExpliquee
from services.cotation.domain.faute import Faute, Gravite
from services.cotation.domain.grille import Grille
from services.cotation.domain.phrases import apport, nombre_de_points, raison_en_clair
from services.cotation.domain.poids import Bareme
from services.cotation.domain.recit import raconter
from services.cotation.domain.resultat import Resultat

_NOMBRES = msgspec.json.Encoder(decimal_format="number")


def ligne_json(valeur: Any) -> str:
    """One line of JSON."""
    return _NOMBRES.encode(valeur).decode()


def imprimer_element(valeur: Any, forme: Forme, *, premier: bool) -> None:
    """One result of a batch, in the form the batch came in: alone, in an array, or on its line."""
    if forme is Forme.OBJET:
        imprimer_json(valeur)
    elif forme is Forme.TABLEAU:
        sys.stdout.write(("[" if premier else ",\n") + ligne_json(valeur))
    else:
        sys.stdout.write(ligne_json(valeur) + "\n")


def fermer(forme: Forme, *, vide: bool) -> None:
    """The end of a batch."""
    if forme is Forme.TABLEAU:
        sys.stdout.write("[]\n" if vide else "]\n")


def imprimer_json(valeur: Any) -> None:
    """A JSON value on the standard output, indented."""
    sys.stdout.write(json.dumps(valeur, ensure_ascii=False, indent=1) + "\n")


def imprimer_document(document: Any) -> None:
    """A grid on the standard output, its decimals as exact JSON numbers."""
    sys.stdout.write(msgspec.json.format(_NOMBRES.encode(document), indent=2).decode() + "\n")


def propre(texte: str) -> Text:
    """A text of a file, without the characters that a terminal obeys."""
    return Text("".join(signe if signe.isprintable() else "�" for signe in texte))


def dire(texte: str, *, erreur: bool = False) -> None:
    """One line for people, on the standard output or the standard error."""
    Console(stderr=erreur, soft_wrap=True, highlight=False).print(propre(texte))


def imprimer_fautes(fautes: Iterable[Faute], *, erreur: bool = False) -> None:
    """Each fault on three lines: what and where, the sentence, the remedy."""
    for faute in fautes:
        signe = "✗" if faute.gravite is Gravite.FAUTE else "!"
        dire(f"{signe} {faute.pointeur or '/'}  [{faute.code}]", erreur=erreur)
        dire(f"  {faute.phrase}", erreur=erreur)
        dire(f"  → {faute.remede}", erreur=erreur)


def imprimer_resultat(resultat: Resultat, grille: Grille) -> None:
    """A result as a table, counted lines first told by a mark."""
    libelles = {bloc.id: bloc.libelle for bloc in grille.blocs} | {
        ligne.regle: ligne.libelle for ligne in resultat.lignes
    }
    table = Table(box=None, pad_edge=False)
    for titre in ("", "Critère", "Valeur", "Raison"):
        table.add_column(titre, justify="right" if titre == "Valeur" else "left")
    for ligne in resultat.lignes:
        marque = "●" if ligne.compte else "·"
        valeur = apport(ligne) if ligne.compte else "—"
        table.add_row(marque, propre(ligne.libelle), propre(valeur), propre(raison_en_clair(ligne, libelles)))
    Console(highlight=False).print(table)
    for ajustement in resultat.ajustements:
        dire(f"Ajustement ({ajustement.portee}) : {nombre_de_points(ajustement.valeur, signe=True)}")
    if resultat.facteur != 1:
        dire(f"Facteur : {ecrire_fr(resultat.facteur)}")
    etat = f"hors cotation ({resultat.hors_cotation.libelle})" if resultat.hors_cotation else "provisoire"
    suffixe = f" — {etat}" if resultat.hors_cotation or resultat.provisoire else ""
    dire(f"Total : {nombre_de_points(resultat.total)}{suffixe}")


def phrases_d_explication(explication: Explication) -> list[str]:
    """The whole explanation, one sentence or heading per line."""
    lignes = [explication.titre, *(f"  {phrase}" for phrase in explication.calcul)]
    for titre, groupe in (("Ce qui compte", explication.comptees), ("Ce qui ne compte pas", explication.ecartees)):
        if groupe:
            lignes += ["", f"{titre} :", *phrases_de_criteres(groupe)]
    for titre, phrases in (
        ("Si vous refusez un logement adapté", explication.refus),
        ("À côté de la note", explication.indicateurs),
        ("À savoir", explication.mentions),
    ):
        if phrases:
            lignes += ["", f"{titre} :", *(f"  {phrase}" for phrase in phrases)]
    return lignes


def phrases_de_criteres(groupe: Iterable[LigneExpliquee]) -> list[str]:
    """Each criterion: its label and what it brings, why, and the facts read."""
    lignes: list[str] = []
    for dite in groupe:
        lignes.append(f"  {dite.libelle} — {dite.apport}")
        lignes.append(f"    {dite.pourquoi}")
        lignes += [f"    {fait}" for fait in dite.faits]
    return lignes


def imprimer_comparaison(comparaison: Comparaison) -> None:
    """A change of score, told."""
    for phrase in raconter(comparaison):
        dire(phrase)


def imprimer_bareme(bareme: Bareme) -> None:
    """Weights as a table, then the orderings that they keep."""
    table = Table(box=None, pad_edge=False)
    for titre in ("Rang", "Critère", "Points", "L'emporte sur"):
        table.add_column(titre, justify="right" if titre in ("Rang", "Points") else "left")
    for poids in bareme.poids:
        combien = poids.cumul_garanti
        garanti = f"{combien} critère{'s' if combien > 1 else ''} moindre{'s' if combien > 1 else ''} ensemble"
        table.add_row(str(poids.rang), propre(poids.critere), str(poids.points), garanti if combien else "—")
    Console(highlight=False).print(table)
    dire("Ordres gardés :")
    for ordre in bareme.ordres:
        dire(f"  {ordre}")
