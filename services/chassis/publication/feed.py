"""The feed: the published events of a service over HTTP, in journal order, by long polling (http-feeds.org conventions)."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from contracts.enveloppe import CloudEvent
from services.chassis.journal.cursor import Cursor
from services.chassis.journal.following import next_events
from services.chassis.journal.port import Journal
from services.chassis.publication.derivation import Publication
from services.chassis.transport.partition import PARTITIONS, partition_of

MOST_EVENTS = 2_000
LONGEST_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Page:
    """What one request read. reached: cursor to ask from next; it advances even when nothing was for the reader."""

    events: tuple[CloudEvent, ...]
    reached: Cursor


@dataclass(frozen=True, slots=True)
class Feed:
    """A service's feed."""

    journal: Journal
    publication: Publication

    async def read(
        self,
        after: Cursor,
        *,
        limit: int = MOST_EVENTS,
        timeout: float = 0.0,
        partitions: frozenset[int] = frozenset(range(PARTITIONS)),
        visible: Callable[[CloudEvent], bool] = lambda _event: True,
    ) -> Page:
        """The next page after the cursor: at most `limit` stored events are read; returns as soon as one is for the reader,
        or when `timeout` seconds have passed. visible: the rights of the reader (design.md §5)."""
        deadline = time.monotonic() + min(timeout, LONGEST_WAIT_SECONDS)
        while True:
            remaining = max(0.0, deadline - time.monotonic())
            recorded = await next_events(self.journal, after, limit=min(limit, MOST_EVENTS), timeout=remaining)
            if not recorded:
                return Page((), after)
            after = recorded[-1].cursor
            events = tuple(
                event
                for event in map(self.publication.published, recorded)
                if event is not None and partition_of(event.subject) in partitions and visible(event)
            )
            if events or time.monotonic() >= deadline:
                return Page(events, after)
