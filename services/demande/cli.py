"""`logis demande`: the register from the command line."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from services.chassis.events.context import Context
from services.chassis.fabric import open_fabric
from services.chassis.journee import jour_a_clore
from services.chassis.service_cli import service_cli
from services.chassis.settings import Settings, settings_or_exit
from services.demande.domain.importation import Bilan
from services.demande.service import SERVICE
from services.demande.use_cases.controler_fichier import controler_fichier
from services.demande.use_cases.horloge import Journee, passer
from services.demande.use_cases.importer_fichier import Avance, Importation, importer_fichier

demande = service_cli(SERVICE)

_MOST_SHOWN = 20
REFUSED = 1
UNREADABLE = 2


@demande.command()
def importer(
    fichier: Annotated[
        Path, typer.Argument(help="Fichier du SNE (versions 02.00 et 02.01).", exists=True, dir_okay=False)
    ],
    a_blanc: Annotated[bool, typer.Option("--a-blanc", help="Contrôler seulement : rien n'est écrit.")] = False,
    en_json: Annotated[bool, typer.Option("--json", help="Le bilan en JSON, pour les machines.")] = False,
    le: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Jour de l'import (aujourd'hui).")] = None,
) -> None:
    """Importer les demandes d'un fichier du SNE. Un import coupé reprend où il en était ; répété, il n'écrit rien deux fois.

    Sortie 0 : tout est pris ; 1 : des lignes sont refusées ; 2 : le fichier s'arrête avant sa fin ; 78 : réglage absent.
    """
    jour = (le or datetime.now().astimezone()).date()
    settings = None if a_blanc else settings_or_exit("demande", "rebuild")
    erreurs = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=erreurs,
        transient=True,
    ) as progress:
        tache = progress.add_task("Contrôle" if a_blanc else "Import", total=fichier.stat().st_size)

        def avance(octets: int) -> None:
            progress.update(tache, completed=octets)

        if settings is None:
            bilan = controler_fichier(fichier, jour, avance)
        else:
            bilan = uvloop.run(_importer(settings, fichier, jour, avance))
    _dire(bilan, en_json=en_json)
    raise typer.Exit(UNREADABLE if bilan.interrompu else REFUSED if bilan.refusees else 0)


async def _importer(settings: Settings, fichier: Path, le: date, avance: Avance) -> Bilan:
    async with open_fabric("demande", settings) as fabric:
        store = SERVICE.assemble(fabric).store
        context = Context("import", fabric.region.code, fabric.now())
        return await importer_fichier(fichier, le, Importation(store, fabric.blind_index, context, avance))


def _dire(bilan: Bilan, *, en_json: bool) -> None:
    console = Console(highlight=False)
    if en_json:
        console.print_json(data={nom: valeur for nom, valeur in asdict(bilan).items() if nom != "ordre"})
        return
    console.print(
        f"{bilan.importees} importée(s), {bilan.deja_connues} déjà connue(s), {bilan.incompletes} incomplète(s), "
        f"{bilan.refusees} refusée(s)."
    )
    for ligne in bilan.lignes_refusees[:_MOST_SHOWN]:
        console.print(f"  ligne {ligne.ligne}, {ligne.champ} [{ligne.code}] : {ligne.message}", markup=False)
    if len(bilan.lignes_refusees) > _MOST_SHOWN:
        console.print(f"  … et {len(bilan.lignes_refusees) - _MOST_SHOWN} autre(s) : --json les donne toutes.")
    if bilan.interrompu:
        console.print(f"Lecture arrêtée, ligne {bilan.interrompu.ligne} : {bilan.interrompu.message}", markup=False)


@demande.command()
def horloge(
    le: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Le jour à clore ; aujourd'hui.")] = None,
    en_json: Annotated[bool, typer.Option("--json", help="Le compte en JSON, pour les machines.")] = False,
) -> None:
    """Prendre acte de ce que le temps seul décide, puis clore la journée. Sans effet la seconde fois.

    Les jours manqués sont rattrapés, dans l'ordre. Une proposition restée sans réponse vaut refus (R441-10) ; l'avis de
    renouvellement est dû un mois avant la fin de validité ; une demande non renouvelée échoit, puis est radiée (R441-2-7,
    R441-2-8).
    """
    journee = uvloop.run(_passer(settings_or_exit("demande", "horloge"), le))
    actes = journee.actes
    if en_json:
        Console().print_json(data={"le": journee.le.isoformat(), **asdict(actes), "close": journee.close})
        return
    suite = "journée close" if journee.close else "cette journée était déjà close"
    typer.echo(
        f"{journee.le:%d/%m/%Y} : {actes.silences} proposition(s) refusée(s) par silence, "
        f"{actes.preavis} avis de renouvellement, {actes.echues} demande(s) échue(s), {actes.radiees} radiée(s), {suite}."
    )


async def _passer(settings: Settings, le: datetime | None) -> Journee:
    async with open_fabric("demande", settings) as fabric:
        store = SERVICE.assemble(fabric).store
        return await passer(fabric, store, jour_a_clore(le, fabric.today()))
