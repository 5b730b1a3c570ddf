"""A random run: three writers that meet, roll back and hold transactions open; two readers that check every event they see."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from services.chassis.database import Database
from services.chassis.journal import postgres as adapter
from services.chassis.journal.chain import link
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.journal.following import next_events
from services.chassis.journal.port import OlderTransaction
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append
from services.chassis.journal.wakeup import LocalWakeup
from tests.chassis.integration.conftest import an_event

STREAMS = 300
WRITERS = 3
_SIZES = (1, 1, 2, 20, 100)
_HELD_DECISIONS = 15


@dataclass
class Run:
    """What the writers did. events, decisions: committed; outcomes: how each decision ended."""

    journal: PostgresJournal
    target: int
    events: int = 0
    decisions: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    async def write(self, dice: random.Random) -> None:
        """Decisions on streams that the writers share: one in ten rolled back, one in forty held open while others commit."""
        while self.events < self.target:
            names = sorted({f"s-{dice.randrange(STREAMS)}" for _ in range(dice.choice((1, 1, 2, 3)))})
            size = dice.choice(_SIZES)
            try:
                async with self.journal.transaction() as transaction:
                    for together in (names[:1], names[1:]):  # two appends: the second by a transaction that may be old
                        heads = await transaction.heads(together)
                        appends = [Append(heads[name], tuple(an_event() for _ in range(size))) for name in together]
                        if appends:
                            await transaction.append(appends)
                        if dice.random() < 0.0125:
                            await self._hold()
                    if dice.random() < 0.1:
                        raise ZeroDivisionError
            except (adapter.StreamMoved, OlderTransaction, ZeroDivisionError) as refused:
                self.outcomes[type(refused).__name__] += 1
                continue
            self.events += size * len(names)
            self.decisions += 1

    async def _hold(self) -> None:
        """Until others have committed: their events wait for ours. Others may all be held too, or blocked by our streams."""
        self.outcomes["held"] += 1
        until = self.decisions + _HELD_DECISIONS
        for _ in range(200):
            if self.decisions >= until:
                break
            await asyncio.sleep(0.001)


@dataclass
class CheckingReader:
    """Follows the journal and keeps the end of each stream only. Raises AssertionError at the first event out of order."""

    journal: PostgresJournal
    cursor: Cursor = ORIGIN
    count: int = 0
    ends: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    async def follow(self, done: asyncio.Event, run: Run) -> None:
        """Until the writers are done and everything was read, or nothing comes any more."""
        last = time.monotonic()
        while not (done.is_set() and (self.count >= run.events or time.monotonic() - last > 30)):
            for recorded in await next_events(self.journal, self.cursor, limit=2_000, timeout=0.2):
                assert recorded.cursor > self.cursor
                version, previous = self.ends.get(recorded.stream, (0, bytes(32)))
                assert recorded.version == version + 1, f"{recorded.stream}: {recorded.version} after {version}"
                assert recorded.hash == link(previous, recorded.stream, recorded.version, recorded.event)
                self.ends[recorded.stream] = (recorded.version, recorded.hash)
                self.cursor = recorded.cursor
                self.count += 1
                last = time.monotonic()


async def _run(open_database: Callable[..., Awaitable[Database]], target: int, seed: int) -> Run:
    database = await open_database(size=WRITERS + 1, journal_size=4)
    journal = PostgresJournal(database, LocalWakeup())
    run, done, start = Run(journal, target), asyncio.Event(), time.monotonic()
    readers = [CheckingReader(journal), CheckingReader(journal)]
    following = [asyncio.create_task(reader.follow(done, run)) for reader in readers]
    await asyncio.gather(*(run.write(random.Random(f"{seed}-{n}")) for n in range(WRITERS)))
    done.set()
    await asyncio.gather(*following)
    heads = {r["stream"]: (r["version"], r["hash"]) for r in await database.pool.fetch("select * from stream_head")}
    for reader in readers:
        assert reader.count == run.events
        assert reader.ends == heads
    seconds = time.monotonic() - start
    print(f"{run.events} events, {run.decisions} decisions in {seconds:.0f} s; {dict(run.outcomes)}; seed {seed}")
    return run


async def test_twenty_thousand_events_at_random(open_database: Callable[..., Awaitable[Database]], graine: int) -> None:
    run = await _run(open_database, 20_000, graine)
    assert run.outcomes["held"]
    assert run.outcomes["ZeroDivisionError"]


@pytest.mark.long
async def test_a_million_events_at_random(open_database: Callable[..., Awaitable[Database]], graine: int) -> None:
    run = await _run(open_database, 1_000_000, graine)
    assert min(run.outcomes[name] for name in ("held", "ZeroDivisionError", "OlderTransaction", "StreamMoved")) > 0
