"""The figures that only the database knows, read when somebody asks for them: ages, lags, what is parked."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import structlog

from services.chassis.consumption.consumer import Unavailable
from services.chassis.database import LOST
from services.chassis.journal.cursor import Cursor
from services.chassis.telemetry.metrics import Metrics
from services.chassis.transport.lag import Lag
from services.chassis.transport.port import Mark

log = structlog.get_logger(__name__)

_KEPT_SECONDS = 1.0

# The horizon of every reader (engineering.md §5): what is committed beyond it waits for an older transaction to end.
_JOURNAL = """
    select coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0)::float8 from event
    where (epoch, xid) >= ((select max(number) from journal_epoch), pg_snapshot_xmin(pg_current_snapshot()))"""
_RELAY = """
    with mark as (select coalesce(max(epoch), 0) as epoch, coalesce(max(xid), 0) as xid,
                         coalesce(max(position), 0) as position from relay_mark where topic = $1)
    select extract(epoch from clock_timestamp() - e.recorded_at)::float8 from event e, mark m
    where (e.epoch, e.xid, e.position) > (m.epoch, m.xid::text::xid8, m.position)
    order by e.epoch, e.xid, e.position limit 1"""
_MARKS = """
    select "partition", epoch, xid, position, "offset" from consumer_mark where consumer = $1 and source = $2"""
_PARKED = "select consumer, count(*) from parked_event group by consumer"


@dataclass(frozen=True, slots=True)
class Followed:
    """A consumer of one source, and the way to know what it has still to take."""

    consumer: str
    source: str
    lag: Lag


@dataclass(slots=True)
class ServiceFigures:
    """Those of one service. topic: the one its relay writes, none when no relay runs."""

    service: str
    pool: asyncpg.Pool
    followed: Sequence[Followed]
    topic: str | None = None
    seconds_late: dict[tuple[str, str], float] = field(default_factory=dict)

    async def read(self, metrics: Metrics) -> None:
        """Set every gauge; what cannot be known now is NaN, which no alert takes for zero."""
        await self._ages(metrics)
        for one in self.followed:
            events, seconds = await self._behind(one)
            self.seconds_late[one.consumer, one.source] = seconds
            metrics.consumer_lag_events.labels(self.service, one.consumer, one.source).set(events)
            metrics.consumer_lag_seconds.labels(self.service, one.consumer, one.source).set(seconds)

    async def _ages(self, metrics: Metrics) -> None:
        consumers = {one.consumer for one in self.followed}
        try:
            journal = max(0.0, await self.pool.fetchval(_JOURNAL))
            relay = await self.pool.fetchval(_RELAY, self.topic) if self.topic is not None else 0.0
            parked: dict[str, float] = dict.fromkeys(consumers, 0.0) | dict(await self.pool.fetch(_PARKED))
        except (asyncpg.PostgresError, *LOST) as lost:
            log.warning("figures-unknown", error=type(lost).__name__)
            journal = relay = math.nan
            parked = dict.fromkeys(consumers, math.nan)
        metrics.journal_age.labels(self.service).set(journal)
        metrics.relay_age.labels(self.service).set(max(0.0, relay or 0.0))
        for consumer, count in parked.items():
            metrics.parked.labels(self.service, consumer).set(count)

    async def _behind(self, one: Followed) -> tuple[float, float]:
        """(events, seconds) that a consumer has still to take."""
        try:
            rows = await self.pool.fetch(_MARKS, one.consumer, one.source)
            pending = await one.lag.pending({row[0]: Mark(Cursor(*row[1:4]), row[4]) for row in rows})
        except (Unavailable, asyncpg.PostgresError, *LOST) as lost:
            log.warning("lag-unknown", consumer=one.consumer, source=one.source, error=type(lost).__name__)
            return math.nan, math.nan
        if pending.oldest is None:
            return pending.events, math.nan if pending.events else 0.0
        return pending.events, max(0.0, (datetime.now(UTC) - pending.oldest).total_seconds())


@dataclass(slots=True)
class Figures:
    """Those of every service of this process: read at most once a second, however many ask."""

    metrics: Metrics
    services: list[ServiceFigures] = field(default_factory=list)
    _read_at: float = float("-inf")
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> None:
        """Bring the gauges up to date."""
        async with self._reading:
            if time.monotonic() - self._read_at < _KEPT_SECONDS:
                return
            await asyncio.gather(*(service.read(self.metrics) for service in self.services))
            self._read_at = time.monotonic()

    async def close(self) -> None:
        """Let go of what the lags opened."""
        for service in self.services:
            for one in service.followed:
                await one.lag.close()


@dataclass(slots=True)
class CaughtUp:
    """Whether the consumers of a service have caught up since this process began: once they have, they are no longer asked.

    A source that does not answer does not count: two services that wait for each other would never be ready.
    """

    figures: Figures
    of: ServiceFigures
    most_seconds: float
    _once: bool = False

    async def __call__(self) -> bool:
        if not self._once:
            await self.figures.refresh()
            self._once = not any(late > self.most_seconds for late in self._known(self.of.seconds_late))
        return self._once

    @staticmethod
    def _known(late: Mapping[tuple[str, str], float]) -> Iterable[float]:
        return (seconds for seconds in late.values() if not math.isnan(seconds))
