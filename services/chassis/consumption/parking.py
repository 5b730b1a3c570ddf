"""Parking: a message that cannot be handled is set aside with its key blocked; what follows it there waits in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from services.chassis.journal.cursor import Cursor
from services.chassis.transport.port import Record

_BLOCKED = text("""
    select distinct subject from parked_event
    where consumer = :consumer and source = :source and subject = any(cast(:subjects as text[]))""")
_PARK = text("""
    insert into parked_event (consumer, source, subject, "partition", cursor, event, error)
    select :consumer, :source, u.* from unnest(
      cast(:subjects as text[]), cast(:partitions as smallint[]), cast(:cursors as text[]), cast(:events as bytea[]),
      cast(:errors as text[])) u
    on conflict (consumer, source, cursor) do nothing""")
_LIST = text("""
    select number, source, subject, cursor, event, error, parked_at, "partition" from parked_event
    where consumer = :consumer and (cast(:subject as text) is null or subject = :subject) order by number limit :limit""")
_FIRST = text("""
    select number, source, subject, cursor, event, error, parked_at, "partition" from parked_event
    where consumer = :consumer and source = :source and subject = :subject order by number limit 1 for update""")
_REMOVE = text("delete from parked_event where number = :number")

BEHIND = "derriere-un-evenement-gare"


@dataclass(frozen=True, slots=True)
class Parked:
    """An event set aside. error: kind of failure, never the facts; `derriere-un-evenement-gare` when only its key blocks it."""

    number: int
    record: Record
    error: str
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class Parking:
    """The parking of one consumer."""

    consumer: str

    async def blocked(self, connection: AsyncConnection, records: Sequence[Record]) -> set[str]:
        """Which subjects among the records have something parked before them."""
        if not records:
            return set()
        rows = await connection.execute(
            _BLOCKED,
            {
                "consumer": self.consumer,
                "source": records[0].source,
                "subjects": list({record.event.subject for record in records}),
            },
        )
        return set(rows.scalars())

    async def park(self, connection: AsyncConnection, records: Sequence[Record], error: str) -> None:
        """Set the records aside, in their order, in the caller's transaction."""
        if not records:
            return
        await connection.execute(
            _PARK,
            {
                "consumer": self.consumer,
                "source": records[0].source,
                "subjects": [record.event.subject for record in records],
                "partitions": [record.partition for record in records],
                "cursors": [str(record.cursor) for record in records],
                "events": [msgspec.json.encode(record.event) for record in records],
                "errors": [error] * len(records),
            },
        )

    async def parked(
        self, connection: AsyncConnection, *, subject: str | None = None, limit: int = 100
    ) -> list[Parked]:
        """What is set aside, oldest first."""
        rows = await connection.execute(_LIST, {"consumer": self.consumer, "subject": subject, "limit": limit})
        return [_parked(row) for row in rows]

    async def first(self, connection: AsyncConnection, source: str, subject: str) -> Parked | None:
        """The event that blocks a key, locked: it is the one to replay or drop first."""
        row = (
            await connection.execute(_FIRST, {"consumer": self.consumer, "source": source, "subject": subject})
        ).one_or_none()
        return None if row is None else _parked(row)

    async def remove(self, connection: AsyncConnection, number: int) -> None:
        """Take one event out: it was replayed, or given up."""
        await connection.execute(_REMOVE, {"number": number})


def _parked(row: tuple[int, str, str, str, bytes, str, datetime, int]) -> Parked:
    number, source, _subject, cursor, event, error, parked_at, partition = row
    record = Record(source, partition, Cursor.parse(cursor), msgspec.json.decode(event, type=RawCloudEvent))
    return Parked(number, record, error, parked_at)
