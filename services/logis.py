"""`logis`, the one command: each service brings its own sub-commands, loaded when they are called."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import typer

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo.cli:demo", "Jouer la démonstration : une région, ses demandes, ses notes, ses logements."),
    "up": ("services.region_cli:up", "Servir les quatre services sur cette machine, derrière un seul port."),
    "token": ("services.chassis.access.cli:token", "Signer un jeton de développement."),
    "kafka": ("services.chassis.kafka_cli:kafka", "Installer, démarrer et arrêter le broker Kafka de cette machine."),
    "grille": ("services.cotation.cli:grille", "Vérifier, évaluer, expliquer et comparer une grille de cotation."),
    "flux": ("services.flux.cli:flux", "Calculer, convertir et simuler les droits de réservation."),
    "demande": ("services.demande.cli:demande", "Le registre des demandes : ses processus et son entretien."),
    "cotation": ("services.cotation.processus:cotation", "La cotation : ses processus et son entretien."),
    "notifications": (
        "services.notifications.processus:notifications",
        "Les notifications : leurs processus et leur entretien.",
    ),
    "verify": ("services.verification_cli:verify", "Vérifier que tout ce qui est gardé s'accorde."),
    "contracts": ("services.contrats.cli:contracts", "Écrire ou contrôler les interfaces publiées."),
    "ensemble": ("services.region_cli:ensemble", "Les processus de tous les services réunis."),
}
"""Name -> (where it is defined, its line of help): a grid is checked without loading what serves an API."""


def application(arguments: Sequence[str]) -> typer.Typer:
    """The command line, with the sub-commands that the arguments call for; the others show their line of help."""
    app = typer.Typer(
        name="logis",
        help="Logis, le registre, la cotation, le grand livre des réservations et les notifications du logement social.",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
    )
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, (place, help_) in _COMMANDS.items():
        module, _, attribute = place.partition(":")
        found = getattr(import_module(module), attribute) if name == called else typer.Typer(help=help_)
        if isinstance(found, typer.Typer):
            if not found.registered_commands and not found.registered_groups:
                found.callback()(_nothing)
            app.add_typer(found, name=name, help=help_)
        else:
            app.command(name)(found)
    return app


def _nothing() -> None:
    """A group that is only shown."""


def main() -> None:
    """Entry point of the `logis` script."""
    application(sys.argv[1:])()


if __name__ == "__main__":
    main()
