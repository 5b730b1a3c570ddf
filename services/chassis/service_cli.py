"""`logis <service> …`: the processes and the housekeeping of one service."""

from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from services.chassis.consumption.parking import Parked, Parking
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.processes import migrate_service, serve_apis, work
from services.chassis.rebuild.cli import add_rebuild
from services.chassis.service import Service
from services.chassis.settings import Settings, settings_or_exit
from services.chassis.telemetry.start import start_telemetry


def service_cli(service: Service) -> typer.Typer:
    """The sub-commands of a service."""
    cli = typer.Typer(
        name=service.name, help=f"{service.title} : ses processus et son entretien.", no_args_is_help=True
    )

    @cli.command()
    def migrate() -> None:
        """Mettre la base du service, et celle des clés, au schéma de cette version."""
        uvloop.run(migrate_service(service, settings_or_exit(service.name, "migrate")))

    @cli.command()
    def api() -> None:
        """Servir l'API du service, jusqu'à SIGTERM."""
        settings = settings_or_exit(service.name, "api")
        start_telemetry(service.name, settings)
        uvloop.run(serve_apis([service], settings))

    @cli.command()
    def worker() -> None:
        """Consommer et publier les événements du service, jusqu'à SIGTERM."""
        settings = settings_or_exit(service.name, "worker")
        start_telemetry(service.name, settings)
        uvloop.run(work([service], settings))

    add_rebuild(cli, service)
    cli.add_typer(_parked_cli(service), name="parked")
    return cli


def _parked_cli(service: Service) -> typer.Typer:
    cli = typer.Typer(help="Les messages mis de côté, et leur clé bloquée.", no_args_is_help=True)
    Consumer = Annotated[str, typer.Argument(help="Nom du consommateur, par exemple cotation.notation.")]  # noqa: N806
    Subject = Annotated[str, typer.Argument(help="Identifiant de l'agrégat bloqué.")]  # noqa: N806
    Source = Annotated[str, typer.Argument(help="Service qui a publié.")]  # noqa: N806

    def settings() -> Settings:
        return settings_or_exit(service.name, "parked")

    @cli.command("list")
    def list_(consumer: Consumer, json: Annotated[bool, typer.Option("--json")] = False) -> None:
        """Lister ce qui est mis de côté, le plus ancien d'abord."""
        uvloop.run(_list(service, settings(), consumer, json=json))

    @cli.command()
    def replay(consumer: Consumer, source: Source, subject: Subject) -> None:
        """Rejouer, dans l'ordre, tout ce qui attend pour une clé ; s'arrête au premier qui échoue encore."""
        count, left = uvloop.run(_replay(service, settings(), consumer, source, subject))
        typer.echo(f"{count} rejoué(s), {left} encore de côté.")
        raise typer.Exit(1 if left else 0)

    @cli.command()
    def drop(consumer: Consumer, source: Source, subject: Subject) -> None:
        """Abandonner le premier message mis de côté pour une clé : ce qui le suit pourra être rejoué."""
        dropped = uvloop.run(_drop(service, settings(), consumer, source, subject))
        typer.echo(f"Abandonné : {dropped}." if dropped else "Rien n'est mis de côté pour cette clé.")
        raise typer.Exit(0 if dropped else 1)

    return cli


async def _list(service: Service, settings: Settings, consumer: str, *, json: bool) -> None:
    async with open_fabric(service.name, settings) as fabric, fabric.database.engine.connect() as connection:
        parked = await Parking(consumer).parked(connection, limit=1_000)
    lines = [
        {
            "source": item.record.source,
            "cle": item.record.event.subject,
            "type": item.record.event.type,
            "curseur": str(item.record.cursor),
            "erreur": item.error,
            "depuis": item.parked_at.isoformat(),
        }
        for item in parked
    ]
    console = Console()
    if json:
        console.print_json(data=lines)
        return
    table = Table("source", "clé", "type", "curseur", "erreur", "depuis", title=f"{consumer} : {len(lines)} de côté")
    for line in lines:
        table.add_row(*line.values())
    console.print(table)


async def _replay(service: Service, settings: Settings, consumer: str, source: str, subject: str) -> tuple[int, int]:
    async with open_fabric(service.name, settings) as fabric:
        handler = next(r.handler for r in service.assemble(fabric).reactions if r.handler.name == consumer)
        parking, count = Parking(consumer), 0
        while True:
            first = await _first(fabric, parking, source, subject)
            if first is None:
                return count, 0
            try:
                prepared = await handler.prepare([first.record])
                async with fabric.database.engine.begin() as connection:
                    locked = await parking.first(connection, source, subject)
                    if locked is None or locked.number != first.number:
                        continue
                    await handler.apply(connection, [locked.record], prepared)
                    await parking.remove(connection, locked.number)
            except Exception as failed:  # noqa: BLE001 (said to the person who replays; the message stays where it was)
                typer.echo(
                    f"{first.record.event.type} {first.record.cursor} échoue encore : {type(failed).__name__}", err=True
                )
                async with fabric.database.engine.connect() as connection:
                    return count, len(await parking.parked(connection, subject=subject, limit=10_000))
            count += 1


async def _first(fabric: Fabric, parking: Parking, source: str, subject: str) -> Parked | None:
    async with fabric.database.engine.begin() as connection:
        return await parking.first(connection, source, subject)


async def _drop(service: Service, settings: Settings, consumer: str, source: str, subject: str) -> str:
    async with open_fabric(service.name, settings) as fabric, fabric.database.engine.begin() as connection:
        first = await Parking(consumer).first(connection, source, subject)
        if first is None:
            return ""
        await Parking(consumer).remove(connection, first.number)
        return f"{first.record.event.type} {first.record.cursor}"
