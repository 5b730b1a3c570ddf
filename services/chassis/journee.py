"""The day that a clock closes, as its command is given it."""

from datetime import date, datetime

import typer


def jour_a_clore(le: datetime | None, aujourd_hui: date) -> date:
    """The day given, today when none is. Raises typer.BadParameter (exit 2) for a day to come: a year mistyped would end the
    delays of everyone before their time, and nothing brings back who was struck off."""
    jour = le.date() if le else aujourd_hui
    if jour > aujourd_hui:
        raise typer.BadParameter(
            f"le {jour:%d/%m/%Y} n'est pas venu, des délais s'éteindraient avant leur terme. "
            "Donnez aujourd'hui ou un jour passé.",
            param_hint="--le",
        )
    return jour
