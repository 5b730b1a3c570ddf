"""Waking readers of other processes: after the commit, coalesced, with polling as the safety net."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from services.chassis.database import Database, plain
from services.chassis.journal import following
from services.chassis.journal.cursor import ORIGIN
from services.chassis.journal.following import next_events
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.records import Append, StreamHead
from services.chassis.journal.wakeup import PostgresWakeup
from tests.chassis.integration.conftest import an_event


async def _wakeup(dsn: str) -> PostgresWakeup:
    wakeup = PostgresWakeup(lambda: asyncpg.connect(plain(dsn)))
    await wakeup.start()
    return wakeup


async def test_a_commit_wakes_the_reader_of_another_process(open_database: Callable[..., Awaitable[Database]]) -> None:
    dsn: str = open_database.dsn  # type: ignore[attr-defined]
    writing, reading = await _wakeup(dsn), await _wakeup(dsn)
    writer = PostgresJournal(await open_database(), writing)
    reader = PostgresJournal(await open_database(), reading)
    await asyncio.sleep(0.3)  # both listen
    waiting = asyncio.create_task(next_events(reader, ORIGIN, limit=10, timeout=20))
    await asyncio.sleep(0.05)
    loop = asyncio.get_running_loop()
    start = loop.time()
    await writer.append([Append(StreamHead("a"), (an_event(),))])
    assert len(await asyncio.wait_for(waiting, 60)) == 1  # much sooner than the reader had asked to wait
    assert loop.time() - start < following._POLL_SECONDS / 2, "woken, not polled"
    await writing.stop()
    await reading.stop()


async def test_notifications_are_coalesced(open_database: Callable[..., Awaitable[Database]]) -> None:
    dsn: str = open_database.dsn  # type: ignore[attr-defined]
    wakeup = await _wakeup(dsn)
    journal = PostgresJournal(await open_database(journal_size=8), wakeup)
    heard: list[object] = []
    listener = await asyncpg.connect(plain(dsn))
    await listener.add_listener("journal", lambda *args: heard.append(args))
    await asyncio.sleep(0.2)
    await asyncio.gather(*(journal.append([Append(StreamHead(f"s{n}"), (an_event(),))]) for n in range(200)))
    await asyncio.sleep(0.2)
    assert 1 <= len(heard) < 150
    await listener.close()
    await wakeup.stop()


async def test_polling_finds_what_no_notification_told(open_database: Callable[..., Awaitable[Database]]) -> None:
    dsn: str = open_database.dsn  # type: ignore[attr-defined]
    deaf = await _wakeup(dsn)
    await deaf.stop()
    reader = PostgresJournal(await open_database(), deaf)
    writer = PostgresJournal(await open_database(), await _wakeup(dsn))
    waiting = asyncio.create_task(next_events(reader, ORIGIN, limit=10, timeout=600))
    await asyncio.sleep(0.1)
    await writer.append([Append(StreamHead("a"), (an_event(),))])
    assert len(await asyncio.wait_for(waiting, 60)) == 1  # much sooner than the reader had asked to wait
    await writer._wakeup.stop()  # type: ignore[attr-defined]


async def test_a_lost_connection_is_opened_again(open_database: Callable[..., Awaitable[Database]]) -> None:
    dsn: str = open_database.dsn  # type: ignore[attr-defined]
    wakeup = await _wakeup(dsn)
    database = await open_database()
    await asyncio.sleep(0.2)
    await database.pool.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'"
    )
    journal = PostgresJournal(database, wakeup)
    await asyncio.sleep(1.5)
    generation = wakeup.generation
    await database.pool.execute("notify journal")
    await wakeup.wait(generation, 5)
    assert wakeup.generation > generation
    del journal
    await wakeup.stop()
