"""Rebuilding the read models that a service writes in the transactions of its events (ADR 4)."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import Database
from services.chassis.events.unit_of_work import EventStore, Projection
from services.chassis.journal.cursor import ORIGIN, Cursor
from services.chassis.rebuild.outcome import Compared, NotNow, Outcome, hashed
from services.chassis.rebuild.progress import Progress, Told, forget
from services.chassis.rebuild.replay import Facts, Replay
from services.chassis.rebuild.tables import Difference, LockRefused, Twin, drop, lock, swap

_NAME = "inline"
_STREAMS = 250  # about 20 ms of writing: a longer transaction would hold every reader of the cluster back
_EVENTS = 1_000
_TAIL = 200  # events applied under the lock, at the most
_LOCK_MS = 50
_PAUSE_SECONDS = 0.05

_HORIZON = text("""
    select epoch, xid, position from event
    where (epoch, xid) < ((select max(number) from journal_epoch), pg_snapshot_xmin(pg_current_snapshot()))
    order by epoch desc, xid desc, position desc limit 1""")
_NAMES = """
    select stream from stream_head where stream > $1 and split_part(stream, '-', 1) = any($2::text[])
    order by stream limit $3"""
_TOTAL = (
    "select count(*) filter (where stream <= $2), count(*) from stream_head where split_part(stream, '-', 1) = any($1)"
)


def derived(projection: Projection) -> tuple[str, ...]:
    """The tables that a projection adds up from its own: built again and put in place with them, and not compared, since the
    same sums may be kept in several ways."""
    found: tuple[str, ...] = getattr(projection, "derived", ())
    return found


@dataclass(slots=True)
class InlineRebuild:
    """One rebuild of every inline read model of a service, by one process at a time.

    patience: seconds during which the lock is asked for again when long transactions or readers refuse it.
    """

    store: EventStore
    database: Database
    projections: Sequence[Projection]
    told: Told
    patience: float = 60.0
    replay: Replay = field(init=False)
    twins: list[Twin] = field(init=False, default_factory=list)
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.replay = Replay.of(self.store, self.projections)

    async def run(self, *, flip: bool, afresh: bool = False) -> Outcome:
        """Build beside, compare, and put in place unless only the comparison is asked. Raises NotNow."""
        await self._begin(afresh=afresh)
        await self._read_streams()
        await self._follow()
        await self._analyse()
        uncompared = {name for projection in self.projections for name in derived(projection)}
        seen = {twin.name: await self._compare(twin) for twin in self.twins if twin.name not in uncompared}
        return await self._conclude(seen, flip=flip)

    async def _begin(self, *, afresh: bool) -> None:
        """Take up what a killed rebuild left, or make the tables anew from the horizon of now."""
        async with self.database.engine.begin() as connection:
            names = [name for projection in self.projections for name in (*projection.tables, *derived(projection))]
            self.twins = [await Twin.of(connection, name) for name in names]
            await drop(connection, self.twins, "superseded")
            definition = hashed(version("logis"), *(twin.definition for twin in self.twins))
            left = None if afresh else await Progress.load(connection, _NAME, definition)
            if left is None:
                row = (await connection.execute(_HORIZON)).one_or_none()
                left = Progress(_NAME, definition, "", ORIGIN if row is None else Cursor(*row))
                for twin in self.twins:
                    await twin.create(connection)
                await left.save(connection)
        self.progress = left

    async def _read_streams(self) -> None:
        """Every stream by name, as it stands: what is written meanwhile comes again with the journal."""
        categories = list(self.replay.aggregates)
        done, total = await self.database.pool.fetchrow(_TOTAL, categories, self.progress.last_stream)
        while rows := await self.database.pool.fetch(_NAMES, self.progress.last_stream, categories, _STREAMS):
            names = [row["stream"] for row in rows]
            await self._write(await self.replay.whole(names), replace(self.progress, last_stream=names[-1]))
            done += len(names)
            self.told("flux relus", done, max(done, total))

    async def _follow(self) -> None:
        """The journal, from where the rebuild began to what may be read now."""
        done = 0
        while events := await self.store.journal.read(self.progress.cursor, _EVENTS):
            await self._write(await self.replay.following(events), replace(self.progress, cursor=events[-1].cursor))
            done += len(events)
            self.told("événements suivis", done, done)

    async def _write(self, facts: Facts, progress: Progress) -> None:
        async with self.database.engine.begin() as connection:
            await self._project(connection, facts)
            await progress.save(connection)
        self.progress = progress

    async def _project(self, connection: AsyncConnection, facts: Facts) -> None:
        """Apply the facts to the tables beside: on the search path of the moment, there are no others."""
        await connection.execute(text("set local search_path = rebuild"))
        for projection in self.projections:
            written = [fact for fact in facts.written if fact.aggregate in projection.aggregates]
            if written:
                await projection.project(connection, written, facts.keys)
        await connection.execute(text("set local search_path = public"))

    async def _analyse(self) -> None:
        """Statistics, so that the first reader after the flip has a good plan."""
        async with self.database.engine.begin() as connection:
            for twin in self.twins:
                await connection.execute(text(f"analyze rebuild.{twin.name}"))

    async def _compare(self, twin: Twin) -> tuple[int, int, list[Difference]]:
        async with self.database.engine.connect() as connection:
            rows = await twin.count(connection)
            count, found = await twin.differences(connection)
        self.told(f"comparaison de {twin.name}", rows, rows)
        return rows, count, found

    async def _conclude(self, seen: dict[str, tuple[int, int, list[Difference]]], *, flip: bool) -> Outcome:
        """Under the lock: the last events, the differences looked at again, the flip. Asked again while it is refused."""
        deadline = time.monotonic() + self.patience
        while True:
            await self._follow()
            if len(await self.store.journal.committed(self.progress.cursor, _TAIL + 1)) <= _TAIL:
                try:
                    return await self._under_lock(seen, flip=flip)
                except LockRefused:
                    self.replay.forget()
            if time.monotonic() > deadline:
                raise NotNow("Une transaction longue retient la bascule : rien n'est changé, relancez la commande.")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _under_lock(self, seen: dict[str, tuple[int, int, list[Difference]]], *, flip: bool) -> Outcome:
        async with self.database.engine.connect() as connection, connection.begin() as transaction:
            await lock(connection, self.twins, "access exclusive" if flip else "share row exclusive", _LOCK_MS)
            locked = time.perf_counter()
            tail = await self.store.journal.committed(self.progress.cursor, 2 * _TAIL)
            if len(tail) == 2 * _TAIL:
                raise LockRefused
            await self._project(connection, await self.replay.following(tail))
            compared = [
                await self._again(connection, twin, *seen[twin.name]) for twin in self.twins if twin.name in seen
            ]
            if flip:
                await swap(connection, self.twins)
                await forget(connection, _NAME)
                await transaction.commit()
            else:
                await transaction.rollback()
        held = time.perf_counter() - locked
        async with self.database.engine.begin() as connection:
            if not flip:
                await forget(connection, _NAME)
            await drop(connection, self.twins, "superseded" if flip else "rebuild")
        return Outcome(tuple(compared), flipped=flip, locked_seconds=held)

    async def _again(
        self, connection: AsyncConnection, twin: Twin, rows: int, count: int, found: list[Difference]
    ) -> Compared:
        """The differences that are not only those of a row seen late. Beyond what is looked at again, the first count."""
        still = await twin.still(connection, found)
        return Compared(twin.name, rows, len(still) if count == len(found) else count, tuple(map(str, still)))
