"""`logis up` and `logis ensemble`: the four services of a region together."""

from pathlib import Path
from typing import Annotated, Literal

import typer
import uvloop

from services.chassis.processes import serve_apis, work
from services.chassis.service import Service
from services.chassis.settings import Settings, settings_or_exit
from services.chassis.telemetry.start import start_telemetry
from services.chassis.up import REGION, Laptop, bring_up
from services.cotation.service import SERVICE as COTATION
from services.demande.service import SERVICE as DEMANDE
from services.flux.service import SERVICE as FLUX
from services.notifications.service import SERVICE as NOTIFICATIONS

ALL: tuple[Service, ...] = (DEMANDE, COTATION, FLUX, NOTIFICATIONS)

ensemble = typer.Typer(help="Les processus de tous les services réunis.", no_args_is_help=True)


def up(
    *,
    port: Annotated[int, typer.Option(help="Port des API.")] = 8700,
    dossier: Annotated[Path, typer.Option(help="Où tout est gardé : base, clés, jetons.")] = Path(".logis"),
    region: Annotated[Path, typer.Option(help="La région servie.")] = REGION,
    kafka: Annotated[bool, typer.Option("--kafka", help="Faire passer les événements par un broker Kafka.")] = False,
    processes: Annotated[bool, typer.Option("--processes", help="Un processus par service et par rôle.")] = False,
) -> None:
    """Servir les quatre services sur cette machine, derrière un seul port."""
    laptop = Laptop(dossier.absolute(), port, region.absolute(), "gestionnaire-alsace", kafka)
    commands = [["ensemble", "api"], *_workers(processes)]
    raise typer.Exit(bring_up(laptop, ALL, commands))


def _workers(processes: bool) -> list[list[str]]:
    return [[service.name, "worker"] for service in ALL] if processes else [["ensemble", "worker"]]


@ensemble.command()
def api() -> None:
    """Servir les API, chacune sous son nom, jusqu'à SIGTERM."""
    uvloop.run(serve_apis(ALL, _settings("api")))


@ensemble.command()
def worker() -> None:
    """Consommer et publier les événements de tous les services, jusqu'à SIGTERM."""
    uvloop.run(work(ALL, _settings("worker")))


def _settings(process: Literal["api", "worker"]) -> Settings:
    settings = [settings_or_exit(service.name, process) for service in ALL]
    start_telemetry("logis", settings[0])
    return settings[0]
