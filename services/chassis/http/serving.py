"""Serving an application over HTTP, and stopping in less than ten seconds without cutting anyone short."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import HANDLED_SIGNALS

from services.chassis.http.draining import Drain
from services.chassis.settings import Settings

_CANCELLATION_SECONDS = 1

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """uvicorn, whose long-polls are told of a stop before they are waited for, and which waits for what it cancels.

    A cancelled request still has to cancel its statement in PostgreSQL: were the process gone before, the statement and its
    locks would outlive it.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, patience_seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._patience_seconds = patience_seconds

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """uvicorn raises the signal again once it has stopped, which kills the process before its databases are closed."""
        loop = asyncio.get_running_loop()
        for number in HANDLED_SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in HANDLED_SIGNALS:
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("stopping")
        self._drain.stop()
        late = asyncio.create_task(self._cancel_late(), name="cancel-late")
        await super().shutdown(sockets)
        late.cancel()

    async def _cancel_late(self) -> None:
        await asyncio.sleep(self._patience_seconds)
        for task in list(self.server_state.tasks):
            task.cancel()


def server(app: ASGIApp, settings: Settings, drain: Drain) -> uvicorn.Server:
    """The server of an application. drain: the one that the application was made with."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=settings.shutdown_seconds + _CANCELLATION_SECONDS,
        lifespan="on",
    )
    return _Server(config, drain, settings.shutdown_seconds)


def serve(app: ASGIApp, settings: Settings, drain: Drain, *, sockets: list[socket.socket] | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then stop: no new connection, long-polls answered at once, requests in progress given
    `shutdown_seconds` to end. sockets: already bound, when the caller must know the port first."""
    server(app, settings, drain).run(sockets)
