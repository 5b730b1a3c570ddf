"""What every transport promises to a consumer: the same on the feed and on a real broker."""

import asyncio
import random

import asyncpg
import pytest

from services.chassis.consumption.marks import add_to_checksum, marks_after
from services.chassis.consumption.parking import BEHIND, Parking
from services.chassis.consumption.reached import MarkReached
from services.chassis.database import plain
from services.chassis.journal.cursor import ORIGIN
from services.chassis.journal.wakeup import LocalWakeup
from services.chassis.transport.port import PartitionLost
from tests.chassis.transport.conftest import World
from tests.chassis.transport.ledger import assert_each_once_in_order, effects, wait_for_effects
from tests.chassis.transport.source import CORRELATION, SOURCE, publication


async def _write(world: World, aggregates: int, each: int, *, seed: int = 1) -> dict[str, int]:
    """Facts of many aggregates, interleaved; the counts expected."""
    dice = random.Random(seed)
    order = [f"agregat-{n}" for n in range(aggregates)] * each
    dice.shuffle(order)
    for aggregate in order:
        await world.source.write(aggregate)
    return {f"agregat-{n}": each for n in range(aggregates)}


async def test_each_event_has_its_effect_once_in_order_of_its_aggregate(world: World) -> None:
    expected = await _write(world, 20, 5)
    (await world.member()).start()
    assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 100), expected)


async def test_what_publishes_nothing_has_no_effect_and_stops_nothing(world: World) -> None:
    (await world.member()).start()
    await world.source.write("a")
    await world.source.write("b", silencieux=True)
    await world.source.write("b")
    seen = await wait_for_effects(world.consumer_dsn, 2)
    assert sorted(seen) == [("a", 1), ("b", 2)]


async def test_what_is_done_for_an_event_names_it_and_its_correlation(world: World) -> None:
    member = (await world.member()).start()
    await world.source.write("a")
    await wait_for_effects(world.consumer_dsn, 1)
    (recorded,) = await world.journal.committed(ORIGIN, 10)
    assert member.ledger.told == [{"correlation_id": CORRELATION, "causation_id": str(recorded.cursor)}]


async def test_an_event_arrives_soon_after_its_commit(world: World) -> None:
    (await world.member()).start()
    await world.source.write("premier")
    await wait_for_effects(world.consumer_dsn, 1)
    loop = asyncio.get_running_loop()
    for n in range(5):
        start = loop.time()
        await world.source.write(f"suivant-{n}")
        await wait_for_effects(world.consumer_dsn, 2 + n)
        assert loop.time() - start < 2, "pushed, not polled"


@pytest.mark.parametrize("silencieux", [False, True])
async def test_every_partition_reaches_the_cursor_of_a_write(world: World, silencieux: bool) -> None:
    """A reader that waits for what it wrote waits for twelve partitions, of which the write touched one, or none."""
    member = (await world.member()).start()
    await world.source.write("a", 2)
    await world.source.write("b", silencieux=silencieux)
    cursor = (await world.journal.read(ORIGIN, 10))[-1].cursor
    standing = MarkReached(member.database.pool, LocalWakeup(), member.ledger.name, SOURCE)
    assert await standing.reached(cursor, 30)
    assert not await standing.reached(cursor._replace(position=cursor.position + 1), 0)


async def test_a_new_member_resumes_at_the_cursor(world: World) -> None:
    first = (await world.member("a")).start()
    await _write(world, 10, 2)
    await wait_for_effects(world.consumer_dsn, 20)
    await first.end()
    expected = await _write(world, 10, 2, seed=2)
    await (await world.member("b")).start().consumer.marks.load(frozenset({0}))
    seen = await wait_for_effects(world.consumer_dsn, 40)
    assert_each_once_in_order(seen, dict.fromkeys(expected, 4))


async def test_a_member_that_vanishes_is_replaced_and_nothing_is_doubled(world: World) -> None:
    first = (await world.member("a", pause=0.02)).start()
    writing = asyncio.create_task(_write(world, 30, 10))
    await wait_for_effects(world.consumer_dsn, 40)
    await first.vanish()
    (await world.member("b")).start()
    assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 300, seconds=60), await writing)


async def test_two_members_share_the_partitions_and_rebalance_while_busy(world: World) -> None:
    first = (await world.member("a", pause=0.01)).start()
    writing = asyncio.create_task(_write(world, 40, 25))
    await wait_for_effects(world.consumer_dsn, 50)
    (await world.member("b", pause=0.01)).start()
    await wait_for_effects(world.consumer_dsn, 600)
    await first.end()
    seen = await wait_for_effects(world.consumer_dsn, 1000, seconds=60)
    assert_each_once_in_order(seen, await writing)
    connection = await asyncpg.connect(plain(world.consumer_dsn))
    by_member = dict(await connection.fetch("select membre, count(*) from effet group by membre"))
    await connection.close()
    assert set(by_member) == {"a", "b"}


async def test_a_slow_consumer_loses_nothing(world: World) -> None:
    (await world.member(pause=0.3)).start()
    expected = await _write(world, 20, 30)
    assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 600, seconds=60), expected)


async def test_a_poison_message_is_parked_and_blocks_only_its_key(world: World) -> None:
    member = await world.member()
    member.ledger.poison.add(("malade", 2))
    member.start()
    for _ in range(4):
        await world.source.write("malade")
        await world.source.write("sain")
    seen = await wait_for_effects(world.consumer_dsn, 5)
    await asyncio.sleep(0.5)
    assert await effects(world.consumer_dsn) == seen
    assert_each_once_in_order(seen, {"malade": 1, "sain": 4})
    async with member.database.engine.connect() as connection:
        parked = await Parking(member.ledger.name).parked(connection)
    assert [(p.record.event.subject, p.error) for p in parked] == [
        ("malade", "Poison"),
        ("malade", BEHIND),
        ("malade", BEHIND),
    ]


async def test_the_marks_count_and_sum_every_event_taken(world: World) -> None:
    member = (await world.member()).start()
    await _write(world, 12, 3)
    await wait_for_effects(world.consumer_dsn, 36)
    marks = await member.consumer.marks.load(frozenset(range(12)))
    published = [event.id for r in await world.journal.read(ORIGIN, 100) if (event := publication().published(r))]
    assert sum(mark.events for mark in marks.values()) == len(published) == 36
    assert sum(mark.checksum for mark in marks.values()) % 2**63 == add_to_checksum(0, published)


async def test_two_members_that_both_believe_they_hold_a_partition_double_nothing(world: World) -> None:
    """The compare-and-set on the marks lets each event through once; a commit that does not move them, each time."""
    await _write(world, 5, 4)
    a, b = await world.member("a"), await world.member("b")
    delivery = None
    while delivery is None or not delivery.records:
        delivery = await a.consumer.subscription.next(a.consumer.marks, 1.0)
    before = await a.consumer.marks.load(frozenset(delivery.reached))
    outcomes = await asyncio.gather(a.consumer.handle(delivery), b.consumer.handle(delivery), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] in ([], [PartitionLost])
    b.consumer.marks.forget()
    await b.consumer.handle(delivery)
    count = len(await effects(world.consumer_dsn))
    assert count == len(delivery.records)
    with pytest.raises(PartitionLost):  # b, still believing in the marks that it read before
        await b.consumer._commit(before, marks_after(before, delivery.reached, delivery.records), delivery.records)
    assert len(await effects(world.consumer_dsn)) == count
    await b.consumer._commit(before, {}, delivery.records)  # the rule removed: the marks are not moved
    assert len(await effects(world.consumer_dsn)) == 2 * count
    for member in (a, b):
        await member.consumer.subscription.close()
        await member._close()
