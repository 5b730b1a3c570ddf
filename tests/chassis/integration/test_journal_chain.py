"""A stored event that is changed is found, and named."""

from sqlalchemy import text

from services.chassis.database import Database
from services.chassis.journal.chain import BrokenChain, breaks
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append, StreamHead
from tests.chassis.integration.conftest import an_event


async def _found(journal: PostgresJournal) -> list[BrokenChain]:
    async with journal.transaction() as transaction:
        loaded = await transaction.load("a")
        head = (await transaction.connection.execute(text("select stream, version, hash from stream_head"))).one()
    return breaks("a", loaded.events, StreamHead(*head))


async def test_every_column_of_an_event_is_under_the_chain(
    postgres_journal: PostgresJournal, database_: Database
) -> None:
    await postgres_journal.append([Append(StreamHead("a"), tuple(an_event() for _ in range(4)))])
    assert await _found(postgres_journal) == []
    for column, altered in {
        "data": "'{}'::bytea",
        "sealed": "'\\x01'::bytea",
        "metadata": "'x'::bytea",
        "type": "'autre'",
        "schema": "2",
        "id": "gen_random_uuid()",
        "recorded_at": "recorded_at + interval '1 microsecond'",
        "hash": "sha256('x')",
    }.items():
        async with database_.pool.acquire() as connection:
            await connection.execute("create table if not exists sauve as select * from event")
            await connection.execute(f"update event set {column} = {altered} where stream = 'a' and version = 2")
            found = await _found(postgres_journal)
            assert BrokenChain("a", 2, "the stored bytes do not give the stored hash") in found, column
            await connection.execute("delete from event")
            await connection.execute("insert into event overriding system value select * from sauve")
    assert await _found(postgres_journal) == []


async def test_a_removed_event_is_found(postgres_journal: PostgresJournal, database_: Database) -> None:
    await postgres_journal.append([Append(StreamHead("a"), tuple(an_event() for _ in range(3)))])
    await database_.pool.execute("delete from event where version = 2")
    assert [broken.version for broken in await _found(postgres_journal)] == [2, 3]


async def test_a_truncated_stream_is_found(postgres_journal: PostgresJournal, database_: Database) -> None:
    await postgres_journal.append([Append(StreamHead("a"), tuple(an_event() for _ in range(3)))])
    await database_.pool.execute("delete from event where version = 3")
    assert [broken.why for broken in await _found(postgres_journal)] == ["the head is not the last event"]
