"""The folding of positions: what the scores appended is added to the histograms of their classes, beside the consumers."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog

from services.chassis.consumption.consumer import is_transient
from services.chassis.fabric import Fabric
from services.cotation.projections.position_v1 import plier

log = structlog.get_logger(__name__)

_LOT = 2_000
_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Pliage:
    """The folder of one process; any number of them share the work, and positions are exact without any."""

    fabric: Fabric

    async def run(self, stop: asyncio.Event) -> None:
        """Fold until `stop`, by short transactions; a database that goes away is waited for."""
        pause = _PAUSE_SECONDS
        while not stop.is_set():
            try:
                pris = await self.tour()
                pause = 0.0 if pris == _LOT else _PAUSE_SECONDS
            except Exception as failed:
                if not is_transient(failed):
                    raise
                log.warning("folding-waits", error=type(failed).__name__)
                pause = min(max(2 * pause, _PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            if pause:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    async def tour(self) -> int:
        """One batch; returns how many deltas were folded."""
        async with self.fabric.database.engine.begin() as connection:
            return await plier(connection, _LOT)
