"""The streams that one decision touches: each loaded once, folded as events are noted, all written in one append."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import text

from services.chassis.events.unit_of_work import Aggregate, Stream, UnitOfWork
from services.flux.domain.sequence import Sequence as SequenceOrientation
from services.flux.flots import SEQUENCE
from services.flux.projections.sequence_v1 import compteurs

S = TypeVar("S")

_LIBERATION_DE = text("select liberation from mise_a_disposition_v1 where mise_a_disposition = :mise")


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
        """The stream of an aggregate, folded."""
        name = aggregate.stream(identifiant)
        if name not in self._pages:
            stream = await self.work.load(aggregate, identifiant)
            self._pages[name] = Page(stream, stream.state)
        return self._pages[name]

    async def sequence(self, identifiant: str) -> Page[SequenceOrientation]:
        """A sequence, from its counters as its read model keeps them when they are those of the stream's end.

        The end is read first: counters read after it are the same or newer, and newer ones make the append be refused.
        """
        name = SEQUENCE.stream(identifiant)
        if name not in self._pages:
            (stream,) = await self.work.ends(SEQUENCE, [identifiant])
            kept = await compteurs(self.work.connection, identifiant) if stream.version else None
            if kept is not None and kept[0] >= stream.version:
                stream = Stream(SEQUENCE, stream.head, kept[1])
            elif stream.version:
                stream = await self.work.load(SEQUENCE, identifiant)
            self._pages[name] = Page(stream, stream.state)
        return self._pages[name]

    async def liberation_de(self, mise_a_disposition: str) -> UUID | None:
        """The release that an offer is of; None when nobody made this offer here."""
        found = (await self.work.connection.execute(_LIBERATION_DE, {"mise": mise_a_disposition})).scalar()
        return None if found is None else UUID(str(found))

    async def ecrire(self) -> None:
        """Write all that was noted, in one append: all or none."""
        await self.work.append_all([(page.stream, page.notes) for page in self._pages.values()])
