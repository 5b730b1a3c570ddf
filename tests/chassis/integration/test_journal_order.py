"""The order of the journal: whatever the interleaving of writers, no reader skips an event, each stream in its order.

Interleavings are driven, one connection per writer, never slept for. Each rule is shown to matter: the last tests take it
away and see the fault that it prevents.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from services.chassis.database import Database, plain
from services.chassis.journal import postgres as adapter
from services.chassis.journal.chain import link
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.journal.port import OlderTransaction
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append, RecordedEvent, StreamHead
from services.chassis.journal.wakeup import LocalWakeup
from tests.chassis.integration.conftest import an_event


class Reader:
    """Follows the journal as a consumer does, and remembers what it saw."""

    def __init__(self, journal: PostgresJournal) -> None:
        self.journal = journal
        self.cursor = ORIGIN
        self.seen: list[RecordedEvent] = []

    async def read(self) -> list[str]:
        read = await self.journal.read(self.cursor, 1000)
        if read:
            self.cursor = read[-1].cursor
            self.seen += read
        return [recorded.stream for recorded in read]

    async def read_all(self, count: int) -> list[str]:
        """What `count` events there are to read: transactions of other tests on the cluster may hold them back a moment."""
        got: list[str] = []
        for _ in range(500):
            got += await self.read()
            if len(got) >= count:
                break
            await asyncio.sleep(0.01)
        return got


class Writer:
    """One open transaction, driven step by step."""

    def __init__(self, journal: PostgresJournal) -> None:
        self._context = journal.transaction()

    async def begin(self) -> "Writer":
        self.transaction = await self._context.__aenter__()
        return self

    async def append(self, stream: str) -> None:
        head = (await self.transaction.load(stream)).head
        await self.transaction.append([Append(head, (an_event(),))])

    async def commit(self) -> None:
        await self._context.__aexit__(None, None, None)

    async def rollback(self) -> None:
        assert not await self._context.__aexit__(RuntimeError, RuntimeError("rollback"), None)


async def test_an_event_committed_late_is_not_skipped(postgres_journal: PostgresJournal) -> None:
    reader = Reader(postgres_journal)
    first = await Writer(postgres_journal).begin()
    await first.append("a")
    second = await Writer(postgres_journal).begin()
    await second.append("b")
    await second.commit()
    assert await reader.read() == []  # b waits for a, written by an older transaction
    await first.commit()
    assert await reader.read_all(2) == ["a", "b"]


async def test_a_rolled_back_transaction_holds_nothing_back_for_long(postgres_journal: PostgresJournal) -> None:
    reader = Reader(postgres_journal)
    first = await Writer(postgres_journal).begin()
    await first.append("a")
    second = await Writer(postgres_journal).begin()
    await second.append("b")
    await second.commit()
    assert await reader.read() == []
    await first.rollback()
    assert await reader.read_all(1) == ["b"]


async def test_a_long_transaction_of_another_database_holds_readers_back_and_loses_nothing(
    postgres_journal: PostgresJournal, new_database: Callable[[], object]
) -> None:
    reader = Reader(postgres_journal)
    elsewhere = await asyncpg.connect(plain(new_database().dsn))  # type: ignore[attr-defined]
    long = elsewhere.transaction()
    await long.start()
    await elsewhere.execute("create table longue (n int)")
    await postgres_journal.append([Append(StreamHead("a"), (an_event(),))])
    assert await reader.read() == []
    await long.rollback()
    assert await reader.read_all(1) == ["a"]
    await elsewhere.close()


STEPS = sorted(
    set(itertools.permutations([0, 0, 1, 1, 2, 2])),
)


@pytest.mark.parametrize("ends", list(itertools.product(["commit", "rollback"], repeat=3)))
async def test_three_writers_and_two_readers_in_every_interleaving(
    postgres_journal: PostgresJournal, ends: tuple[str, ...]
) -> None:
    """Each writer appends, then ends; the 90 orders of the six steps, two readers reading after every step."""
    readers = [Reader(postgres_journal), Reader(postgres_journal)]
    expected: set[str] = set()
    for number, order in enumerate(STEPS):
        writers: dict[int, Writer] = {}
        for step, who in enumerate(order):
            if who not in writers:
                writers[who] = await Writer(postgres_journal).begin()
                await writers[who].append(f"{number}-{who}")
            else:
                await getattr(writers[who], ends[who])()
                if ends[who] == "commit":
                    expected.add(f"{number}-{who}")
            await readers[step % 2].read()
    for reader in readers:
        await reader.read_all(len(expected) - len(reader.seen))
        streams = [recorded.stream for recorded in reader.seen]
        assert len(streams) == len(set(streams))
        assert set(streams) == expected


async def test_an_older_transaction_may_not_append_after_a_younger_one(postgres_journal: PostgresJournal) -> None:
    await postgres_journal.append([Append(StreamHead("partage"), (an_event(),))])
    old = await Writer(postgres_journal).begin()
    await old.append("autre")  # takes its transaction identifier
    young = await Writer(postgres_journal).begin()
    await young.append("partage")
    await young.commit()
    with pytest.raises(OlderTransaction):
        await old.append("partage")
    with pytest.raises(OlderTransaction):
        await old.commit()  # a caller that swallowed the refusal does not believe that it wrote
    reader = Reader(postgres_journal)
    await reader.read_all(2)
    assert [(recorded.stream, recorded.version) for recorded in reader.seen] == [("partage", 1), ("partage", 2)]


async def test_without_the_refusal_a_stream_would_be_read_out_of_order(
    postgres_journal: PostgresJournal, database_: Database
) -> None:
    """The rule removed: journal_append rewritten without its comparison of transactions."""
    source = await database_.pool.fetchval("select pg_get_functiondef('journal_append'::regproc)")
    guard = "and (h.epoch, h.xid) <= (journal_append.epoch, journal_append.xid)"
    assert guard in source
    await database_.pool.execute(source.replace(guard, ""))
    await postgres_journal.append([Append(StreamHead("partage"), (an_event(),))])
    old = await Writer(postgres_journal).begin()
    await old.append("autre")
    young = await Writer(postgres_journal).begin()
    await young.append("partage")
    await young.commit()
    await old.append("partage")
    await old.commit()
    reader = Reader(postgres_journal)
    await reader.read_all(4)
    assert [recorded.version for recorded in reader.seen if recorded.stream == "partage"] == [1, 3, 2]


async def test_without_the_horizon_a_late_commit_would_be_skipped(
    postgres_journal: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule removed: reading whatever is committed."""
    horizon = (
        "and (e.epoch, e.xid) < ((select max(number) from journal_epoch), pg_snapshot_xmin(pg_current_snapshot()))"
    )
    assert horizon in adapter._READ
    monkeypatch.setattr(adapter, "_READ", adapter._READ.replace(horizon, ""))
    reader = Reader(postgres_journal)
    first = await Writer(postgres_journal).begin()
    await first.append("a")
    second = await Writer(postgres_journal).begin()
    await second.append("b")
    await second.commit()
    assert await reader.read() == ["b"]
    await first.commit()
    assert await reader.read() == []  # a is lost to this reader for ever


async def _write_at_random(journal: PostgresJournal, streams: int, decisions: int, seed: int) -> int:
    """Decisions on shared streams, one to twenty events each, one in ten rolled back; returns what was committed."""
    dice = random.Random(seed)
    written = 0
    while decisions:
        decisions -= 1
        names = sorted(dice.sample(range(streams), dice.choice((1, 1, 1, 2))))
        count = dice.choice((1, 1, 2, 20))
        try:
            async with journal.transaction() as transaction:
                heads = [(await transaction.load(f"s-{name}-{seed % 4}-{dice.randrange(500)}")).head for name in names]
                await transaction.append([Append(head, tuple(an_event() for _ in range(count))) for head in heads])
                if dice.random() < 0.1:
                    raise ZeroDivisionError
        except (adapter.StreamMoved, OlderTransaction, ZeroDivisionError):
            continue
        written += count * len(names)
    return written


async def _follow(reader: Reader, done: asyncio.Event) -> None:
    while not done.is_set():
        await reader.read()


async def test_a_random_run_loses_and_reorders_nothing(
    open_database: Callable[..., Awaitable[Database]], request: pytest.FixtureRequest
) -> None:
    """Twelve writers, two readers, some thousands of events; test_journal_random.py goes up to a million."""
    database = await open_database(size=14, journal_size=4)
    journal = PostgresJournal(database, LocalWakeup())
    readers, done = [Reader(journal), Reader(journal)], asyncio.Event()
    following = [asyncio.create_task(_follow(reader, done)) for reader in readers]
    counts = await asyncio.gather(*(_write_at_random(journal, 40, 60, seed) for seed in range(12)))
    done.set()
    await asyncio.gather(*following)
    for reader in readers:
        await reader.read_all(sum(counts) - len(reader.seen))
        assert len(reader.seen) == sum(counts)
        assert_complete(reader.seen)


def assert_complete(seen: list[RecordedEvent]) -> None:
    """Cursors rise strictly; each stream comes as 1, 2, 3… with its hash chain whole."""
    assert all(one.cursor < two.cursor for one, two in itertools.pairwise(seen))
    ends: dict[str, tuple[int, bytes]] = {}
    for recorded in seen:
        version, previous = ends.get(recorded.stream, (0, bytes(32)))
        assert recorded.version == version + 1
        assert recorded.hash == link(previous, recorded.stream, recorded.version, recorded.event)
        ends[recorded.stream] = (recorded.version, recorded.hash)


async def test_two_appends_over_the_same_streams_do_not_deadlock(postgres_journal: PostgresJournal) -> None:
    await postgres_journal.append([Append(StreamHead(s), (an_event(),)) for s in ("a", "b")])

    async def both(order: tuple[str, str]) -> bool:
        async with postgres_journal.transaction() as transaction:
            heads = [(await transaction.load(stream)).head for stream in order]
            await transaction.append([Append(head, (an_event(),)) for head in heads])
        return True

    results = await asyncio.gather(
        *(both(("a", "b") if n % 2 else ("b", "a")) for n in range(8)), return_exceptions=True
    )
    assert any(result is True for result in results)
    assert all(result is True or isinstance(result, adapter.StreamMoved | OlderTransaction) for result in results)


async def test_the_cursor_is_read_as_a_row(postgres_journal: PostgresJournal) -> None:
    for n in range(3):
        await postgres_journal.append([Append(StreamHead(f"s{n}"), (an_event(), an_event()))])
    reader = Reader(postgres_journal)
    await reader.read_all(6)
    read = reader.seen
    for index, recorded in enumerate(read):
        after = await postgres_journal.read(recorded.cursor, 10)
        assert [r.cursor for r in after] == [r.cursor for r in read[index + 1 :]]
    epoch, xid, _ = read[-1].cursor
    assert await postgres_journal.read(Cursor(epoch + 1, 0, 0), 10) == []
    assert await postgres_journal.read(Cursor(epoch, xid + 1, 0), 10) == []
