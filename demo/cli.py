"""`logis demo`: the main job on the demonstration region, from import to verification, as integrators would run it.

Exit codes: 0 done and conform; 1 the verification found discrepancies.
"""

import asyncio
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from demo.manifeste import Manifeste, Parametres, generer
from demo.region import lire_region
from demo.scenario.affichage import afficher
from demo.scenario.deroulement import Etapes, Joue, jouer
from demo.scenario.maison import maison
from demo.scenario.memoire import memoire_suivie
from demo.scenario.rapport import Rapport

LE = date(2026, 11, 1)


def demo(
    *,
    demandes: Annotated[int, typer.Option(min=10, max=1_000_000, help="Demandes importées.")] = 10_000,
    logements: Annotated[int, typer.Option(min=100, max=99_999, help="Logements de chaque bailleur.")] = 4_000,
    liberations: Annotated[int, typer.Option(min=0, max=400, help="Libérations orientées, par bailleur.")] = 60,
    baux: Annotated[int, typer.Option(min=0, max=400, help="Baux signés, chacun après un refus.")] = 6,
    kafka: Annotated[bool, typer.Option("--kafka", help="Faire passer les événements par un broker Kafka.")] = False,
    en_json: Annotated[bool, typer.Option("--json", help="Le rapport en JSON, pour les machines.")] = False,
    graine: Annotated[int, typer.Option(help="Graine de la population : même graine, même population.")] = 1,
    dossier: Annotated[
        Path | None, typer.Option(help="Où garder la région ; par défaut, un dossier effacé à la fin.")
    ] = None,
) -> None:
    """Jouer la démonstration : une région, ses demandes, ses notes, ses logements, puis tout vérifier."""
    rapport = Rapport()
    with ExitStack() as pile:
        ou = (dossier or _dossier_jetable(pile)).absolute()
        colonnes = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        progres = pile.enter_context(Progress(*colonnes, console=Console(stderr=True)))
        parametres = Parametres(demandes, graine, LE, LE.year, logements=logements)
        _tout_jouer(Etapes(progres, rapport), ou, parametres, (liberations, baux), kafka)
    if en_json:
        typer.echo(rapport.document())
    else:
        afficher(rapport, lire_region(), Console(highlight=False))
    raise typer.Exit(0 if rapport.verification["conforme"] else 1)


def _tout_jouer(etapes: Etapes, ou: Path, parametres: Parametres, nombres: tuple[int, int], kafka: bool) -> None:
    """The population is drawn while the region starts. nombres: releases of each landlord, leases."""
    rapport, donnees = etapes.rapport, ou / "donnees"

    def tirer() -> Manifeste:
        with etapes.etape("population", f"{parametres.demandes} demandes sont tirées"):
            return generer(parametres, lire_region(), donnees)

    with etapes.etape("total", "La démonstration"), memoire_suivie() as memoire, ExitStack() as pile:
        tirage = pile.enter_context(ThreadPoolExecutor(1)).submit(tirer)
        with etapes.etape("region", "La région démarre"):
            une = pile.enter_context(maison(ou / "region", kafka=kafka))
        joue = Joue(lire_region(), tirage.result(), donnees, parametres.le, *nombres)
        asyncio.run(jouer(etapes, une, joue))
    rapport.memoire_octets = memoire.maximum_octets


def _dossier_jetable(pile: ExitStack) -> Path:
    ou = Path(tempfile.mkdtemp(prefix="logis-demo-"))
    pile.callback(shutil.rmtree, ou, ignore_errors=True)
    return ou
