"""Rebuilding the read models that a consumer keeps: their source is read again from zero, beside (ADR 4)."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from services.chassis.consumption.consumer import Consumer, Handler
from services.chassis.database import Database
from services.chassis.fabric import Fabric
from services.chassis.journal.cursor import ORIGIN
from services.chassis.rebuild.outcome import Compared, NotNow, Outcome, hashed
from services.chassis.rebuild.progress import Progress, Told, forget
from services.chassis.rebuild.tables import Difference, LockRefused, Twin, drop, lock, swap
from services.chassis.service import Reaction
from services.chassis.transport.feed import FeedClient, FeedSubscription
from services.chassis.transport.membership import Membership
from services.chassis.transport.port import Record

_LOCK_MS = 50
_PAUSE_SECONDS = 0.05

_BEHIND = text("""
    select exists (
      select from consumer_mark m left join consumer_mark b
        on b.consumer = :beside and b.source = m.source and b."partition" = m."partition"
      where m.consumer = :consumer and m.source = :source
        and (b.epoch is null or (b.epoch, b.xid, b.position) < (m.epoch, m.xid, m.position)))""")
# What was taken beside becomes what the consumer took: its own member finds marks that it did not write, and reads them again.
_TAKE_MARKS = text("""
    insert into consumer_mark (consumer, source, "partition", epoch, xid, position, "offset", events, checksum)
    select :consumer, source, "partition", epoch, xid, position, -1, events, checksum from consumer_mark
    where consumer = :beside and source = :source
    on conflict (consumer, source, "partition") do update
    set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position, events = excluded.events,
        checksum = excluded.checksum, updated_at = clock_timestamp()""")
_FORGET = (
    text("delete from consumer_mark where consumer = :beside and source = :source"),
    text("delete from parked_event where consumer = :beside and source = :source"),
)
_TAKE_PARKED = (
    text("delete from parked_event where consumer = :consumer and source = :source"),
    text("update parked_event set consumer = :consumer where consumer = :beside and source = :source"),
)


@dataclass(frozen=True, slots=True)
class _Beside:
    """A handler under another name: its marks and its parking are its own."""

    handler: Handler
    name: str

    def takes(self, event: RawCloudEvent) -> bool:
        return self.handler.takes(event)

    async def prepare(self, records: Sequence[Record]) -> Any:
        return await self.handler.prepare(records)

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        await self.handler.apply(connection, records, prepared)


@dataclass(slots=True)
class ConsumedRebuild:
    """One rebuild of the tables of one consumer."""

    fabric: Fabric
    reaction: Reaction
    told: Told
    patience: float = 60.0
    twins: list[Twin] = field(init=False, default_factory=list)

    @property
    def _names(self) -> dict[str, str]:
        name = self.reaction.handler.name
        return {"consumer": name, "beside": f"{name}+rebuild", "source": self.reaction.source}

    async def run(self, *, flip: bool, afresh: bool = False) -> Outcome:
        """Read the source again beside, compare, and put in place unless only the comparison is asked. Raises NotNow."""
        await self._begin(afresh=afresh)
        settings = self.fabric.settings
        database = await Database.open(
            settings.dsn(self.fabric.service), application_name="logis-rebuild", size=2, search_path="rebuild,public"
        )
        client = FeedClient(self.reaction.source, self.fabric.client(self.reaction.source))
        membership = Membership(settings.dsn(self.fabric.service), self._names["beside"], self.reaction.source)
        subscription = FeedSubscription(client, membership)
        handler = _Beside(self.reaction.handler, self._names["beside"])
        consumer = Consumer(database.engine, self.reaction.source, handler, subscription)
        try:
            await self._take(consumer)
            seen = [(twin, *await self._compare(twin)) for twin in self.twins]
            return await self._conclude(consumer, seen, flip=flip)
        finally:
            await subscription.close()
            await database.close()

    async def _begin(self, *, afresh: bool) -> None:
        async with self.fabric.database.engine.begin() as connection:
            self.twins = [await Twin.of(connection, name) for name in self.reaction.tables]
            await drop(connection, self.twins, "superseded")
            definition = hashed(*(twin.definition for twin in self.twins))
            name = self._names["beside"]
            if afresh or await Progress.load(connection, name, definition) is None:
                await self._forget(connection)
                for twin in self.twins:
                    await twin.create(connection)
                await Progress(name, definition, "", ORIGIN).save(connection)

    async def _take(self, consumer: Consumer) -> None:
        """Handle what the feed has, until it has nothing more to give at once."""
        done = 0
        while (delivery := await consumer.subscription.next(consumer.marks, 0.0)) is not None:
            await consumer.handle(delivery)
            done += len(delivery.records)
            self.told(f"événements de {consumer.source}", done, done)

    async def _compare(self, twin: Twin) -> tuple[int, int, list[Difference]]:
        async with self.fabric.database.engine.begin() as connection:
            await connection.execute(text(f"analyze rebuild.{twin.name}"))
            rows = await twin.count(connection)
            return rows, *await twin.differences(connection)

    async def _conclude(
        self, consumer: Consumer, seen: list[tuple[Twin, int, int, list[Difference]]], *, flip: bool
    ) -> Outcome:
        deadline = time.monotonic() + self.patience
        while True:
            await self._take(consumer)
            try:
                return await self._under_lock(seen, flip=flip)
            except LockRefused:
                if time.monotonic() > deadline:
                    raise NotNow(
                        "La bascule attend toujours son tour : rien n'est changé, relancez la commande."
                    ) from None
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _under_lock(self, seen: list[tuple[Twin, int, int, list[Difference]]], *, flip: bool) -> Outcome:
        """The consumer writes its marks with its rows: under the lock on the rows, its marks say what they hold."""
        async with self.fabric.database.engine.connect() as connection, connection.begin() as transaction:
            await lock(connection, self.twins, "access exclusive" if flip else "share row exclusive", _LOCK_MS)
            locked = time.perf_counter()
            if (await connection.execute(_BEHIND, self._names)).scalar_one():
                raise LockRefused
            compared = []
            for twin, rows, count, found in seen:
                still = await twin.still(connection, found)
                differing = len(still) if count == len(found) else count
                compared.append(Compared(twin.name, rows, differing, tuple(map(str, still))))
            if flip:
                await swap(connection, self.twins)
                for statement in (_TAKE_MARKS, *_TAKE_PARKED):
                    await connection.execute(statement, self._names)
                await self._forget(connection)
                await transaction.commit()
            else:
                await transaction.rollback()
        held = time.perf_counter() - locked
        async with self.fabric.database.engine.begin() as connection:
            await self._forget(connection)
            await drop(connection, self.twins, "superseded" if flip else "rebuild")
        return Outcome(tuple(compared), flipped=flip, locked_seconds=held)

    async def _forget(self, connection: AsyncConnection) -> None:
        for statement in _FORGET:
            await connection.execute(statement, self._names)
        await forget(connection, self._names["beside"])
