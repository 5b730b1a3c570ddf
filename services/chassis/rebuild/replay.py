"""Reading streams again: the events of a journal as the projections saw them when they were written."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import Aggregate, EventStore, Projection, Stream, Written
from services.chassis.journal.records import RecordedEvent, StreamHead

_MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What the projections are to apply, and the keys of the personal parts."""

    written: tuple[Written, ...]
    keys: Mapping[str, bytes]


@dataclass(slots=True)
class Replay:
    """Folds the streams that some projections are made of. The last states are kept: what follows is folded on them."""

    store: EventStore
    aggregates: Mapping[str, Aggregate[Any]]
    _kept: OrderedDict[str, Stream[Any]] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, store: EventStore, projections: Sequence[Projection]) -> "Replay":
        """The replay of what the projections read."""
        return cls(store, {a.category: a for projection in projections for a in projection.aggregates})

    async def whole(self, names: Sequence[str]) -> Facts:
        """Every event of the streams, as they stand."""
        loaded = await self.store.journal.streams(names)
        return await self._facts({name: (None, one.events) for name, one in loaded.items()})

    async def following(self, events: Iterable[RecordedEvent]) -> Facts:
        """The events, in journal order, of the streams that matter; those already folded are left out."""
        ours = sorted(
            (e for e in events if _category(e.stream) in self.aggregates), key=attrgetter("stream", "version")
        )
        grouped = {name: tuple(group) for name, group in groupby(ours, key=attrgetter("stream"))}
        missing = [name for name, group in grouped.items() if not self._continues(name, group[0].version)]
        loaded = await self.store.journal.streams(missing)
        for name in missing:
            grouped[name] = loaded[name].events
        return await self._facts({name: (self._kept.get(name), group) for name, group in grouped.items()})

    def forget(self) -> None:
        """What was folded was not written."""
        self._kept.clear()

    def _continues(self, name: str, first: int) -> bool:
        """Whether what is kept of a stream goes to where the events begin, or beyond."""
        kept = self._kept.get(name)
        return first == 1 if kept is None else kept.version >= first - 1

    async def _facts(self, streams: Mapping[str, tuple[Stream[Any] | None, tuple[RecordedEvent, ...]]]) -> Facts:
        sealed = self.store.catalogue.sealed_subjects
        keys = await self.store.keys.find({s for _, events in streams.values() for e in events for s in sealed(e)})
        written = [fact for kept, events in streams.values() for fact in self._after(kept, events, keys)]
        return Facts(tuple(sorted(written, key=attrgetter("cursor"))), keys)

    def _after(
        self, kept: Stream[Any] | None, events: tuple[RecordedEvent, ...], keys: Mapping[str, bytes]
    ) -> Iterator[Written]:
        last = events[-1]
        aggregate = self.aggregates[_category(last.stream)]
        stream: Stream[Any] = kept or aggregate.new(last.stream.partition("-")[2])
        state = stream.state
        for recorded in events:
            if recorded.version > stream.version:
                event = self.store.catalogue.decode(recorded, keys)
                state = aggregate.evolve(event, state)
                context = Context.decode(recorded.event.metadata, recorded.event.recorded_at)
                yield Written(recorded.cursor, recorded.stream, recorded.version, event, context, state, aggregate)
        if last.version > stream.version:
            self._keep(Stream(aggregate, StreamHead(last.stream, last.version, last.hash), state))

    def _keep(self, stream: Stream[Any]) -> None:
        self._kept[stream.head.stream] = stream
        self._kept.move_to_end(stream.head.stream)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)


def _category(stream: str) -> str:
    return stream.partition("-")[0]
