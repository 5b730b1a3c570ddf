"""The port of a transport, on the consumer's side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from contracts.enveloppe import RawCloudEvent
from services.chassis.journal.cursor import Cursor


class PartitionLost(Exception):
    """Another member of the consumer has taken the partition over: what was being done there is rolled back."""


@dataclass(frozen=True, slots=True)
class Record:
    """A published event on its way to a consumer. source: the publishing service."""

    source: str
    partition: int
    cursor: Cursor
    event: RawCloudEvent

    def data(self, type_: type[Any]) -> Any:
        """The event's data as the contract's type."""
        return msgspec.json.decode(self.event.data, type=type_)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a consumer has gone in one partition of one source.

    offset: next Kafka offset to read, -1 when the partition was never read through Kafka.
    events, checksum: how many events were taken, and the sum modulo 2**63 of a hash of their identifiers.
    """

    cursor: Cursor
    offset: int = -1
    events: int = 0
    checksum: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Records in order inside each partition, and where each partition will stand once they are handled.

    reached: (cursor, Kafka offset or -1) by partition; a partition may advance without a record (the feed tells it).
    """

    records: tuple[Record, ...]
    reached: Mapping[int, tuple[Cursor, int]]


class Subscription(Protocol):
    """One member's place among those who consume a source together."""

    async def next(self, marks: "Marks", timeout: float) -> Delivery | None:
        """The next records of the partitions held, or None after `timeout` seconds. Takes and gives up partitions between
        two calls only: what was delivered is committed or abandoned before."""

    async def committed(self, delivery: Delivery) -> None:
        """The effects of the delivery are committed: a hint to the transport, never the truth."""

    async def close(self) -> None:
        """Leave, so that another member takes over at once."""


class Marks(Protocol):
    """The marks of one consumer on one source, kept in its database."""

    async def load(self, partitions: frozenset[int], *, again: bool = False) -> Mapping[int, Mark]:
        """The marks of the partitions; a partition never read stands at the origin. again: read the database even for those
        that this member moved last, as when a partition has just come to it."""
