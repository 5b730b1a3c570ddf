"""What goes into a journal and what comes out of it: bytes, never domain objects."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.journal.cursor import Cursor


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event ready to be written: its personal part is already sealed.

    type: stored type, snake case; schema: its shape's number, >= 1.
    data: clear JSON; sealed: ciphertexts by subject (services.chassis.vault.sealing), empty when nothing is personal.
    metadata: JSON of who, why and on behalf of which request.
    recorded_at: aware UTC instant.
    """

    id: UUID
    type: str
    schema: int
    data: bytes
    sealed: bytes
    metadata: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as the journal keeps it, with its place and its link in the stream's hash chain."""

    cursor: Cursor
    stream: str
    version: int
    event: NewEvent
    hash: bytes


@dataclass(frozen=True, slots=True)
class StreamHead:
    """The end of a stream: its version (0: it does not exist yet) and the hash of its last event."""

    stream: str
    version: int = 0
    hash: bytes = bytes(32)


@dataclass(frozen=True, slots=True)
class Append:
    """Events to write after `head`, which is what the decision was taken on."""

    head: StreamHead
    events: tuple[NewEvent, ...]


@dataclass(frozen=True, slots=True)
class LoadedStream:
    """A stream as it stands: its head and its events in order."""

    head: StreamHead
    events: tuple[RecordedEvent, ...]
