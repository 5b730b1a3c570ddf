"""The unit of work of a use case: load streams, decide, append events and inline read models, in one transaction."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import stamina
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.context import Context
from services.chassis.journal.cursor import Cursor
from services.chassis.journal.port import AppendRefused
from services.chassis.journal.postgres import PostgresJournal, PostgresTransaction
from services.chassis.journal.records import Append, LoadedStream, StreamHead
from services.chassis.problems import StaleVersion
from services.chassis.vault.keys import KeyStore

S = TypeVar("S")
R = TypeVar("R")

_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Aggregate(Generic[S]):
    """What a stream of one category folds into. evolve: pure, (event, state) gives the next state."""

    category: str
    initial: S
    evolve: Callable[[Any, S], S]

    def stream(self, identifier: object) -> str:
        """The stream of one aggregate: its category, a hyphen, its identifier."""
        return f"{self.category}-{identifier}"

    def identifier(self, stream: str) -> str:
        """The identifier of the aggregate whose stream this is."""
        return stream.removeprefix(f"{self.category}-")

    def new(self, identifier: object) -> "Stream[S]":
        """A stream that does not exist yet."""
        return Stream(self, StreamHead(self.stream(identifier)), self.initial)


@dataclass(frozen=True, slots=True)
class Stream(Generic[S]):
    """A loaded stream: where it ends and the state it folds into."""

    aggregate: Aggregate[S]
    head: StreamHead
    state: S

    @property
    def version(self) -> int:
        return self.head.version

    def expect_version(self, version: int | None) -> None:
        """Refuse a command taken on another version (If-Match). None: the caller did not say. Raises StaleVersion."""
        if version is not None and version != self.head.version:
            raise StaleVersion(attendue=version, actuelle=self.head.version)


@dataclass(frozen=True, slots=True)
class Written:
    """An event as a projection sees it, when it is written or when it is read again for a rebuild.

    cursor: its place; when it has just been written, the cursor of the last event of its append.
    state: what its stream folds into once it is applied; when it has just been written, the personal parts that were
    written before are absent from it unless the use case unsealed them.
    """

    cursor: Cursor
    stream: str
    version: int
    event: Any
    context: Context
    state: Any
    aggregate: Aggregate[Any]


class Projection(Protocol):
    """A read model kept in the transaction of its events: set-based, idempotent, replayable from zero, stream by stream: a
    row is made of the events of one stream.

    tables: what it writes, and nothing else does. aggregates: whose streams it is made of. One that also keeps sums of its
    rows names their tables in `derived` (services.chassis.rebuild.inline).
    """

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> tuple[str, ...]: ...

    @property
    def aggregates(self) -> tuple[Aggregate[Any], ...]: ...

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        """Apply the events, in order. keys: those of the personal parts that the events carry."""


class UnitOfWork:
    """One attempt at a use case. Reads first: nothing is written and no row locked before the streams are loaded."""

    def __init__(self, store: "EventStore", transaction: PostgresTransaction, context: Context) -> None:
        self._store = store
        self._transaction = transaction
        self.context = context
        self.cursor: Cursor | None = None

    @property
    def connection(self) -> AsyncConnection:
        """The transaction's connection, for what a use case reads, and for what must commit with its events."""
        return self._transaction.connection

    async def load(self, aggregate: Aggregate[S], identifier: object, *, personal: bool = False) -> Stream[S]:
        """The stream and its state. personal: unseal the personal parts too (a decision seldom needs them)."""
        loaded = await self._transaction.load(aggregate.stream(identifier))
        keys = await self._store.keys_of([loaded]) if personal else {}
        return self._store.fold(aggregate, loaded, keys)

    async def ends(self, aggregate: Aggregate[S], identifiers: Sequence[object]) -> list[Stream[S]]:
        """Many streams without their events, for decisions taken on a read model of this same database: their state is the
        aggregate's initial one."""
        names = [aggregate.stream(identifier) for identifier in identifiers]
        heads = await self._transaction.heads(names)
        return [Stream(aggregate, heads[name], aggregate.initial) for name in names]

    async def states(self, aggregate: Aggregate[S], identifiers: Sequence[object]) -> dict[str, Stream[S]]:
        """Many aggregates as they stand, by identifier, without their personal parts; unknown ones are absent."""
        return await self._store.states(aggregate, identifiers)

    async def append(self, stream: Stream[Any], events: Sequence[object]) -> int:
        """Write the events after the stream; returns its new version. No event: nothing to say, the version stands."""
        await self.append_all([(stream, events)])
        return stream.version + len(events)

    async def append_all(self, changes: Sequence[tuple[Stream[Any], Sequence[object]]]) -> None:
        """Write to several streams, all or none, and apply the inline projections.

        Raises AppendRefused when one of them moved: the store replays the whole use case.
        """
        await self._write(changes, self._transaction.append)

    async def create_all(self, changes: Sequence[tuple[Stream[Any], Sequence[object]]]) -> None:
        """As `append_all`, for many new streams at once: by bulk copy."""
        await self._write(changes, self._transaction.import_streams)

    async def _write(
        self,
        changes: Sequence[tuple[Stream[Any], Sequence[object]]],
        write: Callable[[Sequence[Append]], Awaitable[Cursor]],
    ) -> None:
        changes = [(stream, events) for stream, events in changes if events]
        if not changes:
            return
        catalogue = self._store.catalogue
        subjects = {s for stream, events in changes for e in events for s in catalogue.subjects(stream.head.stream, e)}
        keys = await self._store.keys.obtain(subjects) if subjects else {}
        appends = [
            Append(stream.head, tuple(catalogue.encode(stream.head.stream, e, self.context, keys) for e in events))
            for stream, events in changes
        ]
        self.cursor = await write(appends)
        if self._store.projections:
            written = [fact for stream, events in changes for fact in self._folded(stream, events, self.cursor)]
            for projection in self._store.projections:
                await projection.project(self.connection, written, keys)

    def _folded(self, stream: Stream[Any], events: Sequence[object], cursor: Cursor) -> Iterator[Written]:
        state = stream.state
        for version, event in enumerate(events, start=stream.version + 1):
            state = stream.aggregate.evolve(event, state)
            yield Written(cursor, stream.head.stream, version, event, self.context, state, stream.aggregate)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """What a use case gave, and the journal cursor of what it wrote (None: it wrote nothing)."""

    value: R
    cursor: Cursor | None


@dataclass(frozen=True, slots=True)
class EventStore:
    """A service's way to its streams: its journal, its event types, its keys, its inline read models."""

    journal: PostgresJournal
    catalogue: EventCatalogue
    keys: KeyStore
    projections: tuple[Projection, ...] = ()

    async def run(self, use_case: Callable[[UnitOfWork], Awaitable[R]], context: Context) -> Outcome[R]:
        """Run a use case in a transaction, and again from its beginning each time another writer was first."""
        async for attempt in stamina.retry_context(
            on=AppendRefused, attempts=_ATTEMPTS, timeout=5.0, wait_initial=0.002, wait_max=0.2, wait_jitter=0.02
        ):
            with attempt:
                async with self.journal.transaction() as transaction:
                    work = UnitOfWork(self, transaction, context)
                    value = await use_case(work)
                return Outcome(value, work.cursor)
        raise AssertionError("stamina returns or raises")

    async def states(
        self, aggregate: Aggregate[S], identifiers: Sequence[object], *, personal: bool = False
    ) -> dict[str, Stream[S]]:
        """Many aggregates as they stand, by identifier, in two queries whatever their number; unknown ones are absent."""
        names = {aggregate.stream(identifier): str(identifier) for identifier in identifiers}
        loaded = await self.journal.streams(list(names))
        keys = await self.keys_of(loaded.values()) if personal else {}
        return {names[name]: self.fold(aggregate, stream, keys) for name, stream in loaded.items()}

    async def keys_of(self, loaded: Iterable[LoadedStream]) -> Mapping[str, bytes]:
        """The keys that still open the personal parts of the streams."""
        sealed = self.catalogue.sealed_subjects
        return await self.keys.find({s for stream in loaded for event in stream.events for s in sealed(event)})

    def fold(self, aggregate: Aggregate[S], loaded: LoadedStream, keys: Mapping[str, bytes]) -> Stream[S]:
        """The state that a stream folds into."""
        state = aggregate.initial
        for recorded in loaded.events:
            state = aggregate.evolve(self.catalogue.decode(recorded, keys), state)
        return Stream(aggregate, loaded.head, state)

    def within(self, connection: AsyncConnection, context: Context) -> UnitOfWork:
        """A unit of work inside a transaction that is already open: a policy, in its consumer's transaction."""
        return UnitOfWork(self, PostgresTransaction(connection), context)
