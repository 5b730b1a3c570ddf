"""The port of the journal: what a use case and a reader may ask of it, whatever keeps it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.chassis.journal.cursor import Cursor
from services.chassis.journal.records import Append, LoadedStream, RecordedEvent, StreamHead


class AppendRefused(Exception):
    """The decision was taken on a state that is no longer the last one: replay the whole use case in a new transaction."""


class StreamMoved(AppendRefused):
    """Another writer appended to the stream since it was loaded."""


class OlderTransaction(AppendRefused):
    """The stream's last event was written by a transaction younger than ours: readers would see ours out of order."""


class JournalTransaction(Protocol):
    """One unit of writing: loads, then appends, then nothing or all of it."""

    async def load(self, stream: str) -> LoadedStream:
        """The stream as it stands; version 0 and no event when it does not exist."""

    async def heads(self, streams: Sequence[str]) -> Mapping[str, StreamHead]:
        """Where each of many streams ends: what a decision that does not need their events is taken on."""

    async def append(self, appends: Sequence[Append]) -> Cursor:
        """Write every append, or none. Returns the cursor of the last event.

        Raises StreamMoved, OlderTransaction; ValueError when there is nothing to write or a stream is named twice.
        """

    async def import_streams(self, appends: Sequence[Append]) -> Cursor:
        """Write many new streams (every head at version 0) by bulk copy. Raises StreamMoved when one of them exists."""


class Journal(Protocol):
    """A service's journal."""

    def transaction(self) -> AbstractAsyncContextManager[JournalTransaction]:
        """A new transaction: committed at the end of the block, rolled back if it raises."""

    async def append(self, appends: Sequence[Append]) -> Cursor:
        """A transaction of its own that appends and does nothing else: the cheapest way to write."""

    async def streams(self, names: Sequence[str]) -> Mapping[str, LoadedStream]:
        """Many streams as they stand, for whoever only reads; those that do not exist are absent."""

    async def read(self, after: Cursor, limit: int) -> list[RecordedEvent]:
        """At most `limit` events after the cursor, in journal order; none that an older running transaction could precede."""

    async def committed(self, after: Cursor, limit: int) -> list[RecordedEvent]:
        """At most `limit` events after the cursor that are committed, though another may come before them later: for who
        holds the writers back."""

    @property
    def generation(self) -> int:
        """Rises at each write seen: taken before a read, it tells `wait` what the reader already knows."""

    async def wait(self, since: int, timeout: float) -> None:
        """Return as soon as the generation is no longer `since`, at the latest after `timeout` seconds."""
