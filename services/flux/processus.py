"""The processes of the ledger: `logis flux migrate|api|worker|parked`, and its clock."""

from datetime import datetime
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from services.chassis.fabric import open_fabric
from services.chassis.journee import jour_a_clore
from services.chassis.service_cli import service_cli
from services.chassis.settings import Settings, settings_or_exit
from services.flux.service import SERVICE, magasin
from services.flux.use_cases.horloge import Journee, passer

flux = service_cli(SERVICE)


@flux.command()
def horloge(
    le: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Le jour à clore ; aujourd'hui.")] = None,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Rendre les logements dont le délai de désignation est dépassé, puis clore la journée. Sans effet la seconde fois."""
    journee = uvloop.run(_passer(settings_or_exit(SERVICE.name, "horloge"), le))
    if json:
        Console().print_json(data={"le": journee.le.isoformat(), "rendus": journee.rendus, "close": journee.close})
        return
    suite = "journée close" if journee.close else "cette journée était déjà close"
    typer.echo(f"{journee.le:%d/%m/%Y} : {journee.rendus} logement(s) rendu(s), {suite}.")


async def _passer(settings: Settings, le: datetime | None) -> Journee:
    async with open_fabric(SERVICE.name, settings) as fabric:
        return await passer(fabric, magasin(fabric), jour_a_clore(le, fabric.today()))
