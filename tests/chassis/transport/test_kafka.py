"""What only a broker can do to a consumer: die and come back, or take over from the feed."""

import asyncio
from collections.abc import Callable
from typing import Any

from services.chassis.embedded.kafka import KafkaBroker
from tests.chassis.transport.ledger import assert_each_once_in_order, wait_for_effects
from tests.chassis.transport.test_conformance import _write


async def test_a_broker_killed_under_load_and_restarted_loses_and_reorders_nothing(
    new_world: Callable[[str], Any], kafka: KafkaBroker
) -> None:
    async with new_world("kafka") as world:
        for name in ("a", "b"):
            (await world.member(name, pause=0.01)).start()
        writing = asyncio.create_task(_write(world, 30, 15))
        await wait_for_effects(world.consumer_dsn, 40, seconds=60)
        await asyncio.to_thread(kafka.kill)
        written_meanwhile = asyncio.create_task(world.source.write("pendant-la-panne", 3))
        await asyncio.to_thread(kafka.start)
        await written_meanwhile
        expected = await writing | {"pendant-la-panne": 3}
        assert_each_once_in_order(await wait_for_effects(world.consumer_dsn, 453, seconds=180), expected)


async def test_from_the_feed_over_to_kafka_at_its_cursor_and_back(
    new_world: Callable[[str], Any], kafka: KafkaBroker
) -> None:
    """What the feed gave is in the topic too, from its beginning: it has its effect once all the same."""
    async with new_world("kafka") as world:
        total = 0
        for turn, transport in enumerate(("feed", "kafka", "feed", "kafka"), start=1):
            member = (await world.member(f"m{turn}", transport=transport)).start()
            await _write(world, 10, 3, seed=turn)
            total += 30
            await wait_for_effects(world.consumer_dsn, total, seconds=60)
            await member.end()
            await _write(world, 10, 1, seed=turn)  # for whoever comes next
            total += 10
        (await world.member("dernier", transport="kafka")).start()
        seen = await wait_for_effects(world.consumer_dsn, total, seconds=60)
        assert_each_once_in_order(seen, {f"agregat-{n}": 16 for n in range(10)})
