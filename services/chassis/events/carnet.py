"""The streams that one decision touches: each loaded once, folded as events are noted, all written in one append."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from services.chassis.events.unit_of_work import Aggregate, Stream, UnitOfWork

S = TypeVar("S")


@dataclass(slots=True)
class Page(Generic[S]):
    """One stream in hand: where it stood, where it stands with what was noted."""

    stream: Stream[S]
    etat: S
    notes: list[object] = field(default_factory=list)

    def noter(self, evenements: Sequence[object]) -> None:
        """Add events, and fold them."""
        for evenement in evenements:
            self.etat = self.stream.aggregate.evolve(evenement, self.etat)
            self.notes.append(evenement)


class Carnet:
    """What is in hand during one unit of work. Everything is read before anything is written (engineering.md §3)."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self._pages: dict[str, Page[Any]] = {}

    async def ouvrir(self, aggregate: Aggregate[S], identifiant: object) -> Page[S]:
        """The stream of an aggregate, folded with what was noted in it."""
        name = aggregate.stream(identifiant)
        if name not in self._pages:
            self.poser(name, await self.work.load(aggregate, identifiant))
        return self._pages[name]

    def poser(self, name: str, stream: Stream[S]) -> Page[S]:
        """Take in hand a stream that was read otherwise."""
        self._pages[name] = page = Page(stream, stream.state)
        return page

    def en_main(self, name: str) -> Page[Any] | None:
        """The page of a stream, when it is in hand."""
        return self._pages.get(name)

    async def ecrire(self) -> None:
        """Write all that was noted, in one append: all or none."""
        await self.work.append_all([(page.stream, page.notes) for page in self._pages.values()])
