"""What a process says of itself: never a person's data, always the thread of the request."""

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from services.chassis.fabric import _traced
from services.chassis.settings import SettingsRefused
from services.chassis.telemetry import logs, tracing
from services.chassis.telemetry.failures import failure
from services.chassis.telemetry.health import Readiness
from services.chassis.telemetry.logs import configure_logging
from services.chassis.telemetry.masking import MASKED, is_personal, mask
from services.chassis.telemetry.metrics import Metrics

PLANTED = (
    "Weber-Schneider",
    "jeanne.weber@example.fr",
    "1110318016982G1104",
    "2 85 07 67 482 012 34",
    "06 12 34 56 78",
)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    written = io.StringIO()
    configure_logging("essai", stream=written)
    yield written
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


def log_everything_planted() -> None:
    log = structlog.get_logger("essai")
    log.info("lu", nom=PLANTED[0], demandeur={"adresse": PLANTED[0]}, contact=PLANTED[1], liste=[PLANTED[2]])
    log.info("reçu de " + PLANTED[1], numeroUnique=PLANTED[2], dernier=PLANTED[3])
    logging.getLogger("bibliotheque").warning("refusé pour %s au %s", PLANTED[1], PLANTED[4])
    try:
        raise ValueError(f"{PLANTED[0]} n'est pas un entier")
    except ValueError:
        log.exception("raté")
        logging.getLogger("bibliotheque").exception("raté aussi")


def test_planted_names_addresses_and_numbers_do_not_reach_the_logs(stream: io.StringIO) -> None:
    log_everything_planted()
    assert [planted for planted in PLANTED if planted in stream.getvalue()] == []
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == 5
    assert all(line["service"] == "essai" and line["timestamp"].endswith("Z") for line in lines)
    assert [line["failure"]["kind"] for line in lines if "failure" in line] == ["builtins.ValueError"] * 2


def test_with_the_masks_off_the_same_test_finds_them(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "mask", lambda value: value)
    monkeypatch.setattr(logs, "is_personal", lambda key: False)
    monkeypatch.setattr(logs, "failure", str)
    configure_logging("essai", stream=stream)
    log_everything_planted()
    assert [planted for planted in PLANTED if planted not in stream.getvalue()] == []


@pytest.mark.parametrize(
    "key",
    ["nom", "nom_naissance", "nomNaissance", "Prénom", "adresse_mail", "NIR", "revenus", "X-Authorization", "motif"],
)
def test_a_personal_key_is_known_in_any_spelling(key: str) -> None:
    assert is_personal(key)


@pytest.mark.parametrize(
    "key", ["operation", "event", "status", "organisation", "correlation_id", "duration_ms", "commune"]
)
def test_what_serves_to_operate_is_kept(key: str) -> None:
    assert not is_personal(key)


def test_identifiers_and_cursors_are_not_taken_for_people() -> None:
    kept = "7c0fb2a4-4c0e-4f8e-9a63-2a5a3f1de4b7 1.1234.5678 2026-01-15T09:30:00Z 67482 999000102"
    assert mask(kept) == kept
    assert mask({"a": (PLANTED[1], 3, None)}) == {"a": [MASKED, 3, None]}


def test_a_failure_is_told_by_its_kinds_and_places() -> None:
    try:
        try:
            raise KeyError(PLANTED[0])
        except KeyError as missing:
            raise ValueError(PLANTED[1]) from missing
    except ValueError as error:
        told = failure(error)
    assert (told["kind"], told["cause"]["kind"]) == ("builtins.ValueError", "builtins.KeyError")
    assert told["frames"][-1].endswith("test_a_failure_is_told_by_its_kinds_and_places")
    assert "Weber" not in json.dumps(told)


async def test_readiness_names_what_fails() -> None:
    async def passes() -> bool:
        return True

    async def refuses() -> bool:
        return False

    async def breaks() -> bool:
        raise OSError

    async def hangs() -> bool:
        await asyncio.sleep(60)
        return True

    ready = Readiness({"base": passes, "migrations": refuses, "jetons": breaks})
    assert await ready.failing() == ["migrations", "jetons"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("services.chassis.telemetry.health._CHECK_SECONDS", 0.01)
        assert await Readiness({"lent": hangs}).failing() == ["lent"]


def test_metrics_are_exposed_by_service() -> None:
    metrics = Metrics.create()
    metrics.consumer_lag_events.labels("cotation", "situations", "demande").set(12)
    metrics.parked.labels("cotation", "situations").set(1)
    body, media_type = metrics.exposition()
    assert b'logis_consumer_lag_events{consumer="situations",service="cotation",source="demande"} 12.0' in body
    assert media_type.startswith("text/plain")


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tracer provider for this test alone: the global one can be set once a process."""
    provider = TracerProvider()
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("logis"))


@pytest.mark.usefixtures("tracer")
def test_a_trace_goes_through_what_it_causes() -> None:
    with tracing.span("requête"):
        carried = tracing.current_traceparent()
        assert tracing.inject({}) == {"traceparent": carried}
    with tracing.span("événement", traceparent=carried):
        inner = tracing.current_traceparent()
    assert carried.split("-")[1] == inner.split("-")[1]
    assert carried.split("-")[2] != inner.split("-")[2]


@pytest.mark.usefixtures("tracer")
async def test_a_call_says_the_trace_and_the_correlation_that_it_is_made_for() -> None:
    alone, caused = (httpx.Request("GET", "http://registre.test/v1/situations") for _ in range(2))
    await _traced(alone)
    with tracing.span("cotation.notation"), structlog.contextvars.bound_contextvars(correlation_id="c-1"):
        await _traced(caused)
        trace_id = tracing.current_traceparent().split("-")[1]
    assert "X-Correlation-Id" not in alone.headers
    assert caused.headers["X-Correlation-Id"] == "c-1"
    assert caused.headers["traceparent"].split("-")[1] == trace_id


@pytest.mark.parametrize("traceparent", ["", "00-0-0-00", "n'importe quoi"])
def test_a_malformed_trace_is_no_trace(traceparent: str) -> None:
    assert trace.get_current_span(tracing.extract(traceparent)).get_span_context().is_valid is False


def test_an_exporter_that_is_not_installed_is_told_in_a_sentence() -> None:
    with pytest.raises(SettingsRefused, match=r"LOGIS_OTLP_ENDPOINT .* n'est pas installé"):
        tracing.configure_tracing("essai", "http://collecteur.test:4318")


@pytest.mark.usefixtures("tracer")
def test_a_span_tells_the_kind_of_an_error_only() -> None:
    seen: list[Any] = []
    with pytest.raises(ValueError, match="Weber"), tracing.span("étape") as current:
        seen.append(current)
        raise ValueError("Mme Weber")
    assert seen[0].attributes == {"error.type": "ValueError"}
    assert seen[0].events == ()


def test_a_process_that_asks_for_a_missing_exporter_ends_with_78() -> None:
    script = (
        "from services.chassis.settings import Settings;"
        "from services.chassis.telemetry.start import start_telemetry;"
        "start_telemetry('essai', Settings(otlp_endpoint='http://collecteur.test:4318'))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 78
    assert ended.stderr.startswith("LOGIS_OTLP_ENDPOINT est donné")
