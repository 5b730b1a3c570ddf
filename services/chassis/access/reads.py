"""The access journal: who read whose personal facts, and why. Apart from the events, appended to and never rewritten."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncEngine

_INSERT = text(
    "insert into access_journal (at, acteur, organisation, operation, subjects, purpose, correlation)"
    " values (:at, :acteur, :organisation, :operation, :subjects, :purpose, :correlation)"
)
_BY_SUBJECT = text(
    "select number, at, acteur, organisation, operation, subjects, purpose, correlation from access_journal"
    " where subjects @> array[cast(:subject as text)] and number < :before order by number desc limit :limit"
).bindparams(bindparam("before", type_=BigInteger))
_BY_ORGANISATION = text(
    "select number, at, acteur, organisation, operation, subjects, purpose, correlation from access_journal"
    " where organisation = :organisation and number < :before order by number desc limit :limit"
).bindparams(bindparam("before", type_=BigInteger))
_LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PersonalRead:
    """One reading. subjects: whose facts (streams, or stream and person: identifiers that say nothing of the person)."""

    at: datetime
    acteur: str
    organisation: str
    operation: str
    subjects: tuple[str, ...]
    purpose: str
    correlation: str


@dataclass(frozen=True, slots=True)
class JournalledRead:
    """A reading as kept. number: rises with time, where to go on from."""

    number: int
    read: PersonalRead


class AccessJournal:
    """The access journal of one service, in its database.

    `write` returns once its line is committed, before the facts leave. Readings that come while an insert runs go together
    in the next one: under load, one commit serves many. engine: in autocommit, since each insert is whole.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: list[tuple[PersonalRead, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, read: PersonalRead) -> None:
        """Keep a reading. Raises what the database raises: what cannot be journalled must not be answered."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((read, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._drain(), name="access-journal")
        await done

    async def of_subject(self, subject: str, *, before: int = _LAST, limit: int = 100) -> list[JournalledRead]:
        """Who read this subject's facts, the latest first, those numbered under `before`."""
        return await self._read(_BY_SUBJECT, {"subject": subject, "before": before, "limit": limit})

    async def of_organisation(
        self, organisation: str, *, before: int = _LAST, limit: int = 100
    ) -> list[JournalledRead]:
        """What an organisation read, the latest first, those numbered under `before`."""
        return await self._read(_BY_ORGANISATION, {"organisation": organisation, "before": before, "limit": limit})

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._insert(batch)
        finally:
            self._writing = None

    async def _insert(self, batch: Sequence[tuple[PersonalRead, asyncio.Future[None]]]) -> None:
        try:
            async with self._engine.connect() as connection:
                await connection.execute(_INSERT, [_row(read) for read, _ in batch])
        except Exception as error:  # noqa: BLE001 (each waiting reader is told)
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
        else:
            for _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def _read(self, statement: TextClause, values: dict[str, object]) -> list[JournalledRead]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(statement, values)).all()
        return [
            JournalledRead(
                number, PersonalRead(at, acteur, organisation, operation, tuple(subjects), purpose, correlation)
            )
            for number, at, acteur, organisation, operation, subjects, purpose, correlation in rows
        ]


def _row(read: PersonalRead) -> dict[str, object]:
    return {
        "at": read.at,
        "acteur": read.acteur,
        "organisation": read.organisation,
        "operation": read.operation,
        "subjects": list(read.subjects),
        "purpose": read.purpose,
        "correlation": read.correlation,
    }
