"""The application of a service: its routes behind the gate, the limits and the observation that all services share."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.chassis.access.gate import Authentication, Gate, Settlement, authorised
from services.chassis.http.documentation import Responses, complete, problems
from services.chassis.http.draining import Drain
from services.chassis.http.identification import Identification
from services.chassis.http.limits import BodyLimit, ConcurrencyLimit, Limits, LimitTable, TimeLimit
from services.chassis.http.observation import LastResort, Observation
from services.chassis.http.own_writes import ReadModels
from services.chassis.http.rates import Buckets, Rate, RateLimit
from services.chassis.http.refusals import COMMON
from services.chassis.http.rendering import render_http_exception, render_problem
from services.chassis.http.validation import render_validation
from services.chassis.problems import Problem
from services.chassis.settings import Settings
from services.chassis.telemetry.health import Readiness
from services.chassis.telemetry.metrics import Metrics, process_metrics

_PROBES = ("/health/", "/metrics")
PUBLIC = (*_PROBES, "/docs", "/openapi.json")

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def _nothing() -> None:
    """No figure has to be read when it is asked for."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What the edge of a service is made of, beside its routes. refresh: brings the metrics up to date for who reads them."""

    gate: Gate
    limits: LimitTable = field(default_factory=LimitTable)
    rate: Rate = field(default_factory=Rate)
    drain: Drain = field(default_factory=Drain)
    readiness: Readiness = field(default_factory=lambda: Readiness({}))
    read_models: ReadModels = field(default_factory=dict)
    metrics: Metrics = field(default_factory=process_metrics)
    refresh: Callable[[], Awaitable[None]] = _nothing
    now: Callable[[], datetime] = _utc_now


def limits_of(settings: Settings, by_prefix: Mapping[str, Limits] | None = None) -> tuple[LimitTable, Rate]:
    """The limits and the rate that the settings give. by_prefix: the paths that need others (imports, exports, the feed)."""
    default = Limits(settings.body_bytes, settings.request_seconds, settings.concurrent_requests)
    return LimitTable(default, by_prefix or {}), Rate(settings.requests_per_second, settings.requests_burst)


class ServiceApp(FastAPI):
    """A service's application, whose OpenAPI tells its problems."""

    common: Responses
    examples: Path | None

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            examples = json.loads(self.examples.read_bytes()) if self.examples else {}
            self.openapi_schema = complete(super().openapi(), self.common, examples)
        return self.openapi_schema


def create_app(
    service: str,
    routers: Sequence[APIRouter],
    edge: Edge,
    *,
    title: str,
    version: str = "1",
    lifespan: Lifespan | None = None,
    public: tuple[str, ...] = (),
    examples: Path | None = None,
) -> ServiceApp:
    """The ASGI application of a service.

    routers: routes under their own prefix, none nested; the name of a route's function is its operation, to be found in the
    permission table: raises TableRefused when the two differ, ValueError when two routes have the same name. public: further
    path prefixes that need no token. examples: the file of what each operation was sent and answered once.
    """
    app = ServiceApp(
        title=title,
        version=version,
        lifespan=lifespan,
        middleware=_middlewares(service, edge, public),
        exception_handlers={
            Problem: render_problem,
            HTTPException: render_http_exception,
            RequestValidationError: render_validation,
        },
        generate_unique_id_function=lambda route: route.name,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.common, app.examples = problems(*COMMON), examples
    app.state.gate, app.state.read_models, app.state.now = edge.gate, edge.read_models, edge.now
    app.state.drain = edge.drain
    app.state.operations = operations_of(routers)
    edge.gate.permissions.check_routes(_operations(routers))
    for router in routers:
        app.include_router(router, dependencies=[Depends(authorised)])
    app.router.routes.extend(_operational_routes(service, edge))
    return app


def operations_of(routers: Sequence[APIRouter]) -> list[APIRoute]:
    """Every route of the routers. Raises ValueError when one is nested or is no API route."""
    found: list[APIRoute] = []
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                raise ValueError(f"{route!r}: give each router to create_app, none inside another")
            found.append(route)
    return found


def _operations(routers: Sequence[APIRouter]) -> list[str]:
    names = [route.operation_id or route.name for route in operations_of(routers)]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"operations with the same name: {', '.join(sorted(twice))}")
    return names


def _middlewares(service: str, edge: Edge, public: tuple[str, ...]) -> list[Middleware]:
    """From the outside in. Pure ASGI, each: cancellation through BaseHTTPMiddleware has leaked connections."""
    return [
        Middleware(Identification, service=service),
        Middleware(Observation, metrics=edge.metrics),
        Middleware(LastResort),
        Middleware(ConcurrencyLimit, table=edge.limits, exempt=_PROBES),
        Middleware(TimeLimit, table=edge.limits),
        Middleware(Authentication, verifier=edge.gate.verifier, public=(*PUBLIC, *public)),
        Middleware(RateLimit, buckets=Buckets(edge.rate)),
        Middleware(BodyLimit, table=edge.limits),
        Middleware(Settlement),
    ]


def _operational_routes(service: str, edge: Edge) -> list[Route]:
    async def live(_request: Request) -> Response:
        return JSONResponse({"service": service, "vivant": True})

    async def ready(_request: Request) -> Response:
        failing = ["arret-en-cours"] if edge.drain.stopping else await edge.readiness.failing()
        return JSONResponse({"service": service, "pret": not failing, "manque": failing}, 503 if failing else 200)

    async def figures(_request: Request) -> Response:
        await edge.refresh()
        body, media_type = edge.metrics.exposition()
        return Response(body, media_type=media_type)

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", figures)]
