"""What a consumer has still to take of a source, as its transport knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.chassis.consumption.consumer import Unavailable
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.transport.feed import FeedClient
from services.chassis.transport.partition import PARTITIONS, partition_of
from services.chassis.transport.port import Mark

_ALL = frozenset(range(PARTITIONS))
_MOST_EVENTS = 2_000
_FETCH_MS = 1_000


@dataclass(frozen=True, slots=True)
class Pending:
    """events: how many are still to be taken; by the feed, 2,000 at the most. oldest: when the first was written."""

    events: int = 0
    oldest: datetime | None = None


class Lag(Protocol):
    """How far behind its source a consumer is."""

    async def pending(self, marks: Mapping[int, Mark]) -> Pending:
        """What the marks (by partition; none: nothing was ever taken) have not reached. Raises Unavailable."""

    async def close(self) -> None:
        """Let go of what was opened."""


@dataclass
class FeedLag:
    """Reads on from the marks, without taking anything: once caught up, the page is empty."""

    client: FeedClient

    async def pending(self, marks: Mapping[int, Mark]) -> Pending:
        known = {partition: marks[partition].cursor if partition in marks else ORIGIN for partition in _ALL}
        events, _ = await self.client.read(min(known.values()), timeout=0.0, partitions=_ALL, limit=_MOST_EVENTS)
        left = [event for event in events if Cursor.parse(event.id) > known[partition_of(event.subject)]]
        return Pending(len(left), datetime.fromisoformat(left[0].time) if left else None)

    async def close(self) -> None:
        """The client belongs to the fabric."""


@dataclass
class KafkaLag:
    """Compares the offsets of the marks with the ends of the partitions; the first message left says since when."""

    topic: str
    bootstrap: str
    _consumer: AIOKafkaConsumer | None = field(default=None)

    async def pending(self, marks: Mapping[int, Mark]) -> Pending:
        try:
            consumer = await self._started()
            places = [TopicPartition(self.topic, partition) for partition in range(PARTITIONS)]
            ends = await consumer.end_offsets(places)
            left = {place: (at, end) for place, end in ends.items() if (at := _offset(marks, place.partition)) < end}
            if not left:
                return Pending()
            oldest = await self._oldest(consumer, {place: at for place, (at, _) in left.items()})
        except KafkaError as lost:
            raise Unavailable(f"Kafka does not answer: {type(lost).__name__}") from lost
        return Pending(sum(end - at for at, end in left.values()), oldest)

    async def _oldest(self, consumer: AIOKafkaConsumer, left: Mapping[Any, int]) -> datetime | None:
        consumer.assign(list(left))
        for place, offset in left.items():
            consumer.seek(place, offset)
        firsts = [await consumer.getmany(place, timeout_ms=_FETCH_MS, max_records=1) for place in left]
        stamps = [messages[0].timestamp for batch in firsts for messages in batch.values()]
        return datetime.fromtimestamp(min(stamps) / 1000, UTC) if stamps else None

    async def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
            await consumer.start()
            self._consumer = consumer
        return self._consumer

    async def close(self) -> None:
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None


def _offset(marks: Mapping[int, Mark], partition: int) -> int:
    return max(0, marks[partition].offset) if partition in marks else 0
