"""What every journal promises, in memory as in PostgreSQL."""

import asyncio

import pytest

from services.chassis.journal.chain import breaks
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.journal.following import next_events
from services.chassis.journal.port import Journal, StreamMoved
from services.chassis.journal.records import Append, RecordedEvent, StreamHead
from tests.chassis.integration.conftest import an_event


async def _read(journal: Journal, count: int, after: Cursor = ORIGIN) -> list[RecordedEvent]:
    """The events after the cursor, `count` of them: transactions of other tests may hold them back a moment."""
    for _ in range(500):
        read = await journal.read(after, 1000)
        if len(read) >= count:
            break
        await asyncio.sleep(0.01)
    return read


async def test_what_is_appended_is_loaded_in_order(journal: Journal) -> None:
    events = (an_event("un"), an_event("deux"))
    async with journal.transaction() as transaction:
        await transaction.append([Append((await transaction.load("a")).head, events)])
    async with journal.transaction() as transaction:
        loaded = await transaction.load("a")
    assert tuple(recorded.event for recorded in loaded.events) == events
    assert [recorded.version for recorded in loaded.events] == [1, 2]
    assert loaded.head == StreamHead("a", 2, loaded.events[-1].hash)


async def test_a_stream_never_written_is_at_version_zero(journal: Journal) -> None:
    async with journal.transaction() as transaction:
        assert (await transaction.load("rien")).head == StreamHead("rien")


async def test_the_ends_of_many_streams_are_known_without_their_events(journal: Journal) -> None:
    await journal.append([Append(StreamHead("a"), (an_event(), an_event()))])
    async with journal.transaction() as transaction:
        heads = await transaction.heads(["a", "b"])
        assert heads == {"a": (await transaction.load("a")).head, "b": StreamHead("b")}
        await transaction.append([Append(head, (an_event(),)) for head in heads.values()])
    assert [(r.stream, r.version) for r in await _read(journal, 4)] == [("a", 1), ("a", 2), ("a", 3), ("b", 1)]


async def test_several_streams_are_written_together_or_not_at_all(journal: Journal) -> None:
    await journal.append([Append(StreamHead("a"), (an_event(),))])
    with pytest.raises(StreamMoved):
        await journal.append([Append(StreamHead("b"), (an_event(),)), Append(StreamHead("a"), (an_event(),))])
    assert [recorded.stream for recorded in await _read(journal, 1)] == ["a"]
    await journal.append([Append(StreamHead("b"), (an_event(),)), Append(StreamHead("c"), (an_event(), an_event()))])
    assert [recorded.stream for recorded in await _read(journal, 4)] == ["a", "b", "c", "c"]


async def test_a_decision_on_a_stale_version_is_refused(journal: Journal) -> None:
    async with journal.transaction() as transaction:
        stale = (await transaction.load("a")).head
    await journal.append([Append(stale, (an_event(),))])
    with pytest.raises(StreamMoved, match="version 1"):
        await journal.append([Append(stale, (an_event(),))])


async def test_a_transaction_that_raises_leaves_nothing(journal: Journal) -> None:
    with pytest.raises(RuntimeError, match="exprès"):
        async with journal.transaction() as transaction:
            await transaction.append([Append(StreamHead("a"), (an_event(),))])
            raise RuntimeError("exprès")
    assert await journal.read(ORIGIN, 10) == []


async def test_an_import_that_raises_leaves_nothing(journal: Journal) -> None:
    with pytest.raises(RuntimeError, match="exprès"):
        async with journal.transaction() as transaction:
            await transaction.import_streams([Append(StreamHead("a"), (an_event(),))])
            raise RuntimeError("exprès")
    assert await journal.read(ORIGIN, 10) == []


async def test_an_import_writes_many_streams_in_one_transaction(journal: Journal) -> None:
    appends = [Append(StreamHead(f"i-{n:03}"), (an_event(), an_event())) for n in range(50)]
    async with journal.transaction() as transaction:
        last = await transaction.import_streams(appends)
    read = await _read(journal, 100)
    assert [recorded.stream for recorded in read] == [f"i-{n // 2:03}" for n in range(100)]
    assert read[-1].cursor == last
    async with journal.transaction() as transaction:
        loaded = await transaction.load("i-007")
    assert breaks("i-007", loaded.events, loaded.head) == []


async def test_an_import_refuses_a_stream_that_exists(journal: Journal) -> None:
    await journal.append([Append(StreamHead("a"), (an_event(),))])
    with pytest.raises(StreamMoved):
        async with journal.transaction() as transaction:
            await transaction.import_streams([Append(StreamHead("a"), (an_event(),))])


@pytest.mark.parametrize("appends", [[], [Append(StreamHead("a"), ())], [Append(StreamHead("a"), (an_event(),))] * 2])
async def test_an_append_without_event_or_with_a_stream_twice_is_a_mistake(
    journal: Journal, appends: list[Append]
) -> None:
    with pytest.raises(ValueError, match="stream"):
        await journal.append(appends)


async def test_reading_goes_on_after_the_cursor(journal: Journal) -> None:
    for n in range(7):
        await journal.append([Append(StreamHead(f"s{n}"), (an_event(),))])
    await _read(journal, 7)
    first = await journal.read(ORIGIN, 3)
    rest = await _read(journal, 4, first[-1].cursor)
    assert [recorded.stream for recorded in (*first, *rest)] == [f"s{n}" for n in range(7)]
    assert await journal.read(rest[-1].cursor, 100) == []
    cursors = [recorded.cursor for recorded in (*first, *rest)]
    assert cursors == sorted(set(cursors))


async def test_a_reader_is_woken_by_a_write(journal: Journal) -> None:
    async def write_soon() -> None:
        await asyncio.sleep(0)
        await journal.append([Append(StreamHead("a"), (an_event(),))])

    reading = asyncio.create_task(next_events(journal, ORIGIN, limit=10, timeout=20))
    await write_soon()
    assert len(await asyncio.wait_for(reading, 5)) == 1


async def test_a_reader_gives_up_at_its_timeout(journal: Journal) -> None:
    assert await next_events(journal, ORIGIN, limit=10, timeout=0.05) == []
