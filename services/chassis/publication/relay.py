"""The relay: one per service publishes its journal to Kafka, in order; whoever comes second waits."""

import asyncio
import contextlib
from typing import Any

import asyncpg
import msgspec
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from services.chassis.database import LOST, Database
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.journal.following import next_events
from services.chassis.journal.port import Journal
from services.chassis.journal.records import RecordedEvent
from services.chassis.publication.derivation import Publication
from services.chassis.transport.partition import PARTITIONS, partition_of
from services.chassis.transport.watermark import Headers, following, watermark

log = structlog.get_logger(__name__)

_BATCH = 2_000
_LOCK = 0x52454C4159
_STANDBY_SECONDS = 1.0
_READ_SECONDS = 1.0

_Message = tuple[bytes | None, bytes, Headers]
"""Key, value, headers."""

_LOAD_MARK = "select epoch, xid, position from relay_mark where topic = $1"
_SAVE_MARK = """
    insert into relay_mark (topic, epoch, xid, position) values ($1, $2, $3, $4)
    on conflict (topic) do update set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position,
      updated_at = clock_timestamp()"""


class Relay:
    """Publishes what the journal holds after its mark.

    Only the holder of a session advisory lock publishes, on the connection that also keeps the mark: when that connection is
    lost the lock is too, and the relay stops before it can write a mark. What it had sent and not marked is sent again by the
    next one, in the same order: consumers drop what is at or below their mark, so a second copy has no effect. That holds as
    long as whatever a relay leaves in a partition when it stops has no hole.
    """

    def __init__(self, database: Database, journal: Journal, publication: Publication, bootstrap: str) -> None:
        self._database = database
        self._journal = journal
        self._publication = publication
        self._bootstrap = bootstrap
        self.published = 0
        self.mark: Cursor = ORIGIN

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until `stop`; a broker or a database that goes away is waited for."""
        while not stop.is_set():
            try:
                async with self._database.pool.acquire() as lock:
                    if await lock.fetchval("select pg_try_advisory_lock($1)", _LOCK):
                        try:
                            await self._lead(lock, stop)
                        finally:
                            with contextlib.suppress(asyncpg.PostgresError, *LOST):
                                await lock.execute("select pg_advisory_unlock($1)", _LOCK)
            except (KafkaError, asyncpg.PostgresError, *LOST, TimeoutError) as lost:
                log.warning("relay-interrupted", topic=self._publication.topic, error=type(lost).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _STANDBY_SECONDS)

    async def _lead(self, lock: Any, stop: asyncio.Event) -> None:
        """Publish while the lock is held. A producer lives as long as nothing fails: it is never used after a fatal error."""
        topic = self._publication.topic
        row = await lock.fetchrow(_LOAD_MARK, topic)
        self.mark = Cursor(*row) if row else ORIGIN
        await self._ensure_topic()
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, enable_idempotence=True, acks="all", max_batch_size=262_144, linger_ms=0
        )
        await producer.start()
        try:
            while not stop.is_set():
                events = await next_events(self._journal, self.mark, limit=_BATCH, timeout=_READ_SECONDS)
                if events:
                    await self._publish(producer, events)
                    self.mark = events[-1].cursor
                    await lock.execute(_SAVE_MARK, topic, *self.mark)
        finally:
            with contextlib.suppress(KafkaError):
                await producer.stop()

    async def _ensure_topic(self) -> None:
        """The topic, with twelve partitions and never compacted; not left to the broker's defaults, which may be others."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await admin.start()
        try:
            replication = min(3, len(admin._client.cluster.brokers()))  # noqa: SLF001 (the admin client does not say it)
            topic = NewTopic(
                self._publication.topic, PARTITIONS, replication, topic_configs={"cleanup.policy": "delete"}
            )
            with contextlib.suppress(TopicAlreadyExistsError):
                await admin.create_topics([topic])
        finally:
            await admin.close()

    async def _publish(self, producer: AIOKafkaProducer, events: list[RecordedEvent]) -> None:
        """Send each partition its events in order, then how far the journal is read; wait for every acknowledgement."""
        reached = events[-1].cursor
        due: dict[int, list[_Message]] = {partition: [] for partition in range(PARTITIONS)}
        last = dict.fromkeys(due, self.mark)
        for recorded in events:
            event = self._publication.published(recorded)
            if event is not None:
                partition = partition_of(event.subject)
                due[partition].append((event.subject.encode(), msgspec.json.encode(event), following(last[partition])))
                last[partition] = recorded.cursor
        published = sum(map(len, due.values()))
        for partition, cursor in last.items():
            if cursor < reached:
                due[partition].append((None, b"", watermark(reached) + following(cursor)))
        await asyncio.gather(*(self._send(producer, partition, messages) for partition, messages in due.items()))
        self.published += published

    async def _send(self, producer: AIOKafkaProducer, partition: int, messages: list[_Message]) -> None:
        """The messages of one partition, in order: a batch leaves once the one before it is acknowledged. One that is refused
        is never overtaken: what came after it in the topic would be taken first, and itself, sent again, for a repeat."""
        topic = self._publication.topic
        batch = producer.create_batch()
        for key, value, headers in messages:
            if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                await (await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(timestamp=None, key=key, value=value, headers=headers)
        await (await producer.send_batch(batch, topic, partition=partition))
