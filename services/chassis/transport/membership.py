"""Sharing the partitions of a source between the members of one consumer, without a broker.

Each member says that it is alive, counts those who are, and holds by session advisory locks the partitions that fall to it.
The locks spare double work; they are not what keeps effects single: the compare-and-set on the marks is.
"""

import contextlib
import time
import zlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from services.chassis.database import LOST, plain
from services.chassis.transport.partition import PARTITIONS

_ALIVE_SECONDS = 6
_REVIEW_SECONDS = 1.0

_SAY_ALIVE = """
    insert into consumer_member (consumer, source, member, seen_at) values ($1, $2, $3, clock_timestamp())
    on conflict (consumer, source, member) do update set seen_at = excluded.seen_at"""
_ALIVE = """
    select member from consumer_member
    where consumer = $1 and source = $2 and seen_at > clock_timestamp() - make_interval(secs => $3) order by member"""
_LEAVE = "delete from consumer_member where consumer = $1 and source = $2 and member = $3"
_FORGET_DEAD = """
    delete from consumer_member
    where consumer = $1 and source = $2 and seen_at < clock_timestamp() - make_interval(secs => $3)"""


@dataclass
class Membership:
    """One member's share of the partitions."""

    dsn: str
    consumer: str
    source: str
    member: UUID = field(default_factory=uuid4)
    held: frozenset[int] = frozenset()
    _connection: Any = None
    _reviewed: float = float("-inf")

    async def review(self) -> frozenset[int]:
        """Take and give up partitions so that the members share them evenly; at most once a second. Returns those held."""
        if time.monotonic() - self._reviewed < _REVIEW_SECONDS:
            return self.held
        try:
            if self._connection is None or self._connection.is_closed():
                self.held = frozenset()
                self._connection = await asyncpg.connect(plain(self.dsn), timeout=10)
            await self._share()
        except (asyncpg.PostgresError, *LOST):
            self.held = frozenset()
            raise
        self._reviewed = time.monotonic()
        return self.held

    async def close(self) -> None:
        """Leave: the locks go with the connection, the others take over at their next review."""
        if self._connection is not None and not self._connection.is_closed():
            with contextlib.suppress(asyncpg.PostgresError, *LOST):
                await self._connection.execute(_LEAVE, self.consumer, self.source, self.member)
            await self._connection.close()
        self.held = frozenset()

    async def _share(self) -> None:
        await self._connection.execute(_SAY_ALIVE, self.consumer, self.source, self.member)
        await self._connection.execute(_FORGET_DEAD, self.consumer, self.source, 10 * _ALIVE_SECONDS)
        members = [row[0] for row in await self._connection.fetch(_ALIVE, self.consumer, self.source, _ALIVE_SECONDS)]
        rank = members.index(self.member)
        due = {partition for partition in range(PARTITIONS) if partition % len(members) == rank}
        held = set(self.held)
        for partition in held - due:
            await self._connection.execute("select pg_advisory_unlock($1, $2)", self._key, partition)
            held.discard(partition)
        for partition in due - held:
            if await self._connection.fetchval("select pg_try_advisory_lock($1, $2)", self._key, partition):
                held.add(partition)
        self.held = frozenset(held)

    @property
    def _key(self) -> int:
        """A 31-bit name of (consumer, source) for the locks."""
        return zlib.crc32(f"{self.consumer}/{self.source}".encode()) & 0x7FFFFFFF
