"""What only a broker can do to a consumer: die and come back, or take over from the feed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from structlog.testing import capture_logs

from services.chassis.consumption.consumer import Unavailable
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.journal.cursor import ORIGIN
from services.chassis.publication.relay import Relay
from services.chassis.transport.partition import PARTITIONS, partition_of
from services.chassis.transport.port import Mark, Marks
from tests.chassis.transport.conftest import Member, World
from tests.chassis.transport.ledger import assert_each_once_in_order, wait_for_effects
from tests.chassis.transport.source import publication
from tests.chassis.transport.test_conformance import _write


async def test_a_broker_killed_under_load_and_restarted_loses_and_reorders_nothing(
    new_world: Callable[[str], Any], kafka: KafkaBroker
) -> None:
    async with new_world("kafka") as world:
        for name in ("a", "b"):
            (await world.member(name, pause=0.01)).start()
        writing = asyncio.create_task(_write(world, 30, 15))
        await wait_for_effects(world.consumer_dsn, 40, seconds=60)
        await asyncio.to_thread(kafka.kill)
        written_meanwhile = asyncio.create_task(world.source.write("pendant-la-panne", 3))
        await asyncio.to_thread(kafka.start)
        await written_meanwhile
        expected = await writing | {"pendant-la-panne": 3}
        assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 453, seconds=180), expected)


async def test_from_the_feed_over_to_kafka_at_its_cursor_and_back(
    new_world: Callable[[str], Any], kafka: KafkaBroker
) -> None:
    """What the feed gave is in the topic too, from its beginning: it has its effect once all the same."""
    async with new_world("kafka") as world:
        total = 0
        for turn, transport in enumerate(("feed", "kafka", "feed", "kafka"), start=1):
            member = (await world.member(f"m{turn}", transport=transport)).start()
            await _write(world, 10, 3, seed=turn)
            total += 30
            await wait_for_effects(world.consumer_dsn, total, seconds=60)
            await member.end()
            await _write(world, 10, 1, seed=turn)  # for whoever comes next
            total += 10
        (await world.member("dernier", transport="kafka")).start()
        seen = await wait_for_effects(world.consumer_dsn, total, seconds=60)
        assert_each_once_in_order(seen, {f"agregat-{n}": 16 for n in range(10)})


@dataclass
class _AwayOnce:
    """Marks in a database that does not answer, once, when the mark of `partition` is read for what was fetched there."""

    marks: Marks
    partition: int
    was_away: bool = False

    async def load(self, partitions: frozenset[int], *, again: bool = False) -> Mapping[int, Mark]:
        if self.partition in partitions and not again and not self.was_away:
            self.was_away = True
            raise Unavailable("the database has just been killed")
        return await self.marks.load(partitions, again=again)


async def test_what_was_fetched_while_the_database_was_away_is_fetched_again(new_world: Callable[[str], Any]) -> None:
    """After a failure the marks are read again: when a batch has come and that reading fails, nobody has taken it."""
    async with new_world("kafka") as world:
        member = await world.member()
        subscription, marks = member.consumer.subscription, member.consumer.marks
        await world.source.write("a")
        await _over_to_kafka(member, "a")
        await world.source.write("a")
        away = _AwayOnce(marks, partition_of("a"))
        while not away.was_away:
            with contextlib.suppress(Unavailable):
                await subscription.next(away, 1.0)
        await world.source.write("a")
        member.start()
        assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 3, seconds=10), {"a": 3})


async def test_what_the_topic_no_longer_holds_is_read_from_the_feed(
    new_world: Callable[[str], Any], kafka: KafkaBroker
) -> None:
    """A consumer that was away for longer than the topic keeps: the broker would have it go on from what is left."""
    async with new_world("kafka") as world:
        member = await world.member("a")
        await world.source.write("a")
        await _over_to_kafka(member, "a")
        await member.start().end()
        for n in range(2, 5):
            await world.source.write("a")
            while world.relay.published < n:
                await asyncio.sleep(0.02)
            if n == 3:
                await _forget(kafka, TopicPartition(publication(world.region).topic, partition_of("a")))
        (await world.member("b")).start()
        assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 4, seconds=10), {"a": 4})


async def test_nothing_overtakes_in_the_topic_what_the_broker_refused(
    new_world: Callable[[str], Any], kafka: KafkaBroker
) -> None:
    """Events of one aggregate, in two batches, of which the broker takes only the second one, smaller: were it sent, consumers
    would take the first, once it passes, for something that they had."""
    async with new_world("feed") as world:
        topic = TopicPartition(publication(world.region).topic, partition_of("a"))
        await _make(kafka, topic.topic, max_message_bytes=65_536)
        await world.source.write("a", 1_000)  # of about 290 bytes
        relay, stop = (
            Relay(world.source_database, world.journal, publication(world.region), kafka.bootstrap),
            asyncio.Event(),
        )
        with capture_logs() as logs:
            relaying = asyncio.create_task(relay.run(stop))
            while not any(line["event"] == "relay-interrupted" for line in logs):
                await asyncio.sleep(0.02)
            stop.set()
            await relaying
        assert {line["error"] for line in logs} == {"MessageSizeTooLargeError"}
        assert await _end(kafka, topic) == 0


async def test_what_the_topic_lost_is_read_from_the_feed(new_world: Callable[[str], Any], kafka: KafkaBroker) -> None:
    """A broker that comes back without its last records: the relay had sent them, and goes on after them."""
    async with new_world("feed") as world:
        world.broker = kafka
        await world.source.write("a")
        await _relay(world, 1)
        member = await world.member("a", transport="kafka")
        await _over_to_kafka(member, "a")
        await world.source.write("a")
        lost = (await world.journal.read(ORIGIN, 10))[-1].cursor
        await world.source_database.pool.execute("update relay_mark set (epoch, xid, position) = ($1, $2, $3)", *lost)
        await world.source.write("a")
        await _relay(world, 1)
        member.start()
        assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 3, seconds=10), {"a": 3})


async def _relay(world: World, count: int) -> None:
    """A relay, until it has published so many events."""
    relay = Relay(world.source_database, world.journal, publication(world.region), world.broker.bootstrap)
    stop = asyncio.Event()
    running = asyncio.create_task(relay.run(stop))
    while relay.published < count:
        await asyncio.sleep(0.02)
    stop.set()
    await running


async def _over_to_kafka(member: Member, aggregate: str) -> None:
    """Consume by hand until the aggregate's partition was caught up by the feed, then served by the topic."""
    partition, marks = partition_of(aggregate), member.consumer.marks
    while (await marks.load(frozenset({partition})))[partition].offset < 1:
        delivery = await member.consumer.subscription.next(marks, 1.0)
        if delivery is not None:
            await member.consumer.handle(delivery)
            await member.consumer.subscription.committed(delivery)


async def _make(kafka: KafkaBroker, topic: str, *, max_message_bytes: int) -> None:
    """The topic of a relay, made before it, with a limit."""
    made = NewTopic(topic, PARTITIONS, 1, topic_configs={"max.message.bytes": str(max_message_bytes)})
    async with _admin(kafka) as admin:
        await admin.create_topics([made])


async def _forget(kafka: KafkaBroker, place: TopicPartition) -> None:
    """Nothing that the partition holds is kept any longer."""
    async with _admin(kafka) as admin:
        await admin.delete_records({place: RecordsToDelete(before_offset=-1)})


async def _end(kafka: KafkaBroker, place: TopicPartition) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await consumer.start()
    try:
        return int((await consumer.end_offsets([place]))[place])
    finally:
        await consumer.stop()


@contextlib.asynccontextmanager
async def _admin(kafka: KafkaBroker) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
