"""What the embedded PostgreSQL and the embedded broker have in common: one server, shared by processes."""

import asyncio
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from services.chassis.embedded.tenancy import Tenancy

PATIENCE_SECONDS = 180.0  # a crowded machine has taken more than a minute to start a broker


class Server(Protocol):
    """A server process in a folder; the caller sees to it that one process at a time acts."""

    @property
    def home(self) -> Path:
        """The folder that holds all it needs."""

    @property
    def pid(self) -> int | None:
        """Its process, or None when nothing serves this folder."""

    @property
    def port(self) -> int:
        """The loopback port where its clients look for it."""

    def serve(self, deadline: float) -> None:
        """Return when the server answers, launched if need be. Raises DemarrageImpossible, OutilAbsent."""

    def end(self, how: signal.Signals, timeout_s: float = 60) -> None:
        """Send the signal, if a process serves, and wait until it is gone. Raises TimeoutError."""


class EmbeddedPart:
    """A server that lives as long as somebody uses it.

    Processes that start the same folder share its server; the last one to stop it stops the server. A process that
    dies without a word is counted out by the system. `keep` leaves the server running with nobody using it.
    """

    _stops_on = signal.SIGTERM

    def __init__(self, server: Server) -> None:
        self._part = server
        self._tenancy = Tenancy(server.home)
        self._kept = server.home / "kept"

    def start(self, timeout_s: float = PATIENCE_SECONDS) -> Self:
        """Serve, or join the server that another process started. Raises DemarrageImpossible, OutilAbsent."""
        with self._tenancy.alone():
            self._part.serve(time.monotonic() + timeout_s)
            self._prepare()
            self._tenancy.enter()
        return self

    def stop(self) -> None:
        """Leave; the last process to leave stops the server, unless it is kept, and waits for its end."""
        with self._tenancy.alone():
            if self._tenancy.leave() and not self._kept.exists():
                self._part.end(self._stops_on)

    def keep(self, timeout_s: float = PATIENCE_SECONDS) -> None:
        """Serve until `end`, whoever comes and goes."""
        with self._tenancy.alone():
            self._part.serve(time.monotonic() + timeout_s)
            self._prepare()
            self._kept.touch()

    def end(self) -> None:
        """Stop the server in good order, kept or not, whoever uses it."""
        with self._tenancy.alone():
            self._kept.unlink(missing_ok=True)
            self._part.end(self._stops_on)

    def kill(self) -> None:
        """Kill the server without notice, whoever uses it: a fault, for tests. `start` recovers."""
        self._part.end(signal.SIGKILL)

    @property
    def pid(self) -> int | None:
        """The server's process, or None when nothing serves this folder."""
        return self._part.pid

    @property
    def port(self) -> int:
        """The loopback port where its clients look for it: chosen at the first start, then kept while it is free."""
        return self._part.port

    async def start_async(self, timeout_s: float = PATIENCE_SECONDS) -> Self:
        """`start`, off the loop."""
        return await asyncio.to_thread(self.start, timeout_s)

    async def stop_async(self) -> None:
        """`stop`, off the loop."""
        await asyncio.to_thread(self.stop)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await self.start_async()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop_async()

    def _prepare(self) -> None:
        """What must be there before anyone uses the server; done again at each start, by one process at a time."""
