"""What a test waits for before it reads a feed."""

import asyncio

from services.chassis.journal.cursor import ORIGIN
from services.chassis.journal.port import Journal

_ALL = 100_000


async def wait_until_readable(journal: Journal) -> None:
    """Until readers get every event committed: one transaction running anywhere in the cluster keeps the last ones from them."""
    written = len(await journal.committed(ORIGIN, _ALL))
    async with asyncio.timeout(30):
        while len(await journal.read(ORIGIN, _ALL)) < written:
            await asyncio.sleep(0.02)
