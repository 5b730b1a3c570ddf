"""A read model whose rows are the folded state of the streams of one category, written in the transaction of their events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TableClause, TextClause, column, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.unit_of_work import Aggregate, Written

Rangee = tuple[Any, ...]


@dataclass(slots=True)
class TableDEtat:
    """A projection. cle: columns of the primary key, the first ones; colonnes: every column with its PostgreSQL type.

    rangees: (identifier, version, state) gives the rows that the table must hold, which `verify` compares with the fold.
    """

    name: str
    aggregate: Aggregate[Any]
    cle: tuple[str, ...]
    colonnes: Mapping[str, str]
    rangees: Callable[[str, int, Any], Iterable[Rangee]]

    @property
    def tables(self) -> tuple[str, ...]:
        """The one table."""
        return (self.name,)

    @property
    def aggregates(self) -> tuple[Aggregate[Any], ...]:
        """The one kind of stream."""
        return (self.aggregate,)

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        """Replace the rows of the streams written."""
        del keys
        last = {fact.stream: fact for fact in written if fact.aggregate is self.aggregate}
        rows = [row for fact in last.values() for row in self.rangees_de(fact.stream, fact.version, fact.state)]
        if rows:
            columns = map(list, zip(*rows, strict=True))
            await connection.execute(self._upsert(), dict(zip(self.colonnes, columns, strict=True)))

    def rangees_de(self, stream: str, version: int, state: Any) -> list[Rangee]:
        """The rows of one stream."""
        return list(self.rangees(stream.removeprefix(f"{self.aggregate.category}-"), version, state))

    @property
    def table(self) -> TableClause:
        """The table, for lists."""
        return table(self.name, *map(column, self.colonnes))

    def lecture(self) -> TextClause:
        """Every row, in the order of the key."""
        return text(f"select {', '.join(self.colonnes)} from {self.name} order by {', '.join(self.cle)}")  # noqa: S608

    def _upsert(self) -> TextClause:
        names = ", ".join(self.colonnes)
        arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in self.colonnes.items())
        sets = ", ".join(f"{name} = excluded.{name}" for name in self.colonnes if name not in self.cle)
        return text(
            f"insert into {self.name} ({names}) select * from unnest({arrays}) "  # noqa: S608 (our own column names)
            f"on conflict ({', '.join(self.cle)}) do update set {sets}"
        )
