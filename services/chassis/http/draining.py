"""Stopping without cutting anyone short: what waits is told to come back, what works is let finish."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Drain:
    """Whether this process is stopping. Long-polls wait through it, so that none of them delays the stop."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """From now on nothing waits: to be called in the loop of the process."""
        self._stopping.set()

    async def unless_stopping(self, awaitable: Awaitable[T]) -> T | None:
        """What the awaitable gives; None as soon as the process is stopping, the awaitable being then cancelled."""
        waiting = asyncio.ensure_future(awaitable)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
            return waiting.result() if waiting.done() else None
        finally:
            for task in (waiting, stopping):
                task.cancel()
            await asyncio.gather(waiting, stopping, return_exceptions=True)
