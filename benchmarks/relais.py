"""The relay: events published a second from the journal to Kafka, against a bare producer of the same bytes.

Setting: 20,000 registrations, sealed, in the register's journal, one broker (KRaft) on the same machine; from the start of the
relay (lock taken, topic made) to its last mark. The baseline, in the same run, is aiokafka's producer with the same settings
sending the same keys and values to the same partitions, by as many before it waits for the acknowledgements: nothing read,
derived nor marked.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import msgspec
import uvloop
from aiokafka import AIOKafkaProducer

from benchmarks.journal import PUBLICATION, Source, fill
from benchmarks.report import report
from contracts.enveloppe import CloudEvent
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.journal.cursor import ORIGIN
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.publication.relay import Relay
from services.chassis.transport.partition import partition_of

EVENTS = 20_000
BATCH = 2_000
"""Events sent before the acknowledgements are waited for: those of the relay."""

_LONGEST_SECONDS = 300


async def relayed(source: Source, broker: KafkaBroker) -> float:
    """Events a second, from the journal to the acknowledgements."""
    async with source.journal() as (database, journal):
        relay, stop = Relay(database, journal, PUBLICATION, broker.bootstrap), asyncio.Event()
        start = time.perf_counter()
        running = asyncio.create_task(relay.run(stop))
        async with asyncio.timeout(_LONGEST_SECONDS):
            while relay.published < source.events:  # noqa: ASYNC110 (the relay tells nobody)
                await asyncio.sleep(0.005)
        spent = time.perf_counter() - start
        stop.set()
        await running
    return source.events / spent


async def published(journal: PostgresJournal) -> list[CloudEvent]:
    """What the relay sends, in order."""
    found, cursor = [], ORIGIN
    while recorded := await journal.read(cursor, BATCH):
        found += [event for one in recorded if (event := PUBLICATION.published(one)) is not None]
        cursor = recorded[-1].cursor
    return found


async def produced(broker: KafkaBroker, events: list[CloudEvent]) -> float:
    """Events a second, by the producer alone."""
    topic = "temoin"
    await broker.create_topic(topic)
    messages = [(event.subject.encode(), msgspec.json.encode(event), partition_of(event.subject)) for event in events]
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, enable_idempotence=True, acks="all", max_batch_size=262_144, linger_ms=0
    )
    start = time.perf_counter()
    await producer.start()
    for first in range(0, len(messages), BATCH):
        page = messages[first : first + BATCH]
        sent = [await producer.send(topic, key=key, value=value, partition=p) for key, value, p in page]
        await asyncio.gather(*sent)
    spent = time.perf_counter() - start
    await producer.stop()
    return len(events) / spent


async def measure(source: Source, broker: KafkaBroker) -> None:
    """Run the setting and print the figure."""
    async with source.journal() as (_, journal):
        events = await published(journal)
    theirs = await produced(broker, events)
    ours = await relayed(source, broker)
    print(f"relay {ours:,.0f} events/s, bare producer {theirs:,.0f} messages/s")
    report(
        "relais",
        n=source.events,
        value=ours,
        unit="events/s",
        baseline="aiokafka producer of the same bytes, same settings",
        ratio=ours / theirs,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=EVENTS)
    options = parser.parse_args()
    print(__doc__)
    with (
        tempfile.TemporaryDirectory(prefix="logis-relais-") as folder,
        EmbeddedPostgres(Path(folder) / "pg") as postgres,
        KafkaBroker(Path(folder) / "kafka") as broker,
    ):
        uvloop.run(measure(fill(postgres, Path(folder), options.n), broker))


if __name__ == "__main__":
    main()
