"""The probes and the figures of a process that serves nothing else: a worker."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.chassis.settings import Settings, SettingsRefused, refuse
from services.chassis.telemetry.figures import Figures
from services.chassis.telemetry.health import Readiness

log = structlog.get_logger(__name__)


class _Probes(uvicorn.Server):
    """The process's signals belong to its work."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def probes(service: str, figures: Figures, readiness: Readiness) -> Starlette:
    """The application: `/health/live`, `/health/ready`, `/metrics`."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"service": service, "vivant": True})

    async def ready(_request: Request) -> Response:
        failing = await readiness.failing()
        return JSONResponse({"service": service, "pret": not failing, "manque": failing}, 503 if failing else 200)

    async def exposed(_request: Request) -> Response:
        await figures.refresh()
        body, media_type = figures.metrics.exposition()
        return Response(body, media_type=media_type)

    return Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", exposed)])


@asynccontextmanager
async def probed(app: Starlette, settings: Settings) -> AsyncIterator[int]:
    """Serve the probes as long as the block lasts; gives their port. Ends the process with code 78 when it is taken."""
    try:
        listening = socket.create_server((settings.host, settings.worker_port))
    except OSError:
        refuse(
            SettingsRefused(
                f"Le port {settings.worker_port} donné par LOGIS_WORKER_PORT ne peut pas être pris : "
                "donnez-en un autre à chaque worker de cette machine, ou 0 pour un port libre."
            )
        )
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", lifespan="off", server_header=False)
    serving = _Probes(config)
    task = asyncio.create_task(serving.serve(sockets=[listening]), name="probes")
    port = listening.getsockname()[1]
    log.info("probes", host=settings.host, port=port)
    try:
        yield port
    finally:
        serving.should_exit = True
        await task
        listening.close()
