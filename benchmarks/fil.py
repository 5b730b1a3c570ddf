"""The feed: published events read over HTTP a second, against a bare SELECT of the same events in journal order.

Setting: 20,000 registrations, sealed, in the register's journal; `logis demande api` in a process of its own; one reader asks
pages of 1,000 as a consumer does (token checked, events derived and encoded, all partitions), and decodes them. The baseline,
in the same run, is one asyncpg connection that selects the same rows by pages of 1,000: nothing derived, nothing sent over
HTTP. Three readings of each, alternating.
"""

import argparse
import tempfile
import time
from pathlib import Path

import uvloop

from benchmarks.journal import Source, fill
from benchmarks.report import median, report
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.journal.cursor import ORIGIN
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.transport.feed import FeedClient
from services.chassis.transport.partition import PARTITIONS

EVENTS = 20_000
PAGE = 1_000
ROUNDS = 3
_ALL = frozenset(range(PARTITIONS))


async def over_http(client: FeedClient) -> float:
    """Events a second, read from the first to the last."""
    cursor, count, start = ORIGIN, 0, time.perf_counter()
    while True:
        events, cursor = await client.read(cursor, timeout=0, partitions=_ALL, limit=PAGE)
        if not events:
            return count / (time.perf_counter() - start)
        count += len(events)


async def selected(journal: PostgresJournal) -> float:
    """Rows a second, in the same order, by pages as long."""
    cursor, count, start = ORIGIN, 0, time.perf_counter()
    while rows := await journal.read(cursor, PAGE):
        cursor, count = rows[-1].cursor, count + len(rows)
    return count / (time.perf_counter() - start)


async def measure(source: Source) -> None:
    """Run the setting and print the figure."""
    with source.served() as http:
        async with http, source.journal() as (_, journal):
            client = FeedClient("demande", http)
            runs = [(await over_http(client), await selected(journal)) for _ in range(ROUNDS + 1)][1:]
    ours, theirs = median([run[0] for run in runs]), median([run[1] for run in runs])
    print(f"feed {ours:,.0f} events/s, bare select {theirs:,.0f} rows/s")
    report(
        "fil",
        n=source.events,
        value=ours,
        unit="events/s",
        baseline="asyncpg select of the same rows in journal order, same pages",
        ratio=median([run[0] / run[1] for run in runs]),
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=EVENTS)
    options = parser.parse_args()
    print(__doc__)
    with tempfile.TemporaryDirectory(prefix="logis-fil-") as folder, EmbeddedPostgres(Path(folder) / "pg") as postgres:
        uvloop.run(measure(fill(postgres, Path(folder), options.n)))


if __name__ == "__main__":
    main()
