"""`logis <service> rebuild`: the read models of a service built again beside, compared, put in place."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.chassis.fabric import Fabric, open_fabric
from services.chassis.rebuild.consumed import ConsumedRebuild
from services.chassis.rebuild.inline import InlineRebuild
from services.chassis.rebuild.outcome import MOST_TOLD, Compared, NotNow, Outcome
from services.chassis.rebuild.progress import Told
from services.chassis.service import Service
from services.chassis.settings import Settings, settings_or_exit

DIFFERENT = 1
NOT_NOW = 75  # sysexits.h: try again later
_RUNNING = 0x52454255494C44


async def rebuild(fabric: Fabric, service: Service, told: Told, *, flip: bool, afresh: bool = False) -> list[Outcome]:
    """Rebuild every read model of the service: the inline ones together, then those of each consumer. Raises NotNow."""
    assembly = service.assemble(fabric)
    projections = assembly.store.projections
    outcomes = []
    async with fabric.database.pool.acquire() as connection:
        if not await connection.fetchval("select pg_try_advisory_lock($1)", _RUNNING):
            raise NotNow("Une autre reconstruction de ce service est en cours.")
        try:
            if projections:
                inline = InlineRebuild(assembly.store, fabric.database, projections, told)
                outcomes.append(await inline.run(flip=flip, afresh=afresh))
            consumed = [ConsumedRebuild(fabric, reaction, told) for reaction in assembly.reactions if reaction.tables]
            outcomes += [await one.run(flip=flip, afresh=afresh) for one in consumed]
        finally:
            await connection.execute("select pg_advisory_unlock($1)", _RUNNING)
    return outcomes


def add_rebuild(cli: typer.Typer, service: Service) -> None:
    """Give the service's commands `rebuild`."""

    @cli.command("rebuild")
    def command(
        comparer: Annotated[bool, typer.Option("--comparer", help="Comparer seulement : rien n'est remplacé.")] = False,
        recommencer: Annotated[
            bool, typer.Option("--recommencer", help="Ne pas reprendre une reconstruction interrompue.")
        ] = False,
        json: Annotated[bool, typer.Option("--json", help="Un document JSON, pour les machines.")] = False,
    ) -> None:
        """Reconstruire les modèles de lecture à côté, d'après le journal, les comparer, puis les mettre en place.

        Le service reste ouvert. Interrompue, la commande reprend où elle en était. Sortie 0 : en place, ou identiques ;
        1 : des lignes diffèrent (--comparer) ; 75 : à relancer plus tard ; 78 : réglage absent.
        """
        settings = settings_or_exit(service.name, "rebuild")
        try:
            outcomes = uvloop.run(_run(service, settings, flip=not comparer, afresh=recommencer))
        except NotNow as later:
            typer.echo(str(later), err=True)
            raise typer.Exit(NOT_NOW) from None
        compared = [one for outcome in outcomes for one in outcome.compared]
        _tell(service, outcomes, compared, json=json)
        raise typer.Exit(DIFFERENT if comparer and any(one.differing for one in compared) else 0)


async def _run(service: Service, settings: Settings, *, flip: bool, afresh: bool) -> list[Outcome]:
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    tasks: dict[str, Any] = {}

    def told(step: str, done: int, total: int) -> None:
        if step not in tasks:
            tasks[step] = bar.add_task(step, total=total)
        bar.update(tasks[step], completed=done, total=total)

    with bar:
        async with open_fabric(service.name, settings) as fabric:
            return await rebuild(fabric, service, told, flip=flip, afresh=afresh)


def _tell(service: Service, outcomes: Sequence[Outcome], compared: Sequence[Compared], *, json: bool) -> None:
    console = Console(highlight=False)
    flipped = bool(outcomes) and all(outcome.flipped for outcome in outcomes)
    held = max((outcome.locked_seconds for outcome in outcomes), default=0.0)
    if json:
        modeles = [one.document() for one in compared]
        console.print_json(
            data={"service": service.name, "modeles": modeles, "bascule": flipped, "verrou_ms": round(held * 1000, 1)}
        )
        return
    if not compared:
        console.print(f"{service.title} : aucun modèle de lecture à reconstruire.")
        return
    table = Table("modèle de lecture", "lignes", "différentes", title=service.title)
    for one in compared:
        table.add_row(one.table, f"{one.rows:,}".replace(",", " "), str(one.differing))
    console.print(table)
    for one in compared:
        for line in one.first[:MOST_TOLD]:
            console.print(f"  {one.table} — {line}", markup=False)
    console.print(f"Mis en place, verrou tenu {held * 1000:.0f} ms." if flipped else "Comparé, rien n'est remplacé.")
