"""The journal in memory: same port, same conformance suite; for unit tests of use cases."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from services.chassis.journal.chain import links
from services.chassis.journal.cursor import Cursor
from services.chassis.journal.port import StreamMoved
from services.chassis.journal.records import Append, LoadedStream, RecordedEvent, StreamHead
from services.chassis.journal.wakeup import LocalWakeup


class MemoryTransaction:
    """Reads what is committed and its own writes; checks its expectations when it appends and again when it commits."""

    def __init__(self, journal: "MemoryJournal", xid: int) -> None:
        self._journal = journal
        self._xid = xid
        self.written: list[RecordedEvent] = []

    async def load(self, stream: str) -> LoadedStream:
        events = tuple(e for e in (*self._journal.events, *self.written) if e.stream == stream)
        if not events:
            return LoadedStream(StreamHead(stream), ())
        return LoadedStream(StreamHead(stream, events[-1].version, events[-1].hash), events)

    async def heads(self, streams: Sequence[str]) -> Mapping[str, StreamHead]:
        return {stream: (await self.load(stream)).head for stream in streams}

    async def append(self, appends: Sequence[Append]) -> Cursor:
        if not appends or not all(append.events for append in appends):
            raise ValueError("an append writes at least one event to each stream that it names")
        if len({append.head.stream for append in appends}) < len(appends):
            raise ValueError("an append names each stream once")
        for append in appends:
            actual = (await self.load(append.head.stream)).head
            if actual.version != append.head.version:
                raise StreamMoved(f"stream {actual.stream} is at version {actual.version}, not {append.head.version}")
        for append in sorted(appends, key=lambda append: append.head.stream):
            for version, event, digest in links(append):
                cursor = Cursor(1, self._xid, self._journal.next_position())
                self.written.append(RecordedEvent(cursor, append.head.stream, version, event, digest))
        return self.written[-1].cursor

    async def import_streams(self, appends: Sequence[Append]) -> Cursor:
        if any(append.head.version for append in appends):
            raise ValueError("an import writes new streams only")
        return await self.append(appends)


class MemoryJournal:
    """A journal that lasts as long as its process. Transactions run one after the other."""

    def __init__(self) -> None:
        self.events: list[RecordedEvent] = []
        self._position = 0
        self._xid = 0
        self._turn = asyncio.Lock()
        self._wakeup = LocalWakeup()

    def next_position(self) -> int:
        self._position += 1
        return self._position

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        async with self._turn:
            self._xid += 1
            transaction = MemoryTransaction(self, self._xid)
            yield transaction
            self.events.extend(transaction.written)
        self._wakeup.written()

    async def append(self, appends: Sequence[Append]) -> Cursor:
        async with self.transaction() as transaction:
            return await transaction.append(appends)

    async def streams(self, names: Sequence[str]) -> Mapping[str, LoadedStream]:
        async with self.transaction() as transaction:
            loaded = {name: await transaction.load(name) for name in names}
        return {name: stream for name, stream in loaded.items() if stream.events}

    async def read(self, after: Cursor, limit: int) -> list[RecordedEvent]:
        return [event for event in self.events if event.cursor > after][:limit]

    async def committed(self, after: Cursor, limit: int) -> list[RecordedEvent]:
        return await self.read(after, limit)

    @property
    def generation(self) -> int:
        return self._wakeup.generation

    async def wait(self, since: int, timeout: float) -> None:
        await self._wakeup.wait(since, timeout)
