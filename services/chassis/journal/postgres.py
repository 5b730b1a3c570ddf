"""The journal in PostgreSQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from operator import attrgetter
from typing import Any, NoReturn

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import Database
from services.chassis.journal.chain import links
from services.chassis.journal.cursor import Cursor
from services.chassis.journal.port import AppendRefused, OlderTransaction, StreamMoved
from services.chassis.journal.records import Append, LoadedStream, NewEvent, RecordedEvent, StreamHead
from services.chassis.journal.wakeup import Wakeup

_EVENT = (
    "e.epoch, e.xid, e.position, e.stream, e.version, e.id, e.type, e.schema, e.recorded_at,"
    " e.data, e.sealed, e.metadata, e.hash"
)

_LOAD = text(f"select {_EVENT} from event e where e.stream = :stream order by e.version")  # noqa: S608 (our own column list)

_STREAMS = f"select {_EVENT} from event e where e.stream = any($1::text[]) order by e.stream, e.version"  # noqa: S608
_HEADS = text("select stream, version, hash from stream_head where stream = any(cast(:streams as text[]))")

# One statement shape for every reader (engineering.md §5): strictly after the cursor, and nothing written by a transaction
# that another one still running could precede. A restored cluster restarts its xids: the epoch comes first.
_READ = f"""
    select {_EVENT} from event e
    where (e.epoch, e.xid, e.position) > ($1, $2, $3)
      and (e.epoch, e.xid) < ((select max(number) from journal_epoch), pg_snapshot_xmin(pg_current_snapshot()))
    order by e.epoch, e.xid, e.position limit $4
"""  # noqa: S608

_COMMITTED = f"""
    select {_EVENT} from event e where (e.epoch, e.xid, e.position) > ($1, $2, $3)
    order by e.epoch, e.xid, e.position limit $4
"""  # noqa: S608

_APPEND = "select epoch, xid, position from journal_append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)"
_OPEN = text("select 1")
_PLACE = "select max(number), pg_current_xact_id() from journal_epoch"

_HEAD_COLUMNS = ("stream", "version", "epoch", "xid", "hash")
_EVENT_COLUMNS = (
    "epoch",
    "stream",
    "version",
    "id",
    "type",
    "schema",
    "recorded_at",
    "data",
    "sealed",
    "metadata",
    "hash",
)


class PostgresTransaction:
    """The journal inside one open SQLAlchemy transaction, which also carries the inline read models."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._open = False
        self.failed: BaseException | None = None

    async def load(self, stream: str) -> LoadedStream:
        rows = (await self.connection.execute(_LOAD, {"stream": stream})).all()
        self._open = True
        return _loaded(stream, tuple(map(_recorded, rows)))

    async def heads(self, streams: Sequence[str]) -> Mapping[str, StreamHead]:
        rows = await self.connection.execute(_HEADS, {"streams": list(streams)})
        self._open = True
        return {stream: StreamHead(stream) for stream in streams} | {row[0]: StreamHead(*row) for row in rows}

    async def append(self, appends: Sequence[Append]) -> Cursor:
        columns = _columns(_ordered(appends))
        driver = await self._driver()
        try:
            return Cursor(*await driver.fetchrow(_APPEND, *columns))
        except asyncpg.PostgresError as failed:
            self.failed = _refusal(failed) or failed
            _raise(self.failed, failed)

    async def import_streams(self, appends: Sequence[Append]) -> Cursor:
        ordered = _ordered(appends)
        if any(append.head.version for append in ordered):
            raise ValueError("an import writes new streams only")
        chained = [(append.head.stream, list(links(append))) for append in ordered]
        driver = await self._driver()
        epoch, xid = await driver.fetchrow(_PLACE)  # readers wait for this transaction from here to its end
        heads = [(stream, events[-1][0], epoch, xid, events[-1][2]) for stream, events in chained]
        rows = [
            (epoch, stream, *_event_row(version, event), digest)
            for stream, events in chained
            for version, event, digest in events
        ]
        try:
            await driver.copy_records_to_table("stream_head", records=heads, columns=_HEAD_COLUMNS)
        except asyncpg.UniqueViolationError as exists:
            self.failed = StreamMoved(str(exists))
            raise self.failed from exists
        await driver.copy_records_to_table("event", records=rows, columns=_EVENT_COLUMNS)
        position = await driver.fetchval("select currval(pg_get_serial_sequence('event', 'position'))")
        return Cursor(epoch, xid, position)

    async def _driver(self) -> Any:
        """The asyncpg connection of this transaction. SQLAlchemy opens the transaction at its first statement, not before:
        without one, what the driver does would be committed on its own and survive a rollback."""
        if not self._open:
            await self.connection.execute(_OPEN)
            self._open = True
        return (await self.connection.get_raw_connection()).driver_connection


class PostgresJournal:
    """A service's journal, in its own database."""

    def __init__(self, database: Database, wakeup: Wakeup) -> None:
        self._database = database
        self._wakeup = wakeup

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTransaction]:
        try:
            async with self._database.engine.begin() as connection:
                transaction = PostgresTransaction(connection)
                yield transaction
                if (
                    transaction.failed is not None
                ):  # PostgreSQL answers COMMIT of an aborted transaction by a silent ROLLBACK
                    raise transaction.failed
        except DBAPIError as failed:
            _raise(_refusal(failed.orig) or failed, failed)
        self._wakeup.written()

    async def append(self, appends: Sequence[Append]) -> Cursor:
        columns = _columns(_ordered(appends))
        try:
            cursor = Cursor(*await self._database.pool.fetchrow(_APPEND, *columns))
        except asyncpg.PostgresError as failed:
            _raise(_refusal(failed) or failed, failed)
        self._wakeup.written()
        return cursor

    async def streams(self, names: Sequence[str]) -> Mapping[str, LoadedStream]:
        rows = await self._database.pool.fetch(_STREAMS, list(names))
        grouped = groupby(map(_recorded, rows), key=attrgetter("stream"))
        return {stream: _loaded(stream, tuple(events)) for stream, events in grouped}

    async def read(self, after: Cursor, limit: int) -> list[RecordedEvent]:
        return [_recorded(row) for row in await self._database.pool.fetch(_READ, *after, limit)]

    async def committed(self, after: Cursor, limit: int) -> list[RecordedEvent]:
        return [_recorded(row) for row in await self._database.pool.fetch(_COMMITTED, *after, limit)]

    @property
    def generation(self) -> int:
        return self._wakeup.generation

    async def wait(self, since: int, timeout: float) -> None:
        await self._wakeup.wait(since, timeout)


def _loaded(stream: str, events: tuple[RecordedEvent, ...]) -> LoadedStream:
    if not events:
        return LoadedStream(StreamHead(stream), ())
    return LoadedStream(StreamHead(stream, events[-1].version, events[-1].hash), events)


def _raise(error: BaseException, failed: BaseException) -> NoReturn:
    """Raise an error from what it comes from; the failure itself as it is (an error that is its own cause has no end)."""
    if error is failed:
        raise failed
    raise error from failed


def _refusal(failed: BaseException | None) -> AppendRefused | None:
    """The refusal that calls for a replay, when a database error is one."""
    match getattr(failed, "sqlstate", None):
        case "40001" | "40P01":  # serialisation, deadlock
            return OlderTransaction(str(failed))
        case "LG001":
            return StreamMoved(str(failed))
    return None


def _ordered(appends: Sequence[Append]) -> list[Append]:
    ordered = sorted(appends, key=lambda append: append.head.stream)
    if not ordered or not all(append.events for append in ordered):
        raise ValueError("an append writes at least one event to each stream that it names")
    if len({append.head.stream for append in ordered}) < len(ordered):
        raise ValueError("an append names each stream once")
    return ordered


def _event_row(version: int, event: NewEvent) -> tuple[Any, ...]:
    return (version, event.id, event.type, event.schema, event.recorded_at, event.data, event.sealed, event.metadata)


def _columns(ordered: Sequence[Append]) -> list[list[Any]]:
    """The fourteen arrays of journal_append: four about streams, ten about events."""
    heads: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    for append in ordered:
        chained = list(links(append))
        heads.append((append.head.stream, append.head.version, chained[-1][0], chained[-1][2]))
        events.extend((append.head.stream, *_event_row(version, event), digest) for version, event, digest in chained)
    return [list(column) for column in (*zip(*heads, strict=True), *zip(*events, strict=True))]


def _recorded(row: Any) -> RecordedEvent:
    epoch, xid, position, stream, version, id_, type_, schema, recorded_at, data, sealed, metadata, digest = row
    return RecordedEvent(
        cursor=Cursor(epoch, xid, position),
        stream=stream,
        version=version,
        event=NewEvent(id_, type_, schema, data, sealed, metadata, recorded_at),
        hash=digest,
    )
