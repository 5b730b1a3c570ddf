"""Following a journal: the next events as soon as they may be read."""

import asyncio
import time

from services.chassis.journal.cursor import Cursor
from services.chassis.journal.port import Journal
from services.chassis.journal.records import RecordedEvent

_FIRST_RETRY_SECONDS = 0.002
_LAST_RETRY_SECONDS = 0.064
_POLL_SECONDS = 1.0  # a lost notification costs that much


async def next_events(journal: Journal, after: Cursor, *, limit: int, timeout: float) -> list[RecordedEvent]:
    """At most `limit` events after the cursor; an empty list when none became readable within `timeout` seconds.

    A commit may be announced while an older transaction still runs, in this database or in another of the cluster: its
    events are then not readable yet, and no one announces the end of that transaction. So a wake-up that finds events
    committed, but not readable, is followed by a few short retries before the next wait.
    """
    deadline = time.monotonic() + timeout
    retry = _LAST_RETRY_SECONDS
    while True:
        generation = journal.generation
        events = await journal.read(after, limit)
        remaining = deadline - time.monotonic()
        if events or remaining <= 0:
            return events
        if retry < _LAST_RETRY_SECONDS and await journal.committed(after, 1):
            await asyncio.sleep(min(retry, remaining))
            retry *= 2
        else:
            await journal.wait(generation, min(remaining, _POLL_SECONDS))
            if journal.generation != generation:
                retry = _FIRST_RETRY_SECONDS
