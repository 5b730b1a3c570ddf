"""How far a rebuild has gone, kept with the rows that it wrote: a rebuild that is killed goes on from there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.journal.cursor import Cursor

Told = Callable[[str, int, int], None]
"""(step, done, total) of a long work, for who waits."""

_LOAD = text("select definition, last_stream, epoch, xid, position from rebuild.progress where name = :name")
_SAVE = text("""
    insert into rebuild.progress (name, definition, last_stream, epoch, xid, position)
    values (:name, :definition, :last_stream, :epoch, :xid, :position)
    on conflict (name) do update set definition = excluded.definition, last_stream = excluded.last_stream,
      epoch = excluded.epoch, xid = excluded.xid, position = excluded.position""")
_FORGET = text("delete from rebuild.progress where name = :name")


@dataclass(frozen=True, slots=True)
class Progress:
    """last_stream: streams are read up to it, by name. cursor: the journal is followed up to it."""

    name: str
    definition: str
    last_stream: str
    cursor: Cursor

    async def save(self, connection: AsyncConnection) -> None:
        """Keep it, in the transaction of the rows."""
        place = dict(zip(("epoch", "xid", "position"), self.cursor, strict=True))
        named: dict[str, Any] = {"name": self.name, "definition": self.definition, "last_stream": self.last_stream}
        await connection.execute(_SAVE, named | place)

    @classmethod
    async def load(cls, connection: AsyncConnection, name: str, definition: str) -> "Progress | None":
        """Where the last rebuild of this name stopped; None when there is none, or it was made from something else."""
        row = (await connection.execute(_LOAD, {"name": name})).one_or_none()
        if row is None or row.definition != definition:
            return None
        return cls(name, definition, row.last_stream, Cursor(row.epoch, row.xid, row.position))


async def forget(connection: AsyncConnection, name: str) -> None:
    """The rebuild is over."""
    await connection.execute(_FORGET, {"name": name})
