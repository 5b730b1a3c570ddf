"""The processes of a service: its API and its worker, alone or several services together."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import structlog
from fastapi import Request
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from services.chassis.access.gate import Acces, Gate
from services.chassis.access.keys import Jwks
from services.chassis.access.permissions import Extent, PermissionTable
from services.chassis.access.reads import AccessJournal
from services.chassis.access.tokens import TokenVerifier
from services.chassis.consumption.consumer import Consumer
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.http.app import Edge, ServiceApp, create_app, limits_of
from services.chassis.http.draining import Drain
from services.chassis.http.identification import Identification
from services.chassis.http.limits import Limits
from services.chassis.http.probes import probed, probes
from services.chassis.http.refusals import Introuvable
from services.chassis.http.rendering import render
from services.chassis.http.serving import server
from services.chassis.migration import CHASSIS, is_current, migrate
from services.chassis.publication.feed import LONGEST_WAIT_SECONDS, Feed
from services.chassis.publication.relay import Relay
from services.chassis.publication.route import Visible, feed_router
from services.chassis.service import Assembly, Reaction, Service
from services.chassis.settings import Settings
from services.chassis.telemetry.figures import CaughtUp, Figures, Followed, ServiceFigures
from services.chassis.telemetry.health import Check, Readiness
from services.chassis.telemetry.metrics import process_metrics
from services.chassis.transport.feed import FeedClient, FeedSubscription
from services.chassis.transport.kafka import KafkaSubscription
from services.chassis.transport.lag import FeedLag, KafkaLag, Lag
from services.chassis.transport.membership import Membership
from services.chassis.transport.port import Subscription
from services.chassis.transport.shared_feed import SharedFeed

log = structlog.get_logger(__name__)

_FEED_LIMITS = Limits(1_024, LONGEST_WAIT_SECONDS + 10, 200)
VAULT = (CHASSIS.parent / "vault" / "migrations",)


async def migrate_service(service: Service, settings: Settings) -> None:
    """Bring the service's database, and the keys' database, to the schema of this code."""
    await migrate(settings.dsn("keys"), VAULT)
    await migrate(settings.dsn(service.name), service.branches)


async def initialise_service(service: Service, settings: Settings) -> None:
    """Put in the migrated database what the service cannot work without (the grids of the region…)."""
    if service.initialise is not None:
        async with open_fabric(service.name, settings) as fabric:
            await service.initialise(fabric)


async def serve_apis(services: Sequence[Service], settings: Settings) -> None:
    """Serve one service at the root, or several each under its name, until SIGTERM or SIGINT."""
    drain, figures = Drain(), Figures(process_metrics())
    async with AsyncExitStack() as stack:
        apps = {}
        for service in services:
            fabric = await stack.enter_async_context(open_fabric(service.name, settings))
            apps[service.name] = application(service, fabric, drain, figures)
        stack.push_async_callback(figures.close)
        root: ASGIApp = apps[services[0].name] if len(services) == 1 else _together(apps)
        await server(root, settings, drain).serve()


async def work(services: Sequence[Service], settings: Settings) -> None:
    """Run the consumers and the relays of the services until SIGTERM or SIGINT; what is in hand is finished first."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    figures, checks = Figures(process_metrics()), dict[str, Check]()
    feeds: dict[str, SharedFeed] = {}
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        for service in services:
            fabric = await stack.enter_async_context(open_fabric(service.name, settings))
            assembly = service.assemble(fabric)
            checks |= {
                f"{service.name}-{name}": check for name, check in _checks(service, fabric, assembly, figures).items()
            }
            if settings.transport == "kafka":
                assert settings.kafka_bootstrap is not None
                relay = Relay(fabric.database, fabric.journal, assembly.publication, settings.kafka_bootstrap)
                tasks.create_task(relay.run(stop), name=f"relay-{service.name}")
            for reaction in assembly.reactions:
                consumer = Consumer(
                    fabric.database.engine,
                    reaction.source,
                    reaction.handler,
                    _subscription(fabric, reaction, feeds),
                    woken=fabric.wakeup.written,
                )
                tasks.create_task(consumer.run(stop), name=f"{reaction.handler.name}-{reaction.source}")
            for loop in assembly.loops:
                tasks.create_task(_forever(loop, stop), name=f"loop-{service.name}")
        stack.push_async_callback(figures.close)
        await stack.enter_async_context(probed(probes(services[0].name, figures, Readiness(checks)), settings))
        log.info("working", services=[service.name for service in services], transport=settings.transport)


async def _forever(loop: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    await loop(stop)


def application(service: Service, fabric: Fabric, drain: Drain, figures: Figures | None = None) -> ServiceApp:
    """The HTTP application of a service on an open fabric. figures: those of the process, when it serves several services."""
    assembly = service.assemble(fabric)
    figures = figures or Figures(process_metrics())
    verifier = _verifier(fabric.settings)
    limits, rate = limits_of(fabric.settings, {"/v1/evenements": _FEED_LIMITS, **assembly.limits})
    edge = Edge(
        gate=Gate(
            verifier=verifier,
            permissions=PermissionTable.load(service.permissions),
            region=fabric.region,
            journal=AccessJournal(fabric.database.autocommit),
        ),
        limits=limits,
        rate=rate,
        drain=drain,
        readiness=Readiness({"jetons": verifier.ready, **_checks(service, fabric, assembly, figures)}),
        read_models=assembly.read_models,
        metrics=figures.metrics,
        refresh=figures.refresh,
        now=fabric.now,
    )
    feed = feed_router(Feed(fabric.journal, assembly.publication), _visible)
    return create_app(service.name, [*assembly.routers, feed], edge, title=service.title, examples=service.examples)


def _checks(service: Service, fabric: Fabric, assembly: Assembly, figures: Figures) -> dict[str, Check]:
    """What a process of a service is ready by; its figures join those of the process."""
    followed = [
        Followed(reaction.handler.name, reaction.source, lag)
        for reaction in assembly.reactions
        if (lag := lag_of(fabric, reaction)) is not None
    ]
    topic = assembly.publication.topic if fabric.settings.transport == "kafka" else None
    own = ServiceFigures(service.name, fabric.database.pool, followed, topic)
    figures.services.append(own)
    return {
        "base-migree": lambda: _migrated(service, fabric),
        "consommateurs-a-jour": CaughtUp(figures, own, fabric.settings.ready_lag_seconds),
    }


def lag_of(fabric: Fabric, reaction: Reaction) -> Lag | None:
    """The way to know what a consumer has still to take, on the transport that the settings name; None when they do not say
    where its source is."""
    if fabric.settings.transport == "feed":
        if getattr(fabric.settings, f"{reaction.source}_url") is None:
            return None
        return FeedLag(FeedClient(reaction.source, fabric.client(reaction.source)))
    assert fabric.settings.kafka_bootstrap is not None
    return KafkaLag(f"logis.{fabric.region.code}.{reaction.source}.v1", fabric.settings.kafka_bootstrap)


def _together(apps: dict[str, ServiceApp]) -> Starlette:
    """Several services behind one port, each under its name."""

    async def index(_request: StarletteRequest) -> JSONResponse:
        return JSONResponse({name: {"documentation": f"/{name}/docs", "api": f"/{name}/v1"} for name in apps})

    async def nowhere(request: StarletteRequest, _error: Exception) -> JSONResponse:
        sent = f"Aucun service n'est à cette adresse. Les services sont : {', '.join(apps)}."
        return render(Introuvable(sent), request.scope)

    routes = [Route("/", index), *(Mount(f"/{name}", app) for name, app in apps.items())]
    return Starlette(
        routes=routes, middleware=[Middleware(Identification, service="logis")], exception_handlers={404: nowhere}
    )


def _verifier(settings: Settings) -> TokenVerifier:
    assert settings.jwks is not None
    assert settings.issuer is not None
    return TokenVerifier(
        Jwks(settings.jwks),
        issuer=settings.issuer,
        audience=settings.audience,
        leeway_seconds=settings.token_leeway_seconds,
    )


async def _migrated(service: Service, fabric: Fabric) -> bool:
    return await is_current(fabric.settings.dsn(service.name), service.branches)


async def _visible(_request: Request, acces: Acces) -> Visible:
    """A reader sees the events of its own organisation, or all of them when its right says so (design.md §5)."""
    if acces.reach().autre is Extent.OUI:
        return lambda _event: True
    return lambda event: acces.identity.organisation in event.organisations.split()


def _subscription(fabric: Fabric, reaction: Reaction, feeds: dict[str, SharedFeed]) -> Subscription:
    """One member's place in a consumer, on the transport that the settings name. feeds: those that the process reads."""
    settings, consumer = fabric.settings, reaction.handler.name
    client = FeedClient(reaction.source, fabric.client(reaction.source))
    feed = feeds.setdefault(reaction.source, SharedFeed(client))
    if settings.transport == "feed":
        return FeedSubscription(feed, Membership(settings.dsn(fabric.service), consumer, reaction.source))
    assert settings.kafka_bootstrap is not None
    region = fabric.region.code
    return KafkaSubscription(
        reaction.source,
        f"logis.{region}.{reaction.source}.v1",
        f"logis.{region}.{consumer}.{reaction.source}",  # one group a topic: the leader of a group assigns what it knows
        settings.kafka_bootstrap,
        feed,
    )
