"""`python -m demo.generer`: write the files that the demonstration is fed with."""

import sys
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from demo.fichier_sne import VERSIONS
from demo.manifeste import Manifeste, Parametres, generer
from demo.population import PopulationTropGrande
from demo.region import FICHIER, lire_region

JOUR_DU_REGISTRE = date(2026, 11, 1)
"""Default day of the register: fixed, so that the same command gives the same bytes every day."""

application = typer.Typer(add_completion=False)


@application.command()
def main(
    *,
    dossier: Annotated[Path, typer.Option(help="dossier où écrire, créé au besoin", file_okay=False)],
    demandes: Annotated[int, typer.Option(min=0, help="nombre de demandes")] = 10_000,
    graine: Annotated[int, typer.Option(min=0, help="graine du tirage : même graine, mêmes octets")] = 1,
    le: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="jour du registre")] = None,
    exercice: Annotated[int | None, typer.Option(help="année des conventions et des libérations")] = None,
    version: Annotated[str, typer.Option(help="version d'interface du SNE : 02.00 ou 02.01")] = "02.01",
    par_fichier: Annotated[int, typer.Option(min=0, help="demandes par fichier SNE, 0 : toutes dans un seul")] = 0,
    logements: Annotated[int, typer.Option(min=0, max=99_999, help="logements de chaque bailleur")] = 4_000,
    avaries: Annotated[bool, typer.Option(help="gâter une demande sur cent et ajouter des fichiers cassés")] = True,
    region: Annotated[Path, typer.Option(help="fichier region.toml", exists=True, dir_okay=False)] = FICHIER,
    json: Annotated[bool, typer.Option("--json", help="le manifeste en JSON sur la sortie")] = False,
) -> None:
    """Écrit les demandes (fichiers SNE), les parcs (RPLS), un an de libérations et les conventions.

    Codes de sortie : 0 écrit ; 2 paramètres refusés.
    """
    if version not in VERSIONS:
        raise typer.BadParameter(f"« {version} » n'est pas de {', '.join(VERSIONS)}.", param_hint="--version")
    jour = le.date() if le else JOUR_DU_REGISTRE
    parametres = Parametres(
        demandes=demandes,
        graine=graine,
        le=jour,
        exercice=exercice or jour.year,
        version=version,
        par_fichier=par_fichier,
        logements=logements,
        avaries=avaries,
    )
    debut = perf_counter()
    try:
        manifeste = _avec_progres(parametres, region, dossier)
    except PopulationTropGrande as refus:
        raise typer.BadParameter(str(refus), param_hint="--demandes") from refus
    if json:
        sys.stdout.write(msgspec.json.encode(manifeste).decode() + "\n")
    else:
        _raconter(manifeste, dossier, perf_counter() - debut)


def _avec_progres(parametres: Parametres, region: Path, dossier: Path) -> Manifeste:
    colonnes = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*colonnes, console=console, disable=not console.is_terminal) as barre:
        tache = barre.add_task("demandes", total=parametres.demandes)
        return generer(parametres, lire_region(region), dossier, progres=lambda n: barre.advance(tache, n))


def _raconter(manifeste: Manifeste, dossier: Path, duree_s: float) -> None:
    attendu = manifeste.attendu
    lignes = [
        f"{manifeste.parametres.demandes} demandes dans {len(manifeste.demandes)} fichiers, en {duree_s:.1f} s.",
        f"À l'import : {attendu.importees} importées, {attendu.incompletes} incomplètes, {attendu.refusees} refusées,"
        f" {attendu.fichiers_interrompus} fichiers interrompus.",
        *(
            f"{parc.bailleur} : {parc.logements} logements, {parc.nombre_liberations} libérations."
            for parc in manifeste.parcs
        ),
        f"{manifeste.nombre_conventions} conventions. Tout est dans {dossier}, décrit par manifeste.json.",
    ]
    sys.stdout.write("\n".join(lignes) + "\n")


if __name__ == "__main__":
    application()
