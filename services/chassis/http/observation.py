"""Seeing each request end: one line in the log, one observation in the metrics, and the last word on what went wrong."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.http.exchange import Exchange, exchange_of, local_path, operation_of
from services.chassis.http.rendering import render, unexpected
from services.chassis.problems import Problem
from services.chassis.telemetry.failures import failure
from services.chassis.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

_PROBES = ("/health/", "/metrics")


class AnswerCut(Exception):
    """An answer failed after its first byte: the connection is closed, so that nobody takes it for whole."""


class Observation:
    """Logs and measures. The path and the query are not logged, the operation is: a path may hold anything."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or local_path(scope).startswith(_PROBES):
            await self._app(scope, receive, send)
            return
        exchange = exchange_of(scope)
        status, size = 499, 0  # 499: the caller left, or the process is stopping
        started = time.perf_counter()

        async def seen(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        in_flight = self._metrics.in_flight.labels(exchange.service)
        in_flight.inc()
        try:
            await self._app(scope, receive, seen)
        finally:
            in_flight.dec()
            self._tell(scope, exchange, status, size, time.perf_counter() - started)

    def _tell(self, scope: Scope, exchange: Exchange, status: int, size: int, seconds: float) -> None:
        operation = operation_of(scope)
        self._metrics.requests.labels(exchange.service, operation, f"{status // 100}xx").observe(seconds)
        if exchange.problem:
            self._metrics.refused.labels(exchange.service, exchange.problem).inc()
        log.info(
            "request",
            method=scope["method"],
            operation=operation,
            status=status,
            bytes=size,
            duration_ms=round(seconds * 1000, 1),
            problem=exchange.problem or None,
            organisation=exchange.caller.organisation if exchange.caller else None,
        )


class LastResort:
    """Turns what the other middlewares refuse, and what nobody foresaw, into problems."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 (the last place where anything can be answered)
            problem = error if isinstance(error, Problem) else self._foreign(scope, error)
            if begun:
                raise AnswerCut from None
            await render(problem, scope)(scope, receive, watched)

    def _foreign(self, scope: Scope, error: Exception) -> Problem:
        problem = unexpected(error)
        told = log.error if problem.status == 500 else log.warning
        told("request-failed", operation=operation_of(scope), problem=problem.code, failure=failure(error))
        return problem
