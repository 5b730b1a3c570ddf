"""`logis flux`: the arithmetic of reservation quotas from the command line.

Exit codes: 0 done, 1 the input has faults (all listed), 2 the input or the command cannot be read.
"""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from services.flux.calculateur.affichage import Valeur, dire, en_json
from services.flux.calculateur.entrees import lire
from services.flux.calculateur.fautes import EntreesIllisibles, EntreesRefusees, Faute, proche
from services.flux.calculateur.genre import Genre, schema_de
from services.flux.calculateur.lecture import TAILLE_MAX, lire_json
from services.flux.calculateur.simulation import (
    AnneeASimuler,
    avenants_de,
    liberations_de,
    lire_csv,
    regles_de,
    resultat,
)
from services.flux.calculateur.table import TABLE
from services.flux.commandes import AvecProcessus
from services.flux.domain.parametres import Parametre, parametres
from services.flux.use_cases.simuler import Simulation
from services.flux.use_cases.simuler import simuler as jouer

FAUTES, ILLISIBLE = 1, 2
FORMATS = (".svg", ".png")

flux = typer.Typer(
    name="flux",
    cls=AvecProcessus,
    help="Calculer, convertir et simuler les droits de réservation ; les processus du grand livre.",
    no_args_is_help=True,
)

EnJson = Annotated[bool, typer.Option("--json", help="Une ligne de JSON, fautes comprises, pour les machines.")]


@flux.callback()
def commandes() -> None:
    """Calculer, convertir et simuler les droits de réservation."""


@flux.command()
def calculer(
    kind: Annotated[str | None, typer.Argument(help="Le calcul, par son nom : voir --liste.")] = None,
    entrees: Annotated[Path | None, typer.Option(help="Fichier des entrées ; sans lui, l'entrée standard.")] = None,
    liste: Annotated[bool, typer.Option("--liste", help="Documenter les calculs : entrées, formule, source.")] = False,
    json: EnJson = False,
) -> None:
    """Calculer KIND sur l'objet JSON des entrées, en fractions exactes ; décimales affichées à 4 places.

    Codes de sortie : 0 calculé, 1 entrées refusées (chaque faute avec son pointeur JSON), 2 illisible.
    """
    if liste:
        _lister(kind, json=json)
        return
    if kind is None:
        _refuser_la_commande("Quel calcul ? Donnez son nom, ou --liste pour les connaître.", json=json)
    genre = _genre(kind, json=json)
    try:
        brut, fautes = lire_json(_octets(entrees))
        valeurs = genre.calculer(brut, fautes)
    except EntreesIllisibles as erreur:
        _refuser_la_commande(str(erreur), json=json)
    except EntreesRefusees as erreur:
        _refuser(erreur.fautes, json=json)
    typer.echo(en_json(valeurs, indente=not json))


@flux.command()
def simuler(
    parts: Annotated[
        Path | None, typer.Option(help="JSON : parts, méthode, poids, planchers, avenants ; sinon l'entrée standard.")
    ] = None,
    liberations: Annotated[
        Path | None, typer.Option(help="Libérations de l'année, CSV ou JSON, sinon avec les parts.")
    ] = None,
    image: Annotated[Path | None, typer.Option(help="Graphique des écarts, .svg ou .png.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Documenter les entrées : leur JSON Schema.")] = False,
    json: EnJson = False,
) -> None:
    """Orienter les libérations d'une année sous des parts données, et dessiner les écarts avec leur borne.

    Codes de sortie : 0 simulé, 1 entrées refusées (chaque faute avec son pointeur JSON), 2 illisible.
    """
    if schema:
        typer.echo(en_json(schema_de(AnneeASimuler), indente=not json))
        return
    if image is not None and image.suffix.lower() not in FORMATS:
        _refuser_la_commande(f"L'image {image.name} doit finir par {' ou '.join(FORMATS)}.", json=json)
    try:
        brut, fautes = lire_json(_octets(parts))
        if liberations is not None:
            brut, fautes = _avec_liberations(brut, fautes, liberations)
        annee = lire(AnneeASimuler, brut, fautes)
    except EntreesIllisibles as erreur:
        _refuser_la_commande(str(erreur), json=json)
    except EntreesRefusees as erreur:
        _refuser(erreur.fautes, json=json)
    simulation = jouer(regles_de(annee), liberations_de(annee), avenants_de(annee))
    if image is not None:
        _dessiner(simulation, image, json=json)
    if json:
        typer.echo(en_json(resultat(simulation)))
    else:
        _raconter(simulation)


def _avec_liberations(brut: Any, fautes: list[Faute], fichier: Path) -> tuple[Any, list[Faute]]:
    octets = _octets(fichier)
    if fichier.suffix.lower() == ".csv":
        lues: Any = lire_csv(octets)
    else:
        lues, autres = lire_json(octets)
        fautes = fautes + [replace(faute, pointeur=f"/liberations{faute.pointeur}") for faute in autres]
    return ({**brut, "liberations": lues} if isinstance(brut, dict) else brut), fautes


def _dessiner(simulation: Simulation, image: Path, *, json: bool) -> None:
    from services.flux.adapters.graphique import dessiner  # noqa: PLC0415  matplotlib costs a second to import

    try:
        dessiner(simulation, image)
    except OSError as erreur:
        _refuser_la_commande(f"{image} ne s'écrit pas ({erreur.strerror}) : vérifiez le dossier.", json=json)


def _raconter(simulation: Simulation) -> None:
    typer.echo(f"{len(simulation.pas)} orientations, règle {simulation.etat.regles.methode}")
    for nom in simulation.etat.regles.titulaires:
        recus, ecart = simulation.recus(nom), -simulation.etat.credit(nom)
        typer.echo(f"  {nom:<24} {recus:>6} reçus, écart {dire(ecart):>8}")
    portees = ", ".join(simulation.portees)
    typer.echo(f"écart le plus grand {dire(simulation.ecart_max)}, borne {dire(simulation.borne)} ({portees})")


def _genre(kind: str, *, json: bool) -> Genre[Any]:
    if kind not in TABLE:
        _refuser_la_commande(f"Le calcul « {kind} » n'existe pas. {proche(kind, TABLE)}", json=json)
    return TABLE[kind]


def _octets(fichier: Path | None) -> bytes:
    if fichier is None:
        if sys.stdin is None:  # a process started with its standard input closed
            raise EntreesIllisibles("L'entrée standard est fermée : donnez un fichier, ou « < fichier ».")
        return sys.stdin.buffer.read(TAILLE_MAX + 1)
    try:
        with fichier.open("rb") as flot:
            return flot.read(TAILLE_MAX + 1)
    except OSError as erreur:
        raise EntreesIllisibles(f"{fichier} ne se lit pas ({erreur.strerror}) : vérifiez le chemin.") from erreur


def _refuser_la_commande(phrase: str, *, json: bool) -> NoReturn:
    if json:
        typer.echo(en_json({"illisible": phrase}))
    else:
        typer.echo(phrase, err=True)
    raise typer.Exit(ILLISIBLE)


def _refuser(fautes: tuple[Faute, ...], *, json: bool) -> NoReturn:
    if json:
        lignes: Valeur = [
            {"pointeur": f.pointeur, "code": f.code, "message": f.message, "remede": f.remede} for f in fautes
        ]
        typer.echo(en_json({"fautes": lignes}))
    else:
        for faute in fautes:
            ligne = f"{faute.pointeur or '(tout)'} : {faute.message} {faute.remede} [{faute.code}]"
            typer.echo("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in ligne), err=True)
    raise typer.Exit(FAUTES)


def _lister(kind: str | None, *, json: bool) -> None:
    genres = [_genre(kind, json=json)] if kind else list(TABLE.values())
    if json:
        typer.echo(
            en_json({"calculs": [_fiche(genre) for genre in genres], "parametres": [_loi(p) for p in parametres()]})
        )
        return
    for genre in genres:
        typer.echo(
            f"{genre.kind} — {genre.titre}\n  formule : {genre.formule}\n  source  : {' ; '.join(genre.sources)}"
        )
        for ligne in _champs(genre):
            typer.echo(f"  {ligne}")
        typer.echo("")


def _fiche(genre: Genre[Any]) -> dict[str, Valeur]:
    return {
        "kind": genre.kind,
        "titre": genre.titre,
        "formule": genre.formule,
        "sources": list(genre.sources),
        "exemple": genre.exemple,
        "entrees": genre.schema(),
    }


def _loi(parametre: Parametre[Any]) -> dict[str, Valeur]:
    return {
        "code": parametre.code,
        "libelle": parametre.libelle,
        "unite": parametre.unite,
        "versions": [
            {
                "valeur": version.valeur if isinstance(version.valeur, int | Fraction) else str(version.valeur),
                "du": version.du.isoformat(),
                "au": version.au.isoformat() if version.au else None,
                "article": version.article,
                "surete": version.surete,
            }
            for version in parametre.versions
        ],
    }


def _champs(genre: Genre[Any]) -> list[str]:
    schema = genre.schema()
    requis = set(schema.get("required", ()))
    return [
        f"{'*' if nom in requis else ' '} {nom} {champ.get('description', '')}".rstrip()
        for nom, champ in schema["properties"].items()
    ]
