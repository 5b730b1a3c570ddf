"""The hash chain of a stream: history cannot be rewritten unseen (design.md §8).

Each event carries the SHA-256 of its stored bytes and of the hash before it in its stream. The bytes are the sealed ones, so
that erasing a person's key breaks no chain.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.chassis.journal.records import Append, NewEvent, RecordedEvent, StreamHead

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def link(previous: bytes, stream: str, version: int, event: NewEvent) -> bytes:
    """Hash of one event after `previous` (32 bytes; zeros before the first event). Each part is preceded by its length."""
    digest = hashlib.sha256(previous)
    for part in (
        stream.encode(),
        version.to_bytes(8, "big"),
        event.id.bytes,
        event.type.encode(),
        event.schema.to_bytes(4, "big"),
        event.data,
        event.sealed,
        event.metadata,
        ((event.recorded_at - _UNIX_EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big", signed=True),
    ):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def links(append: Append) -> Iterator[tuple[int, NewEvent, bytes]]:
    """(version, event, hash) of each event of an append, chained on its head."""
    previous = append.head.hash
    for version, event in enumerate(append.events, start=append.head.version + 1):
        previous = link(previous, append.head.stream, version, event)
        yield version, event, previous


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """A place where a stream is not what was written: `why` names what differs."""

    stream: str
    version: int
    why: str


def breaks(stream: str, events: Iterable[RecordedEvent], head: StreamHead) -> list[BrokenChain]:
    """Every place where the chain of one stream does not hold, its head included.

    events: all of the stream, in order of version. An altered event is named once: the check goes on from the stored hash.
    """
    found: list[BrokenChain] = []
    previous, expected = bytes(32), 1
    for recorded in events:
        if recorded.version != expected:
            found.append(BrokenChain(stream, expected, f"version {recorded.version} found where {expected} is due"))
        if link(previous, stream, recorded.version, recorded.event) != recorded.hash:
            found.append(BrokenChain(stream, recorded.version, "the stored bytes do not give the stored hash"))
        previous, expected = recorded.hash, recorded.version + 1
    if (head.version, head.hash) != (expected - 1, previous):
        found.append(BrokenChain(stream, head.version, "the head is not the last event"))
    return found
