"""A dump restored into another cluster starts a new epoch: no reader skips what the new cluster writes."""

import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

from services.chassis.database import Database
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.journal.cursor import ORIGIN
from services.chassis.journal.following import next_events
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append, StreamHead
from services.chassis.journal.wakeup import LocalWakeup
from tests.chassis.integration.conftest import an_event


async def _burn_transactions(database: Database, count: int) -> None:
    for _ in range(count):
        await database.pool.execute("select pg_current_xact_id()")


def _restored(source: EmbeddedPostgres, name: str, target: EmbeddedPostgres) -> str:
    dump = subprocess.run(
        [str(source.tool("pg_dump")), "--no-owner"], check=True, capture_output=True, env=source.environment(name)
    )
    target.create_database("restauree")
    subprocess.run(
        [str(target.tool("psql")), "-Xq", "-v", "ON_ERROR_STOP=1"],
        check=True,
        capture_output=True,
        input=b"set role logis;\n" + dump.stdout,
        env=target.environment("restauree"),
    )
    return target.dsn("restauree")


async def test_a_restored_dump_raises_the_epoch(
    postgres: EmbeddedPostgres, open_database: Callable[..., Awaitable[Database]], tmp_path: Path
) -> None:
    database = await open_database()
    await _burn_transactions(database, 2000)  # the old cluster's identifiers are far ahead of a new cluster's
    journal = PostgresJournal(database, LocalWakeup())
    await journal.append([Append(StreamHead("a"), (an_event(),))])
    before = await next_events(journal, ORIGIN, limit=10, timeout=5)
    await database.close()

    with EmbeddedPostgres(tmp_path / "autre") as other:
        restored = await Database.open(_restored(postgres, open_database.name, other), application_name="test")  # type: ignore[attr-defined]
        journal = PostgresJournal(restored, LocalWakeup())
        assert [recorded.event for recorded in await journal.read(ORIGIN, 10)] == [r.event for r in before]
        async with journal.transaction() as transaction:
            head = (await transaction.load("a")).head
            await transaction.append([Append(head, (an_event(),))])
        after = await journal.read(before[-1].cursor, 10)
        await restored.close()
    assert [(recorded.stream, recorded.version) for recorded in after] == [("a", 2)]
    assert after[0].cursor.epoch == before[0].cursor.epoch + 1
    assert after[0].cursor.xid < before[0].cursor.xid, "the test must meet the case: a smaller transaction identifier"


async def test_a_new_timeline_raises_the_epoch(open_database: Callable[..., Awaitable[Database]]) -> None:
    """A failover keeps the system identifier: what names the history is the timeline too."""
    database = await open_database()
    await database.pool.execute("update journal_epoch set timeline = '00000000'")
    other_process = await open_database()
    journal = PostgresJournal(other_process, LocalWakeup())
    cursor = await journal.append([Append(StreamHead("a"), (an_event(),))])
    assert cursor.epoch == 2
