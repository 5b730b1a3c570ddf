"""`logis`, the one command: each service brings its own sub-commands."""

import typer

from services.chassis.access.cli import token
from services.chassis.kafka_cli import kafka
from services.cotation.cli import grille
from services.flux.cli import flux

app = typer.Typer(
    name="logis",
    help="Logis, le registre, la cotation, le grand livre des réservations et les notifications du logement social.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.add_typer(grille, name="grille")
app.add_typer(flux, name="flux")
app.add_typer(kafka, name="kafka")
app.command("token")(token)


def main() -> None:
    """Entry point of the `logis` script."""
    app()
