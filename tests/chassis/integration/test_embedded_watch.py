"""What a region stands on is brought back when it dies, on the port where its clients look for it."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from services.chassis.embedded.errors import DemarrageImpossible
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.embedded.part import EmbeddedPart
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.embedded.watch import Watch


@pytest.fixture
def cluster() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="logis-postgres-"))
    folder.chmod(0o755)
    with EmbeddedPostgres(folder / "postgres") as started:
        yield started
    shutil.rmtree(folder)


@asynccontextmanager
async def watched(part: EmbeddedPart) -> AsyncIterator[tuple[asyncio.Task[None], list[str]]]:
    said: list[str] = []
    watching = asyncio.create_task(Watch({"partie": part}, said.append).run())
    try:
        yield watching, said
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def said_back(said: list[str], times: int = 1) -> None:
    async with asyncio.timeout(60):
        while sum("est de retour" in sentence for sentence in said) < times:
            await asyncio.sleep(0.02)


async def test_a_killed_database_comes_back_with_what_was_committed(cluster: EmbeddedPostgres) -> None:
    cluster.create_database("registre")
    dsn, before = cluster.plain_dsn("registre"), cluster.pid
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table ecrit as select 1 as valeur")
    await connection.close()
    async with watched(cluster) as (_, said):
        for kill in (1, 2):
            cluster.kill()
            await said_back(said, kill)
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("select valeur from ecrit") == 1
        await connection.close()
    assert cluster.pid not in (None, before)


async def test_a_database_that_dies_again_while_it_starts_is_started_again(
    cluster: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = cluster._prepare

    def dies_first() -> None:
        monkeypatch.setattr(cluster, "_prepare", prepare)
        cluster.kill()
        prepare()

    monkeypatch.setattr(cluster, "_prepare", dies_first)
    async with watched(cluster) as (_, said):
        cluster.kill()
        await said_back(said)
    assert cluster.databases() == []
    assert sum("ne redémarre pas" in sentence for sentence in said) == 1


async def test_a_database_that_lives_but_refused_to_be_prepared_is_taken_as_it_is(
    cluster: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its session was killed while it was prepared: the server has its port, and is no stranger there."""
    prepare = cluster._prepare

    def refused_first() -> None:
        monkeypatch.setattr(cluster, "_prepare", prepare)
        raise RuntimeError("terminating connection because of crash of another server process")

    monkeypatch.setattr(cluster, "_prepare", refused_first)
    async with watched(cluster) as (_, said):
        cluster.kill()
        await said_back(said)
    assert sum("ne redémarre pas" in sentence for sentence in said) == 1


async def test_a_killed_broker_comes_back(kafka: KafkaBroker, topic: str) -> None:
    before = kafka.bootstrap
    async with watched(kafka) as (_, said):
        kafka.kill()
        await said_back(said)
    assert kafka.answers()
    assert kafka.bootstrap == before


async def test_a_part_whose_port_is_taken_is_given_up_and_it_is_said(cluster: EmbeddedPostgres) -> None:
    cluster.kill()
    with socket.create_server(("127.0.0.1", cluster.port)):
        async with watched(cluster) as (watching, said):
            async with asyncio.timeout(60):
                await asyncio.wait({watching})
            assert isinstance(watching.exception(), ExceptionGroup)
            assert watching.exception().subgroup(DemarrageImpossible) is not None  # type: ignore[union-attr]
    assert any("est pris" in sentence for sentence in said)
    cluster.start()
