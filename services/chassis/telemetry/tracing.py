"""W3C trace context: taken from a request, carried by the events it causes, given to the calls it makes."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib import import_module

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.chassis.settings import SettingsRefused

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("logis")


def configure_tracing(service: str, otlp_endpoint: str | None = None) -> None:
    """Give this process a tracer provider, so that every trace has an identifier; once per process.

    Spans are recorded, and leave the process, only when `otlp_endpoint` is set, through the OTLP exporter, which is not a
    dependency of Logis: raises SettingsRefused when the address is given without the package.
    """
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: f"logis-{service}"}),
        sampler=ALWAYS_OFF if otlp_endpoint is None else None,
    )
    if otlp_endpoint is not None:
        provider.add_span_processor(_exporting(otlp_endpoint))
    trace.set_tracer_provider(provider)


def _exporting(endpoint: str) -> BatchSpanProcessor:
    try:
        exporter = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as absent:
        raise SettingsRefused(
            "LOGIS_OTLP_ENDPOINT est donné mais le paquet opentelemetry-exporter-otlp-proto-http n'est pas installé : "
            "installez-le, ou retirez le réglage."
        ) from absent
    return BatchSpanProcessor(exporter.OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces"))


def extract(traceparent: str) -> Context:
    """The context that a `traceparent` names; an empty one when it is absent or malformed."""
    return _propagator.extract({"traceparent": traceparent}, context=Context())


def current_traceparent() -> str:
    """The `traceparent` of what is running now, empty when there is no trace."""
    return inject({}).get("traceparent", "")


def inject(headers: MutableMapping[str, str]) -> MutableMapping[str, str]:
    """Add the trace of what is running now to the headers of a call; returns them."""
    _propagator.inject(headers)
    return headers


@contextmanager
def span(name: str, *, traceparent: str = "", kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """A span around a block, child of `traceparent` when given: a request, or an event being handled.

    An exception is told by its kind alone: its message may quote a person's data.
    """
    parent = extract(traceparent) if traceparent else None
    with _tracer.start_as_current_span(
        name, context=parent, kind=kind, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_attribute("error.type", type(error).__qualname__)
            raise
