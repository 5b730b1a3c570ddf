"""A publishing service reduced to what transports need: one event type, its journal, its feed over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import uvicorn
from fastapi import FastAPI, Request

from contracts.enveloppe import CloudEvent
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.context import Context
from services.chassis.http.draining import Drain
from services.chassis.journal.port import Journal
from services.chassis.journal.records import Append, StreamHead
from services.chassis.publication.derivation import Derived, Publication
from services.chassis.publication.feed import Feed
from services.chassis.publication.route import Visible, feed_router

SOURCE = "essai"
CORRELATION = "6f1c2a34-0d5e-4b8a-9c77-21b0a8d4e5f6"


@dataclass(frozen=True, slots=True)
class FaitArrive:
    """The only thing that happens here. numero: counts up inside an aggregate; silencieux: publishes nothing."""

    numero: int
    silencieux: bool = False


class FaitPublie(msgspec.Struct, frozen=True):
    numero: int


def derive(stream: str, event: Any) -> Derived | None:
    if event.silencieux:
        return None
    aggregate = stream.removeprefix("fait-")
    return Derived("fait.arrive.v1", aggregate, FaitPublie(event.numero), organisations=(f"org-{len(aggregate) % 2}",))


CATALOGUE = EventCatalogue([FaitArrive])


def publication(region: str = "essai") -> Publication:
    return Publication(region, SOURCE, CATALOGUE, derive)


@dataclass
class Source:
    """Writes facts: each aggregate counts 1, 2, 3…"""

    journal: Journal
    heads: dict[str, StreamHead]

    async def write(self, aggregate: str, count: int = 1, *, silencieux: bool = False) -> None:
        stream = f"fait-{aggregate}"
        context = Context("test", "org", datetime.now(UTC), correlation_id=CORRELATION)
        async with self.journal.transaction() as transaction:
            head = (await transaction.load(stream)).head
            events = [FaitArrive(head.version + n + 1, silencieux) for n in range(count)]
            await transaction.append([Append(head, tuple(CATALOGUE.encode(stream, e, context, {}) for e in events))])


@asynccontextmanager
async def served(feed: Feed) -> AsyncIterator[str]:
    """The feed on a loopback port; the base URL."""

    async def everything(_request: Request) -> Visible:
        return _sees_all

    app = FastAPI()
    app.state.drain = Drain()
    app.include_router(feed_router(feed, everything))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listening.close()


def _sees_all(_event: CloudEvent) -> bool:
    return True
