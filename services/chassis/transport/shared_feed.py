"""One reading of a source's feed for all the consumers of a process: they ask for the same pages, a moment apart."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

from contracts.enveloppe import RawCloudEvent
from services.chassis.journal.cursor import Cursor
from services.chassis.transport.partition import PARTITIONS, partition_of

_ALL = frozenset(range(PARTITIONS))
_KEPT_EVENTS = 4_000

Page = tuple[list[RawCloudEvent], Cursor]


class FeedReader(Protocol):
    """How the feed of a source is read, from the service itself or through what was already read."""

    @property
    def source(self) -> str:
        """The service whose feed it is."""

    async def read(self, after: Cursor, *, timeout: float, partitions: frozenset[int], limit: int = 1_000) -> Page:
        """The next events of the partitions and the cursor reached. Raises Unavailable when the source does not answer."""


@dataclass
class SharedFeed:
    """The last pages read, by the cursor that each one starts after.

    A consumer that is a little late goes through the pages that another has read, at once; one that is far behind reads the
    service itself. Two that ask for the same page while it is on its way wait for the same answer.
    """

    client: FeedReader
    kept_events: int = _KEPT_EVENTS
    _pages: OrderedDict[Cursor, Page] = field(default_factory=OrderedDict)
    _coming: dict[Cursor, asyncio.Task[Page]] = field(default_factory=dict)
    _events: int = 0

    @property
    def source(self) -> str:
        return self.client.source

    async def read(
        self, after: Cursor, *, timeout: float, partitions: frozenset[int] = _ALL, limit: int = 1_000
    ) -> Page:
        events, reached = self._known(after, limit)
        if reached == after:
            events, reached = await self._next(after, timeout, limit)
        if partitions != _ALL:
            events = [event for event in events if partition_of(event.subject) in partitions]
        return events, reached

    def _known(self, after: Cursor, limit: int) -> Page:
        """What the pages kept hold after the cursor, in one."""
        events: list[RawCloudEvent] = []
        while len(events) < limit and (page := self._pages.get(after)) is not None:
            events, after = [*events, *page[0]], page[1]
        return events, after

    async def _next(self, after: Cursor, timeout: float, limit: int) -> Page:
        coming = self._coming.get(after)
        if coming is None:
            coming = asyncio.create_task(self.client.read(after, timeout=timeout, partitions=_ALL, limit=limit))
            self._coming[after] = coming
            coming.add_done_callback(lambda done: self._arrived(after, done))
        return await asyncio.shield(coming)

    def _arrived(self, after: Cursor, done: asyncio.Task[Page]) -> None:
        del self._coming[after]
        if done.cancelled() or done.exception() is not None:
            return
        events, reached = done.result()
        if reached > after:
            self._pages[after] = (events, reached)
            self._events += len(events) + 1
        while self._events > self.kept_events:
            _, (dropped, _) = self._pages.popitem(last=False)
            self._events -= len(dropped) + 1
