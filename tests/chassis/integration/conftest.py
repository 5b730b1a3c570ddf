"""Databases migrated to the chassis's schema, and journals over them."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.chassis.database import Database
from services.chassis.journal.memory import MemoryJournal
from services.chassis.journal.port import Journal
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import NewEvent
from services.chassis.journal.wakeup import LocalWakeup
from services.chassis.migration import CHASSIS, migrate

CHASSIS_BRANCH = (CHASSIS / "versions",)
_numbers = itertools.count(1)


def an_event(text: str = "") -> NewEvent:
    """An event like any other; its identifier counts up."""
    number = next(_numbers)
    data = f'{{"n":{number},"text":"{text}"}}'.encode()
    return NewEvent(UUID(int=number), "fait", 1, data, b"", b"{}", datetime(2026, 1, 15, 9, 30, tzinfo=UTC))


@pytest.fixture(scope="session")
async def migrated(new_database: Callable[..., object]) -> str:
    """The name of a database that carries the chassis's migrations, to copy."""
    made = new_database()
    await migrate(made.dsn, CHASSIS_BRANCH)  # type: ignore[attr-defined]
    return made.name  # type: ignore[attr-defined]


@pytest.fixture
async def open_database(
    migrated: str, new_database: Callable[..., object]
) -> AsyncIterator[Callable[..., Awaitable[Database]]]:
    """Opens connections to one fresh migrated database: each call is another process's view of it."""
    made = new_database(migrated)
    opened: list[Database] = []

    async def open_(**sizes: int) -> Database:
        opened.append(await Database.open(made.dsn, application_name="test", **sizes))  # type: ignore[attr-defined]
        return opened[-1]

    open_.dsn = made.dsn  # type: ignore[attr-defined]
    open_.name = made.name  # type: ignore[attr-defined]
    yield open_
    for database in opened:
        await database.close()


@pytest.fixture
async def database_(open_database: Callable[..., Awaitable[Database]]) -> Database:
    """One fresh migrated database, open."""
    return await open_database(size=8, journal_size=8)


@pytest.fixture
def postgres_journal(database_: Database) -> PostgresJournal:
    return PostgresJournal(database_, LocalWakeup())


@pytest.fixture(params=["memory", "postgres"])
def journal(request: pytest.FixtureRequest) -> Journal:
    """Every adapter of the port."""
    if request.param == "memory":
        return MemoryJournal()
    return request.getfixturevalue("postgres_journal")
