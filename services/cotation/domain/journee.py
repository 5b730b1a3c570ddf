"""The days that the scoring's clock has closed: every score is what it is on the last of them, or on a later day."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class JourneeClose:
    """What time moves up to `le` has moved. revues: scores that the clock established again that day."""

    le: date
    revues: int


@dataclass(frozen=True, slots=True)
class Journees:
    """The last day closed."""

    derniere: date | None = None


def clore(journees: Journees, le: date, revues: int) -> list[JourneeClose]:
    """Close a day. Nothing when it, or a later one, is closed."""
    return [] if journees.derniere is not None and journees.derniere >= le else [JourneeClose(le, revues)]


def evolve(evenement: Any, journees: Journees) -> Journees:
    """The days after one event."""
    return Journees(evenement.le) if isinstance(evenement, JourneeClose) else journees
