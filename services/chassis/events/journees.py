"""The days that a service's clock has closed: one stream a service, one event a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import Aggregate, EventStore, UnitOfWork


class Cloture(Protocol):
    """The event by which a service closes a day: each says, besides, what its clock did."""

    @property
    def le(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Journees:
    """The last day closed."""

    derniere: date | None = None


def _evolve(cloture: Any, _: Journees) -> Journees:
    return Journees(cloture.le)


JOURNEE = Aggregate("journee", Journees(), _evolve)


async def derniere_close(store: EventStore, service: str) -> date | None:
    """The last day that the clock of the service closed."""
    closes = (await store.states(JOURNEE, [service])).get(service)
    return closes.state.derniere if closes else None


async def clore(store: EventStore, service: str, cloture: Cloture, context: Context) -> bool:
    """Close a day; False when it, or a later one, is closed."""

    async def use_case(work: UnitOfWork) -> bool:
        journal = await work.load(JOURNEE, service)
        derniere = journal.state.derniere
        nouvelle = derniere is None or derniere < cloture.le
        await work.append(journal, [cloture] if nouvelle else [])
        return nouvelle

    return (await store.run(use_case, context)).value
