"""Kafka as a transport: a consumer group whose offsets live in the consumer's database."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from contracts.enveloppe import RawCloudEvent
from services.chassis.consumption.consumer import Unavailable
from services.chassis.journal.cursor import Cursor
from services.chassis.transport.partition import partition_of
from services.chassis.transport.port import Delivery, Mark, Marks, Record
from services.chassis.transport.shared_feed import FeedReader
from services.chassis.transport.watermark import cursor_of, preceding

log = structlog.get_logger(__name__)

_MOST_RECORDS = 2_000
_DRAIN_SECONDS = 8.0  # less than the group's session, so that draining never looks like a death
_EVENT = msgspec.json.Decoder(RawCloudEvent)


@dataclass
class KafkaSubscription:
    """One member of the group that consumes a source's topic.

    A mark never passes an event that was not taken. A partition stands somewhere only because its mark says so: what comes
    out of the consumer takes it away from there until the effects are committed, so that whatever fails in between, it is put
    back where the database says. And each record tells the cursor that it follows: when the mark is not there yet, what is
    missing in the topic (kept for too short a time, lost with a broker) is read from the feed.

    A partition never read through Kafka is first brought up to date through the feed too, then read from the topic's beginning:
    what the feed already gave is at or below the mark, and dropped.
    """

    source: str
    topic: str
    group: str
    bootstrap: str
    feed: FeedReader
    _consumer: AIOKafkaConsumer | None = None
    _assigned: set[int] = field(default_factory=set)
    _placed: set[int] = field(default_factory=set)
    _in_hand: set[int] = field(default_factory=set)
    _gaps: set[int] = field(default_factory=set)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, marks: Marks, timeout: float) -> Delivery | None:
        consumer = await self._started()
        self._give_back()
        behind = await self._place(consumer, marks)
        if behind:
            return await self._catch_up(consumer, behind, marks)
        batches = await self._fetch(consumer, timeout)
        if not batches:
            return None
        delivery = _delivery(self.source, batches, await marks.load(frozenset(batches)))
        for partition in batches.keys() - delivery.reached.keys():
            log.warning("topic-gap", topic=self.topic, partition=partition, offset=batches[partition][0].offset)
            self._gaps.add(partition)
        return delivery if delivery.reached else None

    async def committed(self, delivery: Delivery) -> None:
        now = {partition: offset for partition, (_, offset) in delivery.reached.items() if partition in self._in_hand}
        self._placed |= now.keys()
        self._give_back()
        if self._consumer is not None and now:
            with contextlib.suppress(CommitFailedError, IllegalStateError, KafkaError):
                await self._consumer.commit({TopicPartition(self.topic, p): offset for p, offset in now.items()})

    async def close(self) -> None:
        self._give_back()
        if self._consumer is not None:
            with contextlib.suppress(KafkaError):
                await self._consumer.stop()
            self._consumer = None

    def _give_back(self) -> None:
        """Nothing is in hand any more; what was not committed stands nowhere."""
        self._in_hand.clear()
        self._idle.set()

    def _give_up(self) -> None:
        """Nothing is ours any more: a rebalance takes every partition, and gives some back. What is still in hand will not
        say where a partition stands."""
        for held in (self._assigned, self._placed, self._in_hand, self._gaps):
            held.clear()

    async def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            self._idle.set()
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self.bootstrap,
                group_id=self.group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=10_000,
                heartbeat_interval_ms=1_000,
                max_poll_interval_ms=300_000,
                metadata_max_age_ms=5_000,
            )
            consumer.subscribe([self.topic], listener=_Listener(self))
            try:
                with _reachable():
                    await consumer.start()
            except Unavailable:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer

    async def _place(self, consumer: AIOKafkaConsumer, marks: Marks) -> frozenset[int]:
        """Put the partitions that stand nowhere where the database says; returns those that the feed has to bring up to date."""
        nowhere = frozenset(self._assigned - self._placed)
        if not nowhere:
            return frozenset()
        known = await marks.load(nowhere, again=True)
        behind = frozenset(partition for partition, mark in known.items() if mark.offset < 0) | (nowhere & self._gaps)
        still = self._assigned  # a rebalance may have taken some while the marks were read
        for partition in (nowhere - behind) & still:
            consumer.seek(TopicPartition(self.topic, partition), known[partition].offset)
            self._placed.add(partition)
        return behind & still

    async def _catch_up(self, consumer: AIOKafkaConsumer, behind: frozenset[int], marks: Marks) -> Delivery | None:
        """One page of the feed for the partitions that the topic cannot serve; at its end, on to the topic."""
        known = await marks.load(behind)
        events, reached = await self.feed.read(min(m.cursor for m in known.values()), timeout=0.0, partitions=behind)
        records = tuple(
            record
            for event in events
            if (record := _record(self.source, partition_of(event.subject), event)).cursor
            > known[record.partition].cursor
        )
        if not events:
            self._gaps -= behind
            await self._begin(consumer, {p for p, mark in known.items() if mark.offset < 0} & self._assigned)
        advanced = {p: (reached, mark.offset) for p, mark in known.items() if reached > mark.cursor}
        return Delivery(records, advanced) if advanced else None

    async def _begin(self, consumer: AIOKafkaConsumer, partitions: set[int]) -> None:
        """Read from the topic's beginning the partitions that were never read through Kafka."""
        self._placed |= partitions
        if partitions:
            with _reachable():
                await consumer.seek_to_beginning(*(TopicPartition(self.topic, partition) for partition in partitions))

    async def _fetch(self, consumer: AIOKafkaConsumer, timeout: float) -> dict[int, list[Any]]:
        with _reachable():
            fetched = await consumer.getmany(timeout_ms=round(timeout * 1000), max_records=_MOST_RECORDS)
        # A rebalance inside getmany may have brought partitions that stand nowhere yet: they are read again once they do.
        batches = {place.partition: batch for place, batch in fetched.items() if place.partition in self._placed}
        if batches:
            self._placed -= batches.keys()
            self._in_hand |= batches.keys()
            self._idle.clear()
        return batches


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Between two assignments: what is in hand is finished before a partition is given up."""

    def __init__(self, subscription: KafkaSubscription) -> None:
        self._subscription = subscription

    async def on_partitions_revoked(self, _revoked: set[TopicPartition]) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._subscription._idle.wait(), _DRAIN_SECONDS)  # noqa: SLF001
        self._subscription._give_up()  # noqa: SLF001

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._subscription._assigned = {place.partition for place in assigned}  # noqa: SLF001


@contextlib.contextmanager
def _reachable() -> Iterator[None]:
    """A broker that fails us is waited for."""
    try:
        yield
    except KafkaError as lost:
        raise Unavailable(f"Kafka does not answer: {type(lost).__name__}") from lost


def _record(source: str, partition: int, event: RawCloudEvent) -> Record:
    return Record(source, partition, Cursor.parse(event.id), event)


def _delivery(source: str, batches: dict[int, list[Any]], known: Mapping[int, Mark]) -> Delivery:
    """The records above the marks, each once (a relay that restarted may have sent some of them twice), and how far each
    partition is read, where no event fell too; without the partitions where a record is missing."""
    records: list[Record] = []
    reached: dict[int, tuple[Cursor, int]] = {}
    for partition, batch in batches.items():
        taken = _taken(source, partition, batch, known[partition].cursor)
        if taken is not None:
            records += taken[0]
            reached[partition] = (taken[1], batch[-1].offset + 1)
    return Delivery(tuple(records), reached)


def _taken(source: str, partition: int, batch: list[Any], top: Cursor) -> tuple[list[Record], Cursor] | None:
    """The records of a partition above its mark, and the cursor that they bring it to; None where one of them is missing."""
    records: list[Record] = []
    for message in batch:
        if preceding(message.headers) > top:
            return None
        told = cursor_of(message.headers)
        if told is not None:
            top = max(top, told)
            continue
        record = _record(source, partition, _EVENT.decode(message.value))
        if record.cursor > top:
            records.append(record)
            top = record.cursor
    return records, top
