"""A consumer whose effects show everything: what came, in what order, how many times."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from services.chassis.database import plain
from services.chassis.transport.port import Record
from tests.chassis.transport.source import FaitPublie

TABLE = """
    create table effet (rang bigint generated always as identity, aggregat text, numero integer, membre text)"""
_INSERT = text("""
    insert into effet (aggregat, numero, membre)
    select u.*, cast(:membre as text) from unnest(cast(:aggregats as text[]), cast(:numeros as integer[])) u""")


class Poison(Exception):
    """A fact that this handler cannot take."""


class Ledger:
    """Writes one row an event. poison: aggregates whose events raise; pause: seconds spent on each batch."""

    name = "grand-livre"

    def __init__(self, member: str = "a", *, pause: float = 0.0) -> None:
        self.member = member
        self.pause = pause
        self.poison: set[tuple[str, int]] = set()
        self.batches = 0
        self.told: list[dict[str, Any]] = []

    def takes(self, event: RawCloudEvent) -> bool:
        return True

    async def prepare(self, records: Sequence[Record]) -> Any:
        await asyncio.sleep(self.pause)

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        self.batches += 1
        self.told.append(structlog.contextvars.get_contextvars())
        facts = [(record.event.subject, record.data(FaitPublie).numero) for record in records]
        if self.poison & set(facts):
            raise Poison
        await connection.execute(
            _INSERT,
            {"membre": self.member, "aggregats": [fact[0] for fact in facts], "numeros": [fact[1] for fact in facts]},
        )


async def effects(dsn: str) -> list[tuple[str, int]]:
    """Every effect, in the order of writing."""
    connection = await asyncpg.connect(plain(dsn))
    try:
        return [tuple(row) for row in await connection.fetch("select aggregat, numero from effet order by rang")]
    finally:
        await connection.close()


async def wait_for_effects(dsn: str, count: int, *, seconds: float = 30) -> list[tuple[str, int]]:
    """The effects once there are `count` of them, or those there are after `seconds`."""
    connection = await asyncpg.connect(plain(dsn))
    try:
        for _ in range(int(seconds / 0.05)):
            if await connection.fetchval("select count(*) from effet") >= count:
                break
            await asyncio.sleep(0.05)
    finally:
        await connection.close()
    return await effects(dsn)


def assert_each_once_in_order(seen: list[tuple[str, int]], expected: dict[str, int]) -> None:
    """Every aggregate counted 1 to n, without a gap, a repetition or a step back."""
    by_aggregate: dict[str, list[int]] = {}
    for aggregate, number in seen:
        by_aggregate.setdefault(aggregate, []).append(number)
    assert by_aggregate == {aggregate: list(range(1, count + 1)) for aggregate, count in expected.items()}
