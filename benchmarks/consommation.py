"""A consumer: thin events taken a second, with offsets, de-duplication and one upsert each in PostgreSQL.

Setting: 20,000 registrations in the register's journal; `logis demande api` in a process of its own serves the feed; one
`Consumer` with a database of its own upserts one row an event, set-based, and moves its marks in the transaction of each batch;
from its start to its last commit. `--kafka`: through a real broker, the topic filled by the relay before, the mark already past
the feed. The baseline, in the same run, is the same upsert of the same rows by asyncpg alone, as many rows a transaction.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import uvloop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.journal import PUBLICATION, Source, fill
from benchmarks.relais import relayed
from benchmarks.report import report
from contracts.enveloppe import RawCloudEvent
from services.chassis.consumption.consumer import Consumer
from services.chassis.database import Database
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.migration import CHASSIS, migrate
from services.chassis.transport.feed import FeedClient, FeedSubscription
from services.chassis.transport.kafka import KafkaSubscription
from services.chassis.transport.membership import Membership
from services.chassis.transport.partition import PARTITIONS
from services.chassis.transport.port import Record, Subscription

EVENTS = 20_000
_LONGEST_SECONDS = 300
_TABLE = "create table {} (demande uuid primary key, evenement text not null, type text not null)"
_UPSERT = """
    insert into {} (demande, evenement, type)
    select * from unnest(cast({} as uuid[]), cast({} as text[]), cast({} as text[]))
    on conflict (demande) do update set evenement = excluded.evenement, type = excluded.type"""
_OURS = text(_UPSERT.format("pris", ":demandes", ":evenements", ":types"))
_BARE = _UPSERT.format("temoin", "$1", "$2", "$3")
_PLACE_ALL = """
    insert into consumer_mark (consumer, source, "partition", epoch, xid, position, "offset", events, checksum)
    select 'banc', 'demande', p, 0, 0, 0, 0, 0, 0 from generate_series(0, $1 - 1) p"""


class Upserts:
    """The handler: one row an event. sizes: of the batches that it was given."""

    name = "banc"

    def __init__(self, expected: int) -> None:
        self.sizes: list[int] = []
        self.rows: list[tuple[UUID, str, str]] = []
        self._left = expected
        self.last = asyncio.Event()

    def takes(self, event: RawCloudEvent) -> bool:
        """Every one."""
        del event
        return True

    async def prepare(self, records: Sequence[Record]) -> None:
        """Nothing from outside."""

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        del prepared
        rows = [(UUID(r.event.subject), r.event.id, r.event.type) for r in records]
        demandes, evenements, types = map(list, zip(*rows, strict=True))
        await connection.execute(_OURS, {"demandes": demandes, "evenements": evenements, "types": types})
        self.sizes.append(len(rows))
        self.rows += rows
        self._left -= len(rows)

    def committed(self) -> None:
        """A batch is committed."""
        if self._left <= 0:
            self.last.set()


async def consumed(database: Database, subscription: Subscription, handler: Upserts) -> float:
    """Seconds from the start of the consumer to its last commit."""
    consumer = Consumer(database.engine, "demande", handler, subscription, woken=handler.committed)
    stop, start = asyncio.Event(), time.perf_counter()
    running = asyncio.create_task(consumer.run(stop))
    async with asyncio.timeout(_LONGEST_SECONDS):
        await handler.last.wait()
    spent = time.perf_counter() - start
    stop.set()
    await running
    return spent


async def upserted(connection: asyncpg.Connection, handler: Upserts) -> float:
    """Seconds to upsert the same rows by the same batches, and nothing else."""
    start, first = time.perf_counter(), 0
    for size in handler.sizes:
        columns = map(list, zip(*handler.rows[first : first + size], strict=True))
        await connection.execute(_BARE, *columns)
        first += size
    return time.perf_counter() - start


async def measure(source: Source, http: httpx.AsyncClient, broker: KafkaBroker | None) -> None:
    """Run the setting and print the figure."""
    dsn = source.postgres.dsn("banc")
    await migrate(dsn, (CHASSIS / "versions",))
    bare = await asyncpg.connect(source.postgres.plain_dsn("banc"))
    for table in ("pris", "temoin"):
        await bare.execute(_TABLE.format(table))
    feed = FeedClient("demande", http)
    subscription: Subscription
    if broker is None:
        subscription = FeedSubscription(feed, Membership(dsn, "banc", "demande"))
    else:
        await relayed(source, broker)
        await bare.execute(_PLACE_ALL, PARTITIONS)
        subscription = KafkaSubscription("demande", PUBLICATION.topic, "banc", broker.bootstrap, feed)
    database, handler = await Database.open(dsn, application_name="banc"), Upserts(source.events)
    async with http:
        spent = await consumed(database, subscription, handler)
    alone = await upserted(bare, handler)
    await database.close()
    await bare.close()
    transport = "kafka" if broker else "feed"
    rate = source.events / spent
    print(
        f"{transport}: {rate:,.0f} events/s by batches of {max(handler.sizes)}; bare upsert {source.events / alone:,.0f}/s"
    )
    report(
        f"consommation-{transport}",
        n=source.events,
        value=rate,
        unit="events/s",
        baseline="asyncpg, the same upsert of the same rows, same batches",
        ratio=alone / spent,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=EVENTS)
    parser.add_argument("--kafka", action="store_true")
    options = parser.parse_args()
    print(__doc__)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="logis-consommation-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "pg"))
        broker = stack.enter_context(KafkaBroker(folder / "kafka")) if options.kafka else None
        postgres.create_database("banc")
        source = fill(postgres, folder, options.n)
        uvloop.run(measure(source, stack.enter_context(source.served()), broker))


if __name__ == "__main__":
    main()
