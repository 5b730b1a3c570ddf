"""The processes of the ledger among the commands of `logis flux`, loaded when they are called: `calculer` starts at once."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

PROCESSUS: Sequence[str] = ("migrate", "api", "worker", "rebuild", "horloge", "parked")


class AvecProcessus(TyperGroup):
    """The commands of the calculator, and those of services.flux.processus."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name."""
        return [*super().list_commands(ctx), *PROCESSUS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name."""
        if cmd_name not in PROCESSUS:
            return super().get_command(ctx, cmd_name)
        processus = typer.main.get_group(import_module("services.flux.processus").flux)
        return processus.get_command(ctx, cmd_name)
