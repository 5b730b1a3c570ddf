"""A receiver of webhooks over real HTTP, whose answers are written beforehand."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec
import uvicorn
from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.enveloppe import RawCloudEvent


@dataclass(frozen=True, slots=True)
class Appel:
    """One call received."""

    chemin: str
    entetes: dict[str, str]
    corps: bytes

    @property
    def evenement(self) -> RawCloudEvent:
        return msgspec.json.decode(self.corps, type=RawCloudEvent)

    def verifier(self, secret: str) -> None:
        """What a receiver does first, with the reference library. Raises WebhookVerificationError."""
        Webhook(secret).verify(self.corps, self.entetes)


@dataclass
class Receveur:
    """Answers `reponses` in order, then 204; `avant` runs before each answer, and may give it."""

    port: int = 0
    appels: list[Appel] = field(default_factory=list)
    reponses: list[int | Response] = field(default_factory=list)
    avant: Callable[[Appel], Awaitable[int | None]] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/logis?si=1"

    async def __call__(self, request: Request) -> Response:
        corps = await request.body()
        appel = Appel(str(request.url.path), {k.lower(): v for k, v in request.headers.items()}, corps)
        self.appels.append(appel)
        donnee = await self.avant(appel) if self.avant is not None else None
        if donnee is not None:
            return Response(status_code=donnee)
        reponse = self.reponses.pop(0) if self.reponses else 204
        return reponse if isinstance(reponse, Response) else Response(status_code=reponse)


@asynccontextmanager
async def receveur() -> AsyncIterator[Receveur]:
    """A receiver on a free loopback port."""
    made = Receveur()
    app = Starlette(routes=[Route("/{reste:path}", made.__call__, methods=["POST", "GET"])])
    listening = socket.create_server(("127.0.0.1", 0))
    made.port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield made
    finally:
        server.should_exit = True
        await serving
        listening.close()
