"""The consumers of one process read a source once."""

import asyncio
from dataclasses import dataclass, field

import msgspec
import pytest

from contracts.enveloppe import RawCloudEvent
from services.chassis.consumption.consumer import Unavailable
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.transport.partition import partition_of
from services.chassis.transport.shared_feed import Page, SharedFeed

SUBJECTS = [f"agregat-{n}" for n in range(30)]


def _event(cursor: Cursor, subject: str) -> RawCloudEvent:
    return RawCloudEvent(
        id=str(cursor), source="/essai", type="fait.arrive.v1", subject=subject, time="2026-11-28T08:00:00Z",
        dataschema="urn:essai", data=msgspec.Raw(b"{}"),
    )  # fmt: skip


@dataclass
class Source:
    """A feed of two events a page, which counts how often it is read."""

    size: int = 10
    source: str = "essai"
    asked: list[Cursor] = field(default_factory=list)
    down: bool = False

    async def read(self, after: Cursor, *, timeout: float, partitions: frozenset[int], limit: int = 1_000) -> Page:
        self.asked.append(after)
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("the feed does not answer")
        positions = range(after.position + 1, min(after.position + 2, self.size) + 1)
        events = [_event(Cursor(1, 1, n), SUBJECTS[n % len(SUBJECTS)]) for n in positions]
        return events, Cursor(1, 1, positions[-1]) if events else after


async def _read_all(feed: SharedFeed, **options: object) -> list[RawCloudEvent]:
    after, found = ORIGIN, list[RawCloudEvent]()
    while True:
        events, reached = await feed.read(after, timeout=0, **options)  # type: ignore[arg-type]
        if reached == after:
            return found
        found, after = found + events, reached


async def test_two_consumers_cost_one_reading() -> None:
    source = Source()
    feed = SharedFeed(source)
    first, second = await asyncio.gather(_read_all(feed), _read_all(feed))
    assert [event.id for event in first] == [event.id for event in second] == [f"1.1.{n}" for n in range(1, 11)]
    assert len(source.asked) == len(set(source.asked)) == 6


async def test_a_late_consumer_takes_what_was_read_in_one_page() -> None:
    feed = SharedFeed(Source())
    await _read_all(feed)
    events, reached = await feed.read(ORIGIN, timeout=0)
    assert (len(events), reached) == (10, Cursor(1, 1, 10))


async def test_each_member_gets_its_partitions_and_moves_over_the_others() -> None:
    feed = SharedFeed(Source())
    mine = frozenset({partition_of(SUBJECTS[1]), partition_of(SUBJECTS[2])})
    found = await _read_all(feed, partitions=mine)
    assert found
    assert {partition_of(event.subject) for event in found} <= mine


async def test_what_is_too_old_is_read_again_and_memory_is_bounded() -> None:
    source = Source(size=30)
    feed = SharedFeed(source, kept_events=8)
    await _read_all(feed)
    assert len(feed._pages) <= 3
    events, _ = await feed.read(ORIGIN, timeout=0)
    assert [event.id for event in events] == ["1.1.1", "1.1.2"]
    assert source.asked.count(ORIGIN) == 2


async def test_an_empty_page_is_asked_again_and_a_failure_is_everybodys() -> None:
    source = Source(size=2)
    feed = SharedFeed(source)
    end = Cursor(1, 1, 2)
    await _read_all(feed)
    source.size = 4
    assert (await feed.read(end, timeout=0))[1] == Cursor(1, 1, 4)
    source.down = True
    answers = await asyncio.gather(*(feed.read(Cursor(1, 1, 4), timeout=0) for _ in range(2)), return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    with pytest.raises(Unavailable):
        await feed.read(Cursor(1, 1, 4), timeout=0)


async def test_a_consumer_that_leaves_takes_nothing_from_the_other() -> None:
    source = Source()
    feed = SharedFeed(source)
    leaving = asyncio.create_task(feed.read(ORIGIN, timeout=0))
    staying = asyncio.create_task(feed.read(ORIGIN, timeout=0))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying)[1] == Cursor(1, 1, 2)
