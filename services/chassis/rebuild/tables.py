"""Tables beside those that people read: same definition, filled apart, compared, then put in their place.

They have the same names in the schema `rebuild`, which the connection's search path puts first: the code that fills a read
model fills the one beside without knowing it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

MOST_RECHECKED = 1_000

_COLUMNS = text("""
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as kind, coalesce(a.attnum = any(i.indkey), false) as key
    from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped order by a.attnum""")
_CONSTRAINTS = text("""
    select format('constraint %I %s', conname, pg_get_constraintdef(oid)) from pg_constraint
    where conrelid = cast(:table as regclass) and contype in ('p', 'u', 'x', 'c') order by conname""")
_INDEXES = text("""
    select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = cast(:table as regclass)
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid) order by 1""")


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not the same in the two tables. how: `absente` (only rebuilt), `en-trop` (only read), `autre`."""

    key: tuple[str, ...]
    how: str

    def __str__(self) -> str:
        return f"{' '.join(self.key)} : {self.how}"


@dataclass(frozen=True, slots=True)
class Twin:
    """A table that people read, and the one beside it. definition: names what it was made from."""

    name: str
    columns: tuple[tuple[str, str, bool], ...]
    constraints: tuple[str, ...]
    indexes: tuple[str, ...]

    @classmethod
    async def of(cls, connection: AsyncConnection, name: str) -> "Twin":
        """The twin of a table as the catalogue defines it."""
        named = {"table": f"public.{name}"}
        columns = [tuple(row) for row in await connection.execute(_COLUMNS, named)]
        constraints = (await connection.execute(_CONSTRAINTS, named)).scalars().all()
        indexes = (await connection.execute(_INDEXES, named)).scalars().all()
        return cls(name, tuple(columns), tuple(constraints), tuple(indexes))

    @property
    def definition(self) -> str:
        return hashlib.sha256(repr((self.columns, self.constraints, self.indexes)).encode()).hexdigest()

    @property
    def keys(self) -> list[tuple[str, str]]:
        """The columns of the primary key, with their types."""
        return [(name, kind) for name, kind, key in self.columns if key]

    async def create(self, connection: AsyncConnection) -> None:
        """The empty table beside, with the same constraints and indexes under the same names."""
        await connection.execute(text(f"drop table if exists rebuild.{self.name}"))
        await connection.execute(
            text(f"create table rebuild.{self.name} (like public.{self.name} including all excluding indexes"
                 " excluding constraints)")
        )  # fmt: skip
        for constraint in self.constraints:
            await connection.execute(text(f"alter table rebuild.{self.name} add {constraint}"))
        for index in self.indexes:
            await connection.execute(text(index.replace(f" ON public.{self.name} ", f" ON rebuild.{self.name} ", 1)))

    async def differences(self, connection: AsyncConnection) -> tuple[int, list[Difference]]:
        """How many rows differ, and the first of them. Seen while writers write: to be looked at again under the lock."""
        keys = ", ".join(f"coalesce(a.{name}, b.{name})::text as {name}" for name, _ in self.keys)
        using = ", ".join(name for name, _ in self.keys)
        rows = await connection.execute(
            text(f"select {keys}, {_HOW}, count(*) over () from public.{self.name} a full join rebuild.{self.name} b"  # noqa: S608
                 f" using ({using}) where a is distinct from b order by {using} limit :most"),
            {"most": MOST_RECHECKED},
        )  # fmt: skip
        found = rows.all()
        return (found[0][-1] if found else 0), [_difference(row[:-1]) for row in found]

    async def still(self, connection: AsyncConnection, seen: Sequence[Difference]) -> list[Difference]:
        """Those of the differences that are still there."""
        if not seen:
            return []
        names = [name for name, _ in self.keys]
        arrays = ", ".join(f"cast(cast(:{name} as text[]) as {kind}[])" for name, kind in self.keys)

        def same(side: str) -> str:
            return " and ".join(f"{side}.{name} = w.{name}" for name in names)

        keys = ", ".join(f"w.{name}::text" for name in names)
        rows = await connection.execute(
            text(f"select {keys}, {_HOW} from unnest({arrays}) w({', '.join(names)})"  # noqa: S608 (names of the catalogue)
                 f" left join public.{self.name} a on {same('a')} left join rebuild.{self.name} b on {same('b')}"
                 " where a is distinct from b"),
            {name: [one.key[at] for one in seen] for at, name in enumerate(names)},
        )  # fmt: skip
        return [_difference(row) for row in rows]

    async def count(self, connection: AsyncConnection) -> int:
        """How many rows stand beside."""
        return int((await connection.execute(text(f"select count(*) from rebuild.{self.name}"))).scalar_one())  # noqa: S608


class LockRefused(Exception):
    """Somebody holds one of the tables for longer than others may be made to wait."""


_REFUSED = ("55P03", "40P01")  # the time is over; the writers' order of locks is not ours
_HOW = "case when a is null then 'absente' when b is null then 'en-trop' else 'autre' end as how"


def _difference(row: Any) -> Difference:
    return Difference(tuple(row[:-1]), row[-1])


async def lock(connection: AsyncConnection, twins: Sequence[Twin], mode: str, wait_ms: int) -> None:
    """Hold back those who write the tables (and those who read them, in `access exclusive`). Raises LockRefused after
    `wait_ms`, shared between the tables: whoever comes behind waits that long at the most."""
    await connection.execute(text(f"set local lock_timeout = {max(10, wait_ms // len(twins))}"))
    try:
        await connection.execute(text(f"lock table {', '.join(f'public.{t.name}' for t in twins)} in {mode} mode"))
    except DBAPIError as failed:
        if getattr(failed.orig, "sqlstate", None) not in _REFUSED:
            raise
        raise LockRefused from failed
    await connection.execute(text("set local lock_timeout = 0"))


async def swap(connection: AsyncConnection, twins: Sequence[Twin]) -> None:
    """Put the tables beside in the place of those that people read; the old ones wait in `superseded`. One round trip."""
    moves = [
        f"alter table public.{twin.name} set schema superseded; alter table rebuild.{twin.name} set schema public;"
        for twin in twins
    ]
    await connection.execute(text(f"do $$ begin {' '.join(moves)} end $$"))


async def drop(connection: AsyncConnection, twins: Sequence[Twin], schema: str) -> None:
    """Drop what nobody reads: what stands beside (`rebuild`), or what stood in its place (`superseded`)."""
    for twin in twins:
        await connection.execute(text(f"drop table if exists {schema}.{twin.name}"))
