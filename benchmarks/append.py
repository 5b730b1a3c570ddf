"""Appending to the journal, against a bare asyncpg insert of the same bytes with the same concurrency.

Setting: 16 writers on one PostgreSQL cluster (fsync on), new streams, events of 300 bytes; decisions of one event and of ten.
The baseline is `pool.execute("insert …")` of the same columns into a table with a primary key and nothing else: no stream
head, no version check, no index by stream. Both use a pool of 16 connections, and both runs alternate, five times.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import uvloop

from benchmarks.report import median, report
from services.chassis.database import Database, plain
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append, NewEvent, StreamHead
from services.chassis.journal.wakeup import LocalWakeup
from services.chassis.migration import CHASSIS, migrate

WRITERS = 16
DECISIONS = 4_000
ROUNDS = 5

BARE = """
    create table bare (position bigint generated always as identity primary key, stream text, version integer, id uuid,
      type text, schema smallint, recorded_at timestamptz, data bytea, sealed bytea, metadata bytea, hash bytea)"""
INSERT = """
    insert into bare (stream, version, id, type, schema, recorded_at, data, sealed, metadata, hash)
    select * from unnest($1::text[], $2::integer[], $3::uuid[], $4::text[], $5::smallint[], $6::timestamptz[],
                         $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[])"""
_numbers = itertools.count()


def events(count: int) -> tuple[NewEvent, ...]:
    """Fresh events of the size of a usual decision."""
    now = datetime.now(UTC)
    return tuple(NewEvent(uuid4(), "demande_modifiee", 1, b"x" * 200, b"", b"y" * 100, now) for _ in range(count))


async def timed(decide: Callable[[], Awaitable[object]]) -> float:
    """Decisions per second, WRITERS at once."""

    async def writer() -> None:
        for _ in range(DECISIONS // WRITERS):
            await decide()

    start = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return DECISIONS / (time.perf_counter() - start)


async def measure(dsn: str, size: int) -> None:
    database = await Database.open(dsn, application_name="bench", journal_size=WRITERS)
    journal = PostgresJournal(database, LocalWakeup())
    bare = await asyncpg.create_pool(plain(dsn), min_size=WRITERS, max_size=WRITERS)

    async def append() -> None:
        await journal.append([Append(StreamHead(f"demande-{uuid4()}"), events(size))])

    async def insert() -> None:
        stream = f"demande-{uuid4()}"
        rows = [
            (stream, version, e.id, e.type, e.schema, e.recorded_at, e.data, e.sealed, e.metadata, bytes(32))
            for version, e in enumerate(events(size), start=1)
        ]
        await bare.execute(INSERT, *map(list, zip(*rows, strict=True)))

    await timed(append), await timed(insert)
    runs = [(await timed(append), await timed(insert)) for _ in range(ROUNDS)]
    await bare.close()
    await database.close()
    ours, theirs = median([run[0] for run in runs]), median([run[1] for run in runs])
    print(f"decisions of {size} event(s): journal {ours:,.0f}/s, bare insert {theirs:,.0f}/s")
    report(
        f"append-{size}",
        n=DECISIONS * ROUNDS,
        value=ours * size,
        unit="events/s",
        baseline="asyncpg pool.execute(insert), same bytes, same concurrency",
        ratio=median([run[0] / run[1] for run in runs]),
    )


async def main() -> None:
    print(__doc__)
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as postgres:
        postgres.create_database("bench")
        await migrate(postgres.dsn("bench"), (CHASSIS / "versions",))
        connection = await asyncpg.connect(postgres.plain_dsn("bench"))
        await connection.execute(BARE)
        await connection.close()
        for size in (10, 1):
            await measure(postgres.dsn("bench"), size)


if __name__ == "__main__":
    uvloop.run(main())
