"""A consumer: batches of published events, their effects and its marks in one transaction."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.enveloppe import RawCloudEvent
from services.chassis.consumption.marks import ConsumerMarks, marks_after
from services.chassis.consumption.parking import BEHIND, Parking
from services.chassis.database import LOST
from services.chassis.journal.port import AppendRefused
from services.chassis.telemetry.tracing import span
from services.chassis.transport.port import Delivery, Mark, PartitionLost, Record, Subscription

log = structlog.get_logger(__name__)

_FIRST_BACKOFF_SECONDS = 0.05
_LAST_BACKOFF_SECONDS = 5.0


class Unavailable(Exception):
    """What an effect needs does not answer for now: the batch waits and is tried again, nothing is parked."""


@contextmanager
def _handling(handler: str, event: RawCloudEvent) -> Iterator[None]:
    """What is logged, called and traced for a batch names its last event, as what it writes does."""
    with (
        span(handler, traceparent=event.traceparent, kind=SpanKind.CONSUMER),
        structlog.contextvars.bound_contextvars(correlation_id=event.correlationid, causation_id=event.id),
    ):
        yield


_TRANSIENT = (Unavailable, AppendRefused, PoolTimeout, httpx.TransportError, *LOST)
_RETRIED_SQLSTATES = frozenset({"40001", "40P01", "57P01", "57P02", "57P03", "53300"})


def is_transient(failed: BaseException) -> bool:
    """Whether the same batch may succeed later, unchanged: nothing is then parked.

    Errors come bare from asyncpg, or wrapped by SQLAlchemy, which does not always know that a connection is lost (while it
    opens one): what they come from is looked at too.
    """
    if isinstance(failed, ValueError):  # asyncpg tells an argument of the wrong type as an error of its interface
        return False
    if isinstance(failed, _TRANSIENT) or getattr(failed, "sqlstate", None) in _RETRIED_SQLSTATES:
        return True
    if isinstance(failed, DBAPIError) and failed.connection_invalidated:
        return True
    return failed.__cause__ is not None and is_transient(failed.__cause__)


class Handler(Protocol):
    """What a consumer does with events."""

    @property
    def name(self) -> str:
        """Its identity in the marks: it never changes."""

    def takes(self, event: RawCloudEvent) -> bool:
        """Whether it has anything to do with an event; the others only move the marks."""

    async def prepare(self, records: Sequence[Record]) -> Any:
        """What the effects need from outside, asked before the transaction opens. Raises Unavailable."""

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        """The effects of the records that it takes, in order, set-based, in the open transaction: reads first, then writes."""


def _nobody() -> None:
    """Nobody waits for what a consumer writes."""


@dataclass
class Consumer:
    """One member consuming one source for one handler. woken: tells who waits for its effects that there are new ones."""

    engine: AsyncEngine
    source: str
    handler: Handler
    subscription: Subscription
    poll_seconds: float = 1.0
    woken: Callable[[], None] = _nobody

    def __post_init__(self) -> None:
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.marks = ConsumerMarks(self.engine, self.handler.name, self.source)
        self.parking = Parking(self.handler.name)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`. What is in hand when it comes is finished and committed before leaving."""
        backoff = _FIRST_BACKOFF_SECONDS
        try:
            while not stop.is_set():
                try:
                    delivery = await self.subscription.next(self.marks, self.poll_seconds)
                    if delivery is not None:
                        await self.handle(delivery)
                        self.woken()
                        await self.subscription.committed(delivery)
                    backoff = _FIRST_BACKOFF_SECONDS
                except PartitionLost:
                    log.info("partition-lost", consumer=self.handler.name, source=self.source)
                    self.marks.forget()
                except Exception as failed:
                    if not is_transient(failed):
                        raise
                    self.marks.forget()
                    log.warning(
                        "consumer-waits", consumer=self.handler.name, source=self.source, error=type(failed).__name__
                    )
                    await asyncio.sleep(backoff)
                    backoff = min(2 * backoff, _LAST_BACKOFF_SECONDS)
        finally:
            await self.subscription.close()

    async def handle(self, delivery: Delivery) -> None:
        """Give one delivery its effects, once; what cannot succeed is parked. Raises PartitionLost, and what is transient."""
        try:
            await self._handle_whole(delivery)
        except PartitionLost:
            raise
        except Exception as failed:
            if is_transient(failed):
                raise
            await self._handle_one_by_one(delivery, failed)

    async def _handle_whole(self, delivery: Delivery) -> None:
        was = await self.marks.load(frozenset(delivery.reached))
        fresh = [record for record in delivery.records if record.cursor > was[record.partition].cursor]
        await self._commit(was, marks_after(was, delivery.reached, fresh), fresh)

    async def _commit(
        self, was: Mapping[int, Mark], now: Mapping[int, Mark], fresh: Sequence[Record], error: str = ""
    ) -> None:
        """One transaction: effects (or parking when `error` is given), marks. The marks come last, so that a handler that
        loads streams loads before anything is written; the compare-and-set still rolls everything back if they moved."""
        taken = [record for record in fresh if self.handler.takes(record.event)]
        if taken:
            with _handling(self.handler.name, taken[-1].event):
                prepared = None if error else await self.handler.prepare(taken)
                async with self.engine.begin() as connection:
                    await self._effects(connection, taken, prepared, error)
                    await self.marks.advance(connection, was, now)
        elif now:  # each partition for itself: one that was lost takes nothing back from the others
            async with self._autocommit.connect() as connection:
                await self.marks.advance(connection, was, now)
        self.marks.moved(now)

    async def _effects(self, connection: AsyncConnection, taken: Sequence[Record], prepared: Any, error: str) -> None:
        blocked = await self.parking.blocked(connection, taken)
        free = [record for record in taken if record.event.subject not in blocked]
        if error:
            await self.parking.park(connection, free, error)
        elif free:
            await self.handler.apply(connection, free, prepared)
        await self.parking.park(connection, [r for r in taken if r.event.subject in blocked], BEHIND)

    async def _handle_one_by_one(self, delivery: Delivery, failed: Exception) -> None:
        """The batch holds a record that cannot succeed: take them one at a time, park the faulty ones, then the rest."""
        log.error("batch-failed", consumer=self.handler.name, source=self.source, exc_info=failed)
        for record in delivery.records:
            was = await self.marks.load(frozenset({record.partition}))
            if record.cursor <= was[record.partition].cursor:
                continue
            now = marks_after(was, {record.partition: (record.cursor, was[record.partition].offset)}, [record])
            try:
                await self._commit(was, now, [record])
            except PartitionLost:
                raise
            except Exception as poison:
                if is_transient(poison):
                    raise
                log.error(
                    "event-parked",
                    consumer=self.handler.name,
                    cursor=record.event.id,
                    correlation_id=record.event.correlationid,
                    type=record.event.type,
                    exc_info=poison,
                )
                await self._commit(was, now, [record], error=type(poison).__name__)
        was = await self.marks.load(frozenset(delivery.reached))
        await self._commit(was, marks_after(was, delivery.reached, []), [])
