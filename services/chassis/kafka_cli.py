"""`logis kafka`: the broker of a machine that has none.

Exit codes: 0 done, or running; 3 `status`: not running; 69 a program or a jar is missing, or the broker does not start.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.chassis.embedded.errors import DemarrageImpossible, OutilAbsent
from services.chassis.embedded.kafka import DEFAULT_FOLDER, KafkaBroker

NOT_RUNNING = 3
UNAVAILABLE = 69

kafka = typer.Typer(name="kafka", help="Installer, démarrer et arrêter le broker Kafka de cette machine.")
_errors = Console(stderr=True, highlight=False, soft_wrap=True)

Dossier = Annotated[Path, typer.Option("--dossier", help="Le dossier des données du broker.")]
EnJson = Annotated[bool, typer.Option("--json", help="Une ligne de JSON, pour les machines.")]


@kafka.command()
def install() -> None:
    """Apporter par Maven les fichiers du broker (43 Mo), vérifiés un à un."""
    with _told(), _errors.status("Maven apporte Kafka…"):
        KafkaBroker().install()
    typer.echo("Kafka est installé.")


@kafka.command()
def start(dossier: Dossier = DEFAULT_FOLDER, en_json: EnJson = False) -> None:
    """Démarrer le broker ; il tourne jusqu'à « logis kafka stop »."""
    broker = KafkaBroker(dossier)
    with _told(), _errors.status("Kafka démarre…"):
        broker.keep()
    _present(broker, en_json)


@kafka.command()
def stop(dossier: Dossier = DEFAULT_FOLDER) -> None:
    """Arrêter le broker, même si d'autres programmes s'en servent ; ses données restent."""
    broker = KafkaBroker(dossier)
    was_running = broker.pid is not None
    with _errors.status("Kafka s'arrête…"):
        broker.end()
    typer.echo("Kafka est arrêté." if was_running else "Kafka ne tournait pas.")


@kafka.command()
def status(dossier: Dossier = DEFAULT_FOLDER, en_json: EnJson = False) -> None:
    """Dire si le broker répond, et à quelle adresse ; code de sortie 3 s'il ne tourne pas."""
    broker = KafkaBroker(dossier)
    _present(broker, en_json)
    if not broker.answers():
        raise typer.Exit(NOT_RUNNING)


def _present(broker: KafkaBroker, en_json: bool) -> None:
    running = broker.answers()
    address = broker.bootstrap if running else None
    if en_json:
        typer.echo(
            json.dumps({"repond": running, "adresse": address, "processus": broker.pid, "journal": str(broker.log)})
        )
    elif running:
        typer.echo(f"Kafka répond sur {address} (processus {broker.pid}, journal {broker.log}).")
    else:
        typer.echo("Kafka ne tourne pas.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (OutilAbsent, DemarrageImpossible) as error:
        _errors.print(str(error), style="red", markup=False)
        raise typer.Exit(UNAVAILABLE) from error
