"""How far a consumer has gone: kept in its own database, moved in the transaction of the effects."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis.journal.cursor import Cursor
from services.chassis.transport.port import Mark, PartitionLost, Record

_CHECKSUM_MODULUS = 2**63

_CREATE = text("""
    insert into consumer_mark (consumer, source, "partition", epoch, xid, position, "offset", events, checksum)
    select :consumer, :source, p, 0, 0, 0, -1, 0, 0 from unnest(cast(:partitions as smallint[])) p
    on conflict do nothing""")

_LOAD = text("""
    select "partition", epoch, xid, position, "offset", events, checksum from consumer_mark
    where consumer = :consumer and source = :source and "partition" = any(cast(:partitions as smallint[]))""")

# Compare-and-set: a member that lost a partition finds a mark that it did not write, and all its effects are rolled back.
_ADVANCE = text("""
    update consumer_mark m
    set epoch = u.epoch, xid = u.xid, position = u.position, "offset" = u.o, events = u.events, checksum = u.checksum,
        updated_at = clock_timestamp()
    from unnest(cast(:partitions as smallint[]), cast(:epochs as integer[]), cast(:xids as bigint[]),
                cast(:positions as bigint[]), cast(:offsets as bigint[]), cast(:events as bigint[]),
                cast(:checksums as bigint[]), cast(:was_epochs as integer[]), cast(:was_xids as bigint[]),
                cast(:was_positions as bigint[]))
         u(p, epoch, xid, position, o, events, checksum, was_epoch, was_xid, was_position)
    where m.consumer = :consumer and m.source = :source and m."partition" = u.p
      and (m.epoch, m.xid, m.position) = (u.was_epoch, u.was_xid, u.was_position)""")


def checksum_of(event_id: str) -> int:
    """What one event adds to a checksum: 63 bits of the SHA-256 of its identifier."""
    return int.from_bytes(hashlib.sha256(event_id.encode()).digest()[:8], "big") % _CHECKSUM_MODULUS


def add_to_checksum(checksum: int, event_ids: list[str]) -> int:
    """The checksum of a set of events: a sum modulo 2**63, the same in whatever order they came."""
    return (checksum + sum(map(checksum_of, event_ids))) % _CHECKSUM_MODULUS


@dataclass(slots=True)
class ConsumerMarks:
    """The marks of one consumer on one source. Those that this member moved last are remembered: another member may have moved
    them since, but the compare-and-set would then refuse, and they would be read again."""

    engine: AsyncEngine
    consumer: str
    source: str
    _known: dict[int, Mark] = field(default_factory=dict)

    async def load(self, partitions: frozenset[int], *, again: bool = False) -> Mapping[int, Mark]:
        """The mark of each partition, made at the origin if it was never read."""
        if again or not partitions <= self._known.keys():
            self._known |= await self._read(partitions)
        return {partition: self._known[partition] for partition in partitions}

    def moved(self, now: Mapping[int, Mark]) -> None:
        """The transaction that advanced the marks is committed."""
        self._known |= now

    def forget(self) -> None:
        """Something failed: what is remembered may no longer be what the database holds."""
        self._known.clear()

    async def _read(self, partitions: frozenset[int]) -> dict[int, Mark]:
        named = {"consumer": self.consumer, "source": self.source, "partitions": sorted(partitions)}
        async with self.engine.begin() as connection:
            rows = (await connection.execute(_LOAD, named)).all()
            if len(rows) < len(partitions):
                await connection.execute(_CREATE, named)
                rows = (await connection.execute(_LOAD, named)).all()
        return {row[0]: Mark(Cursor(*row[1:4]), *row[4:]) for row in rows}

    async def advance(self, connection: AsyncConnection, was: Mapping[int, Mark], now: Mapping[int, Mark]) -> None:
        """Move the marks from `was` to `now`, in the transaction of the effects. Raises PartitionLost."""
        partitions = sorted(now)
        moved = await connection.execute(
            _ADVANCE,
            {
                "consumer": self.consumer,
                "source": self.source,
                "partitions": partitions,
                "epochs": [now[p].cursor.epoch for p in partitions],
                "xids": [now[p].cursor.xid for p in partitions],
                "positions": [now[p].cursor.position for p in partitions],
                "offsets": [now[p].offset for p in partitions],
                "events": [now[p].events for p in partitions],
                "checksums": [now[p].checksum for p in partitions],
                "was_epochs": [was[p].cursor.epoch for p in partitions],
                "was_xids": [was[p].cursor.xid for p in partitions],
                "was_positions": [was[p].cursor.position for p in partitions],
            },
        )
        if moved.rowcount != len(partitions):
            raise PartitionLost(f"{self.consumer} lost one of {self.source}'s partitions {partitions}")


def mark_after(mark: Mark, cursor: Cursor, offset: int, taken: list[str]) -> Mark:
    """The mark once the events `taken` (identifiers) are handled and the partition stands at (cursor, offset)."""
    return Mark(cursor, offset, mark.events + len(taken), add_to_checksum(mark.checksum, taken))


def marks_after(
    was: Mapping[int, Mark], reached: Mapping[int, tuple[Cursor, int]], fresh: Sequence[Record]
) -> dict[int, Mark]:
    """The marks that move: where each partition stands (cursor, offset) once the fresh records are handled."""
    return {
        partition: mark_after(was[partition], cursor, offset, [r.event.id for r in fresh if r.partition == partition])
        for partition, (cursor, offset) in reached.items()
        if cursor > was[partition].cursor or offset > was[partition].offset
    }
