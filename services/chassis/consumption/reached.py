"""Whether a read model fed by another service's events holds what was written there up to a cursor."""

import asyncio
import time
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis.journal.cursor import Cursor

_FIRST_SECONDS = 0.005
_LAST_SECONDS = 0.08
_BEHIND = text("""
    select count(*) from consumer_mark
    where consumer = :consumer and source = :source and (epoch, xid, position) < (:epoch, :xid, :position)""")
_ANY = text("select exists (select from consumer_mark where consumer = :consumer and source = :source)")


@dataclass(frozen=True, slots=True)
class MarkReached:
    """Looks at the marks of one consumer on one source, each partition having to be at the cursor or beyond."""

    engine: AsyncEngine
    consumer: str
    source: str

    async def reached(self, cursor: Cursor, timeout: float) -> bool:
        """Wait for the cursor, at most `timeout` seconds."""
        named = {"consumer": self.consumer, "source": self.source}
        place = {"epoch": cursor.epoch, "xid": cursor.xid, "position": cursor.position}
        deadline, pause = time.monotonic() + timeout, _FIRST_SECONDS
        while True:
            async with self.engine.connect() as connection:
                known = (await connection.execute(_ANY, named)).scalar_one()
                if known and not (await connection.execute(_BEHIND, named | place)).scalar_one():
                    return True
            if time.monotonic() + pause > deadline:
                return False
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_SECONDS)
