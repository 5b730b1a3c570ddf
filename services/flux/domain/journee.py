"""The days that the ledger's clock has closed: every deadline up to them has had its effect."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class JourneeClose:
    """Every deadline that had passed on `le` has had its effect. rendus: dwellings given back by the clock that day."""

    le: date
    rendus: int


@dataclass(frozen=True, slots=True)
class Journees:
    """The last day closed."""

    derniere: date | None = None


def clore(journees: Journees, le: date, rendus: int) -> list[JourneeClose]:
    """Close a day. Nothing when it, or a later one, is closed."""
    return [] if journees.derniere is not None and journees.derniere >= le else [JourneeClose(le, rendus)]


def evolve(evenement: Any, journees: Journees) -> Journees:
    """The days after one event."""
    return Journees(evenement.le) if isinstance(evenement, JourneeClose) else journees
