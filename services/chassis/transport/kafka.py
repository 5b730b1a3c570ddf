"""Kafka as a transport: a consumer group whose offsets live in the consumer's database."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from contracts.enveloppe import RawCloudEvent
from services.chassis.consumption.consumer import Unavailable
from services.chassis.journal.cursor import Cursor
from services.chassis.transport.partition import partition_of
from services.chassis.transport.port import Delivery, Mark, Marks, Record
from services.chassis.transport.shared_feed import FeedReader
from services.chassis.transport.watermark import cursor_of

_MOST_RECORDS = 2_000
_DRAIN_SECONDS = 8.0  # less than the group's session, so that draining never looks like a death
_EVENT = msgspec.json.Decoder(RawCloudEvent)


@dataclass
class KafkaSubscription:
    """One member of the group that consumes a source's topic.

    A partition never read through Kafka is first brought up to date through the feed, then read from the topic's beginning:
    what the feed already gave is at or below the mark, and dropped. Topics keep far more than a catch-up lasts, so that
    nothing can fall between the two.
    """

    source: str
    topic: str
    group: str
    bootstrap: str
    feed: FeedReader
    _consumer: AIOKafkaConsumer | None = None
    _to_place: set[int] = field(default_factory=set)
    _in_hand: Delivery | None = None
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, marks: Marks, timeout: float) -> Delivery | None:
        consumer = await self._started()
        if self._in_hand is not None:  # its effects failed: read again from where the database says
            self._to_place |= set(self._in_hand.reached)
            self._give_back()
        behind = await self._place(consumer, marks)
        if behind:
            return await self._catch_up(behind, marks)
        batches = await self._fetch(consumer, timeout)
        if not batches:
            return None
        delivery = _delivery(self.source, batches, await marks.load(frozenset(batches)))
        self._in_hand = delivery
        self._idle.clear()
        return delivery

    async def committed(self, delivery: Delivery) -> None:
        offsets = {TopicPartition(self.topic, p): offset for p, (_, offset) in delivery.reached.items() if offset >= 0}
        self._give_back()
        if self._consumer is not None and offsets:
            with contextlib.suppress(CommitFailedError, IllegalStateError, KafkaError):
                await self._consumer.commit(offsets)

    async def close(self) -> None:
        self._give_back()
        if self._consumer is not None:
            with contextlib.suppress(KafkaError):
                await self._consumer.stop()
            self._consumer = None

    def _give_back(self) -> None:
        self._in_hand = None
        self._idle.set()

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
                await consumer.start()
            except KafkaError as lost:
                await consumer.stop()
                raise Unavailable(f"Kafka does not answer: {type(lost).__name__}") from lost
            self._consumer = consumer
        return self._consumer

    async def _place(self, consumer: AIOKafkaConsumer, marks: Marks) -> frozenset[int]:
        """Put the partitions just assigned where the database says; returns those that Kafka has never served."""
        mine = self._to_place & {place.partition for place in consumer.assignment()}
        if not mine:
            return frozenset()
        known = await marks.load(frozenset(mine), again=True)
        for partition, mark in known.items():
            if mark.offset >= 0:
                with contextlib.suppress(
                    IllegalStateError
                ):  # revoked in between: it will be placed again if it comes back
                    consumer.seek(TopicPartition(self.topic, partition), mark.offset)
                self._to_place.discard(partition)
        return frozenset(partition for partition, mark in known.items() if mark.offset < 0)

    async def _catch_up(self, behind: frozenset[int], marks: Marks) -> Delivery | None:
        """One page of the feed for the partitions that Kafka has never served; at its end, on to the topic."""
        known = await marks.load(behind)
        events, reached = await self.feed.read(min(m.cursor for m in known.values()), timeout=0.0, partitions=behind)
        records = tuple(
            record
            for event in events
            if (record := _record(self.source, partition_of(event.subject), event)).cursor
            > known[record.partition].cursor
        )
        if not events:
            assert self._consumer is not None
            places = [TopicPartition(self.topic, partition) for partition in behind]
            with contextlib.suppress(IllegalStateError):
                await self._consumer.seek_to_beginning(*places)
            self._to_place -= behind
        advanced = {p: (reached, mark.offset) for p, mark in known.items() if reached > mark.cursor}
        return Delivery(records, advanced) if advanced else None

    async def _fetch(self, consumer: AIOKafkaConsumer, timeout: float) -> dict[int, list[Any]]:
        try:
            batches = await consumer.getmany(timeout_ms=round(timeout * 1000), max_records=_MOST_RECORDS)
        except KafkaError as lost:
            raise Unavailable(f"Kafka does not answer: {type(lost).__name__}") from lost
        # A rebalance may have taken place inside getmany: what is not placed yet is read again once it is.
        return {place.partition: batch for place, batch in batches.items() if place.partition not in self._to_place}


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Between two assignments: what is in hand is finished before a partition is given up."""

    def __init__(self, subscription: KafkaSubscription) -> None:
        self._subscription = subscription

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._subscription._idle.wait(), _DRAIN_SECONDS)  # noqa: SLF001
        self._subscription._to_place -= {place.partition for place in revoked}  # noqa: SLF001

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._subscription._to_place |= {place.partition for place in assigned}  # noqa: SLF001


def _record(source: str, partition: int, event: RawCloudEvent) -> Record:
    return Record(source, partition, Cursor.parse(event.id), event)


def _delivery(source: str, batches: dict[int, list[Any]], known: Mapping[int, Mark]) -> Delivery:
    """The records above the marks, each once (a relay that restarted may have sent some of them twice), and how far each
    partition is read, where no event fell too."""
    records: list[Record] = []
    reached: dict[int, tuple[Cursor, int]] = {}
    for partition, batch in batches.items():
        top = known[partition].cursor
        for message in batch:
            told = cursor_of(message.headers)
            if told is not None:
                top = max(top, told)
                continue
            record = _record(source, partition, _EVENT.decode(message.value))
            if record.cursor > top:
                records.append(record)
                top = record.cursor
        reached[partition] = (top, batch[-1].offset + 1)
    return Delivery(tuple(records), reached)
