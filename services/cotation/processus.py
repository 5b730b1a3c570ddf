"""`logis cotation`: the processes of the scoring, and its clock."""

from datetime import datetime
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from services.chassis.consumption.consumer import Unavailable
from services.chassis.fabric import open_fabric
from services.chassis.journee import jour_a_clore
from services.chassis.service_cli import service_cli
from services.chassis.settings import Settings, settings_or_exit
from services.cotation.grilles import Grilles
from services.cotation.service import SERVICE
from services.cotation.use_cases.horloge import Journee, passer

cotation = service_cli(SERVICE)


@cotation.command()
def horloge(
    le: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Le jour à clore ; aujourd'hui.")] = None,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Établir de nouveau les notes que le temps a changées, puis clore la journée. Sans effet la seconde fois.

    Les jours manqués sont rattrapés, dans l'ordre. Sortie 0 : fait ; 1 : le registre ne répond pas, relancez ; 78 : réglage
    absent.
    """
    settings = settings_or_exit(SERVICE.name, "horloge", also=("demande_url", "token_file"))
    try:
        journee = uvloop.run(_passer(settings, le))
    except Unavailable as away:
        typer.echo(f"Journée non close, relancez la commande : {away}.", err=True)
        raise typer.Exit(1) from away
    if json:
        Console().print_json(data={"le": journee.le.isoformat(), "revues": journee.revues, "close": journee.close})
        return
    suite = "journée close" if journee.close else "cette journée était déjà close"
    typer.echo(f"{journee.le:%d/%m/%Y} : {journee.revues} note(s) établie(s) de nouveau, {suite}.")


async def _passer(settings: Settings, le: datetime | None) -> Journee:
    async with open_fabric(SERVICE.name, settings) as fabric:
        store = SERVICE.assemble(fabric).store
        return await passer(fabric, store, Grilles(), jour_a_clore(le, fabric.today()))
