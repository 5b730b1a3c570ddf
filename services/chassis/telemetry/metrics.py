"""The figures of a process, as Prometheus reads them."""

from dataclasses import dataclass
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

_LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Every metric of Logis. One registry a process; each metric is labelled by service: a process may hold several.

    requests: seconds to the end of the answer, by operation and status class (`2xx`).
    in_flight: requests being served. refused: requests turned away, by problem code.
    journal_age: seconds since the oldest event of the journal that no reader may see yet was written; 0 when none.
    relay_age: seconds since the oldest event not yet given to the transport was written; 0 when none.
    consumer_lag_events, consumer_lag_seconds: what a consumer has still to handle from one source.
    parked: messages put aside with their key, by consumer.
    """

    registry: CollectorRegistry
    requests: Histogram
    in_flight: Gauge
    refused: Counter
    journal_age: Gauge
    relay_age: Gauge
    consumer_lag_events: Gauge
    consumer_lag_seconds: Gauge
    parked: Gauge

    @classmethod
    def create(cls) -> "Metrics":
        """Fresh metrics in a registry of their own."""
        registry = CollectorRegistry()

        def gauge(name: str, told: str, *labels: str) -> Gauge:
            return Gauge(name, told, ("service", *labels), registry=registry)

        return cls(
            registry=registry,
            requests=Histogram(
                "logis_request_seconds",
                "Seconds to answer a request",
                ("service", "operation", "status"),
                buckets=_LATENCY_BUCKETS,
                registry=registry,
            ),
            in_flight=gauge("logis_requests_in_flight", "Requests being served"),
            refused=Counter("logis_refused_total", "Problems answered", ("service", "code"), registry=registry),
            journal_age=gauge("logis_journal_age_seconds", "Age of the oldest event that readers may not see yet"),
            relay_age=gauge("logis_relay_age_seconds", "Age of the oldest event not yet given to the transport"),
            consumer_lag_events=gauge("logis_consumer_lag_events", "Events to handle", "consumer", "source"),
            consumer_lag_seconds=gauge(
                "logis_consumer_lag_seconds", "Age of the oldest to handle", "consumer", "source"
            ),
            parked=gauge("logis_parked", "Messages put aside", "consumer"),
        )

    def exposition(self) -> tuple[bytes, str]:
        """(body, media type) of `/metrics`."""
        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4


@cache
def process_metrics() -> Metrics:
    """The metrics of this process, shared by all that runs in it."""
    return Metrics.create()
