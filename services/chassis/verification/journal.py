"""Checks that hold for every journal: the hash chains, and what its consumers have taken of it."""

from collections.abc import AsyncIterator

import asyncpg

from services.chassis.consumption.marks import add_to_checksum
from services.chassis.database import Database
from services.chassis.journal.chain import breaks
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.journal.port import Journal
from services.chassis.journal.records import LoadedStream, RecordedEvent, StreamHead
from services.chassis.publication.derivation import Publication
from services.chassis.transport.partition import PARTITIONS, partition_of
from services.chassis.verification.controle import Controle

_BATCH = 5_000
LATE = "en retard"
_HEADS = "select stream, version, hash from stream_head where stream > $1 order by stream limit $2"
_ORPHANS = "select count(*) from event e where not exists (select from stream_head h where h.stream = e.stream)"
_MARKS = """
    select consumer, "partition", epoch, xid, position, events, checksum from consumer_mark where source = $1"""

_TAKEN = "select coalesce(sum(events), 0) from consumer_mark"
_PARKED = "select consumer, subject, error from parked_event order by number"


async def streams(
    database: Database, journal: Journal, prefix: str = ""
) -> AsyncIterator[tuple[StreamHead, LoadedStream]]:
    """Every stream with the head that the journal keeps of it, by name; those whose name starts with `prefix`."""
    last = prefix
    while rows := await database.pool.fetch(_HEADS, last, _BATCH):
        heads = [StreamHead(*row) for row in rows if row["stream"].startswith(prefix)]
        loaded = await journal.streams([head.stream for head in heads])
        for head in heads:
            yield head, loaded.get(head.stream, LoadedStream(StreamHead(head.stream), ()))
        last = rows[-1]["stream"]
        if not last.startswith(prefix):
            return


async def chains(service: str, database: Database, journal: Journal) -> Controle:
    """Every stream's chain holds, from its first event to its head; no event stands outside a stream."""
    examined, found = 0, []
    async for head, loaded in streams(database, journal):
        examined += len(loaded.events)
        found += [f"{b.stream} version {b.version} : {b.why}" for b in breaks(head.stream, loaded.events, head)]
    orphans = await database.pool.fetchval(_ORPHANS)
    if orphans:
        found.append(f"{orphans} événement(s) hors de tout flux connu")
    return Controle(f"{service} : chaînes d'empreintes", examined, tuple(found))


async def parked(service: str, database: Database) -> Controle:
    """Nothing that the service's consumers took waits aside: the marks count it, but it had no effect."""
    taken = await database.pool.fetchval(_TAKEN)
    waiting = await database.pool.fetch(_PARKED)
    found = tuple(f"{row['consumer']} : {row['subject']} attend, {row['error']}" for row in waiting)
    return Controle(f"{service} : messages de côté", int(taken), found)


async def consumers(publication: Publication, journal: Journal, readers: dict[str, asyncpg.Pool]) -> list[Controle]:
    """Each consumer has taken as many events of this journal as it holds up to its marks, and the same ones.

    readers: by service, the database where its consumers keep their marks.
    """
    marks = {
        (row["consumer"], row["partition"]): row
        for pool in readers.values()
        for row in await pool.fetch(_MARKS, publication.service)
    }
    names = sorted({consumer for consumer, _ in marks})
    due: dict[tuple[str, int], list[str]] = {(name, p): [] for name in names for p in range(PARTITIONS)}
    total = 0
    async for recorded in _whole(journal):
        event = publication.published(recorded)
        if event is None:
            continue
        total += 1
        partition = partition_of(event.subject)
        for name in names:
            mark = marks.get((name, partition))
            if mark is not None and recorded.cursor <= Cursor(mark["epoch"], mark["xid"], mark["position"]):
                due[name, partition].append(event.id)
    return [_consumer(publication.service, name, total, marks, due) for name in names]


def _consumer(
    source: str,
    name: str,
    total: int,
    marks: dict[tuple[str, int], asyncpg.Record],
    due: dict[tuple[str, int], list[str]],
) -> Controle:
    found, taken = [], 0
    for partition in range(PARTITIONS):
        mark, ids = marks.get((name, partition)), due[name, partition]
        events, checksum = (mark["events"], mark["checksum"]) if mark is not None else (0, 0)
        taken += events
        if (events, checksum) != (len(ids), add_to_checksum(0, ids)):
            found.append(f"partition {partition} : {events} événement(s) pris, {len(ids)} attendu(s) jusqu'à la marque")
    if taken != total and not found:
        found.append(f"{LATE} : {taken} événement(s) pris sur {total}")
    return Controle(f"{source} → {name} : événements pris", total, tuple(found))


async def _whole(journal: Journal) -> AsyncIterator[RecordedEvent]:
    after = ORIGIN
    while events := await journal.read(after, _BATCH):
        for event in events:
            yield event
        after = events[-1].cursor
