"""A source, a consumer's database, and members on either transport."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest

from services.chassis.consumption.consumer import Consumer
from services.chassis.database import Database, plain
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.wakeup import PostgresWakeup
from services.chassis.publication.feed import Feed
from services.chassis.publication.relay import Relay
from services.chassis.transport.feed import FeedClient, FeedSubscription
from services.chassis.transport.kafka import KafkaSubscription
from services.chassis.transport.membership import Membership
from services.chassis.transport.port import Subscription
from tests.chassis.integration.conftest import migrated
from tests.chassis.transport.ledger import TABLE, Ledger
from tests.chassis.transport.source import SOURCE, Source, publication, served

__all__ = ["migrated"]
_regions = itertools.count(1)


@dataclass
class Member:
    """A running consumer."""

    ledger: Ledger
    consumer: Consumer
    database: Database
    http: httpx.AsyncClient
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def start(self) -> "Member":
        self.task = asyncio.create_task(self.consumer.run(self.stop))
        return self

    async def end(self) -> None:
        """Leave in good order."""
        self.stop.set()
        if self.task is not None:
            await asyncio.wait_for(self.task, 20)
        await self._close()

    async def vanish(self) -> None:
        """Disappear between two instants, as a killed process: nothing is finished, nothing is said."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self._close()

    async def _close(self) -> None:
        await self.http.aclose()
        await self.database.close()


@dataclass
class World:
    """The source, its feed, its relay when there is a broker, and the consumer's database."""

    transport: str
    source: Source
    journal: PostgresJournal
    source_database: Database
    url: str
    consumer_dsn: str
    region: str
    broker: Any = None
    relay: Relay | None = None
    members: list[Member] = field(default_factory=list)

    async def member(self, name: str = "a", *, transport: str | None = None, pause: float = 0.0) -> Member:
        """A new member of the one consumer."""
        database = await Database.open(self.consumer_dsn, application_name=f"membre-{name}")
        http = httpx.AsyncClient(base_url=self.url)
        ledger = Ledger(name, pause=pause)
        subscription = self._subscription(transport or self.transport, http)
        consumer = Consumer(database.engine, SOURCE, ledger, subscription, poll_seconds=0.3)
        self.members.append(Member(ledger, consumer, database, http))
        return self.members[-1]

    def _subscription(self, transport: str, http: httpx.AsyncClient) -> Subscription:
        client = FeedClient(SOURCE, http)
        if transport == "feed":
            return FeedSubscription(client, Membership(self.consumer_dsn, Ledger.name, SOURCE))
        return KafkaSubscription(
            SOURCE, publication(self.region).topic, f"{self.region}.{Ledger.name}", self.broker.bootstrap, client
        )


@pytest.fixture
def new_world(migrated: str, new_database: Callable[..., Any], request: pytest.FixtureRequest) -> Callable[[str], Any]:
    """Builds a world on a transport, to be used as an async context manager."""

    class _World:
        def __init__(self, transport: str) -> None:
            self.transport = transport

        async def __aenter__(self) -> World:
            source_dsn, consumer_dsn = new_database(migrated).dsn, new_database(migrated).dsn
            connection = await asyncpg.connect(plain(consumer_dsn))
            await connection.execute(TABLE)
            await connection.close()
            self.database = await Database.open(source_dsn, application_name="source", size=4, journal_size=6)
            self.wakeup = PostgresWakeup(lambda: asyncpg.connect(plain(source_dsn)))
            await self.wakeup.start()
            journal = PostgresJournal(self.database, self.wakeup)
            region = f"essai{next(_regions)}"
            self.feed = served(Feed(journal, publication(region)))
            url = await self.feed.__aenter__()
            world = World(self.transport, Source(journal, {}), journal, self.database, url, consumer_dsn, region)
            self.stop, self.relaying = asyncio.Event(), None
            if self.transport == "kafka":
                world.broker = request.getfixturevalue("kafka")
                world.relay = Relay(self.database, journal, publication(region), world.broker.bootstrap)
                self.relaying = asyncio.create_task(world.relay.run(self.stop))
            self.world = world
            return world

        async def __aexit__(self, *_: object) -> None:
            for member in self.world.members:
                if member.task is not None and not member.task.done():
                    await member.end()
            self.stop.set()
            if self.relaying is not None:
                await asyncio.wait_for(self.relaying, 20)
            await self.feed.__aexit__(None, None, None)
            await self.wakeup.stop()
            await self.database.close()

    return _World


@pytest.fixture(params=["feed", pytest.param("kafka", marks=pytest.mark.kafka)])
async def world(request: pytest.FixtureRequest, new_world: Callable[[str], Any]) -> AsyncIterator[World]:
    """Every transport."""
    async with new_world(request.param) as made:
        yield made
