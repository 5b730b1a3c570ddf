"""Whether a read model fed by another service's events holds what was written there up to a cursor."""

import asyncio
import time
from dataclasses import dataclass, field

import asyncpg

from services.chassis.journal.cursor import Cursor
from services.chassis.journal.wakeup import Wakeup
from services.chassis.transport.partition import PARTITIONS

_POLL_SECONDS = 0.25  # the safety net: a consumer's commit wakes the waiters
_LEAST = f"""
    select epoch, xid, position from consumer_mark where consumer = $1 and source = $2
      and {PARTITIONS} = (select count(*) from consumer_mark where consumer = $1 and source = $2)
    order by 1, 2, 3 limit 1"""  # noqa: S608 (our own constant)


@dataclass(slots=True)
class MarkReached:
    """Looks at the marks of one consumer on one source: every partition has to be at the cursor or beyond.

    However many readers wait in a process, one query at a time asks for all of them.
    """

    pool: asyncpg.Pool
    wakeup: Wakeup
    consumer: str
    source: str
    _least: Cursor | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked: int = 0

    async def reached(self, cursor: Cursor, timeout: float) -> bool:
        """Wait for the cursor, at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            generation = self.wakeup.generation
            if self._holds(cursor):
                return True
            await self._ask()
            if self._holds(cursor):
                return True
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            await self.wakeup.wait(generation, min(remaining, _POLL_SECONDS))

    def _holds(self, cursor: Cursor) -> bool:
        return self._least is not None and self._least >= cursor

    async def _ask(self) -> None:
        """Read the marks, unless someone began to after this call: their answer is as fresh as ours would be."""
        before = self._asked
        async with self._asking:
            if self._asked > before + 1:
                return
            self._asked += 1
            row = await self.pool.fetchrow(_LEAST, self.consumer, self.source)
            if row is not None:
                self._least = max(self._least or Cursor(*row), Cursor(*row))
