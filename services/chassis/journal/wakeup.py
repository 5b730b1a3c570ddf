"""Waking the readers of a journal soon after a commit, without ever slowing the commit."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Protocol

import asyncpg
import structlog

from services.chassis.database import LOST

_CHANNEL = "journal"
_COALESCE_SECONDS = 0.002
_RECONNECT_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Wakeup(Protocol):
    """Says that something was written, and waits until something was."""

    @property
    def generation(self) -> int:
        """Rises at each write seen."""

    def written(self) -> None:
        """A transaction of this process has just committed."""

    async def wait(self, since: int, timeout: float) -> None:
        """Return as soon as the generation is no longer `since`, at the latest after `timeout` seconds (polling)."""


class LocalWakeup:
    """Inside one process: what the memory journal and short-lived tools need."""

    def __init__(self) -> None:
        self.generation = 0
        self._next = asyncio.Event()

    def written(self) -> None:
        self.generation += 1
        self._next.set()
        self._next = asyncio.Event()

    async def wait(self, since: int, timeout: float) -> None:
        if self.generation == since:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._next.wait(), timeout)


class PostgresWakeup(LocalWakeup):
    """Between processes, by LISTEN and NOTIFY on one connection of its own.

    NOTIFY inside the appending transaction would serialise all commits of the cluster on one lock; here it is sent after the
    commit, alone, and at most once per 2 ms whatever the number of commits. A lost notification costs a poll, never an event.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        """connect: opens an asyncpg connection to the service's database."""
        super().__init__()
        self._connect = connect
        self._dirty = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="journal-wakeup")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def written(self) -> None:
        self._dirty.set()
        super().written()

    async def _run(self) -> None:
        while True:
            try:
                connection = await self._connect()
                try:
                    await self._relay(connection)
                finally:
                    connection.terminate()
            except (asyncpg.PostgresError, *LOST) as lost:
                log.warning("journal-wakeup-lost", reason=type(lost).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _relay(self, connection: Any) -> None:
        own = connection.get_server_pid()

        def heard(_connection: Any, pid: int, *_: object) -> None:
            if pid != own:  # what this process wrote has already woken it
                LocalWakeup.written(self)

        await connection.add_listener(_CHANNEL, heard)
        connection.add_termination_listener(lambda _: self._dirty.set())  # a deaf process would fall back on polling
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await connection.execute(f"notify {_CHANNEL}")
            await asyncio.sleep(_COALESCE_SECONDS)
