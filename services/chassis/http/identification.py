"""Naming each request: its identifiers and its trace, taken in, bound to the logs, given back."""

import re
from uuid import uuid4

import structlog
from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.http.exchange import Exchange, operation_of
from services.chassis.telemetry.tracing import current_traceparent, span

REQUEST_ID = "X-Request-Id"
CORRELATION_ID = "X-Correlation-Id"
CAUSATION_ID = "X-Causation-Id"

# UUID, ULID or 32 hexadecimal digits: an identifier that a caller makes up goes to the logs, so it may not be free text.
_IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{32}")


class Identification:
    """Outermost middleware: everything inside it has an Exchange, a span and its identifiers in every log line."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        with span(scope["method"], traceparent=headers.get("traceparent", ""), kind=SpanKind.SERVER) as current:
            exchange = self._exchange(headers)
            exchange.attach(scope)

            async def named(message: Message) -> None:
                if message["type"] == "http.response.start":
                    current.set_attribute("http.response.status_code", message["status"])
                    _name(message, exchange)
                await send(message)

            bound = {"correlation_id": exchange.correlation_id, "request_id": exchange.request_id}
            if exchange.causation_id:
                bound["causation_id"] = exchange.causation_id
            with structlog.contextvars.bound_contextvars(service=self._service, **bound):
                await self._app(scope, receive, named)
            current.update_name(f"{scope['method']} {operation_of(scope)}")

    def _exchange(self, headers: Headers) -> Exchange:
        request_id = str(uuid4())
        return Exchange(
            service=self._service,
            request_id=request_id,
            correlation_id=_given(headers, CORRELATION_ID) or request_id,
            causation_id=_given(headers, CAUSATION_ID),
            traceparent=current_traceparent(),
        )


def _given(headers: Headers, name: str) -> str:
    value = headers.get(name, "")
    return value if _IDENTIFIER.fullmatch(value) else ""


def _name(message: Message, exchange: Exchange) -> None:
    headers = MutableHeaders(scope=message)
    headers[REQUEST_ID] = exchange.request_id
    headers[CORRELATION_ID] = exchange.correlation_id
    if exchange.traceparent:
        headers["traceparent"] = exchange.traceparent
