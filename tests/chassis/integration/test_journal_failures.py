"""What a database error looks like once it has gone through the journal: itself, with a chain of causes that ends."""

from collections.abc import Iterator

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from services.chassis.database import Database
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append, StreamHead
from tests.chassis.integration.conftest import an_event


def causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


async def test_an_error_is_not_its_own_cause(postgres_journal: PostgresJournal, database_: Database) -> None:
    await database_.pool.execute("drop table event")
    append = Append(StreamHead("a"), (an_event(),))
    with pytest.raises(asyncpg.UndefinedTableError) as alone:
        await postgres_journal.append([append])
    with pytest.raises(asyncpg.UndefinedTableError) as inside:
        async with postgres_journal.transaction() as transaction:
            await transaction.append([append])
    with pytest.raises(DBAPIError) as loading:
        async with postgres_journal.transaction() as transaction:
            await transaction.load("a")
    for raised in (alone, inside, loading):
        chain = [id(error) for error, _ in zip(causes(raised.value), range(20), strict=False)]
        assert len(chain) == len(set(chain)) < 20
