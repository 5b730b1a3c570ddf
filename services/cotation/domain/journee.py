"""The days that the scoring's clock has closed: every score is what it is on the last of them, or on a later day."""

from dataclasses import dataclass
from datetime import date, timedelta
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


def jours_a_passer(derniere: date | None, le: date) -> list[date]:
    """The days that a run must pass to close `le`, in order: those missed since the last one closed, then `le` itself.

    A day that is closed is passed again, in case something fell due on it since; an earlier one has nothing more to say.
    """
    if derniere is None or derniere >= le:
        return [le]
    return [derniere + timedelta(days=rang) for rang in range(1, (le - derniere).days + 1)]


def clore(journees: Journees, le: date, revues: int) -> list[JourneeClose]:
    """Close a day. Nothing when it, or a later one, is closed."""
    return [] if journees.derniere is not None and journees.derniere >= le else [JourneeClose(le, revues)]


def evolve(evenement: Any, journees: Journees) -> Journees:
    """The days after one event."""
    return Journees(evenement.le) if isinstance(evenement, JourneeClose) else journees
