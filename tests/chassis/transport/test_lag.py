"""How far behind a topic a consumer is, from its marks and the broker."""

from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaProducer

from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.journal.cursor import Cursor
from services.chassis.transport.lag import KafkaLag, Pending
from services.chassis.transport.port import Mark


async def test_the_messages_after_the_offsets_are_pending_since_the_first_of_them(
    kafka: KafkaBroker, topic: str
) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=5)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    for minute in range(4):
        at = begun + timedelta(minutes=minute)
        await producer.send_and_wait(topic, b"{}", partition=minute % 2, timestamp_ms=int(at.timestamp() * 1000))
    await producer.stop()
    lag = KafkaLag(topic, kafka.bootstrap)
    try:
        never = await lag.pending({})
        behind = await lag.pending({0: Mark(Cursor(1, 1, 1), 2), 1: Mark(Cursor(1, 1, 1), 1)})
        none = await lag.pending({0: Mark(Cursor(1, 1, 1), 2), 1: Mark(Cursor(1, 1, 1), 2)})
    finally:
        await lag.close()

    assert never.events == 4
    assert never.oldest is not None
    assert abs(never.oldest - begun) < timedelta(seconds=1)
    assert behind.events == 1
    assert behind.oldest is not None
    assert abs(behind.oldest - begun - timedelta(minutes=3)) < timedelta(seconds=1)
    assert none == Pending()
