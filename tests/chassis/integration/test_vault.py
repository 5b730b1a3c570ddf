"""The vault in PostgreSQL: keys made once, wrapped outside the database, rotated, destroyed for good."""

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.chassis.database import plain
from services.chassis.migration import migrate
from services.chassis.vault import keys as keys_module
from services.chassis.vault.kek import FileKekRing, KekUnavailable
from services.chassis.vault.keys import PostgresKeyStore, rotate

VAULT_BRANCH = (Path(keys_module.__file__).parent / "migrations",)


@pytest.fixture
async def vault(new_database: Callable[..., Any], tmp_path: Path) -> tuple[str, FileKekRing]:
    made = new_database()
    await migrate(made.dsn, VAULT_BRANCH)
    return made.dsn, FileKekRing.create(tmp_path / "kek.json")


async def _store(vault: tuple[str, FileKekRing]) -> PostgresKeyStore:
    return await PostgresKeyStore.open(vault[0], vault[1], application_name="test")


async def test_a_subject_keeps_its_key_whoever_asks_first(vault: tuple[str, FileKekRing]) -> None:
    stores = [await _store(vault) for _ in range(4)]
    asked = await asyncio.gather(*(store.obtain([f"s-{n}" for n in range(50)]) for store in stores))
    assert all(keys == asked[0] for keys in asked)
    assert len(set(asked[0].values())) == 50
    for store in stores:
        await store.close()


async def test_the_database_alone_opens_nothing(vault: tuple[str, FileKekRing], tmp_path: Path) -> None:
    store = await _store(vault)
    keys = await store.obtain(["s"])
    connection = await asyncpg.connect(plain(vault[0]))
    wrapped = await connection.fetchval("select wrapped from sealing_key")
    assert keys["s"] not in wrapped
    stranger = await PostgresKeyStore.open(vault[0], FileKekRing.create(tmp_path / "autre.json"), application_name="t")
    with pytest.raises(KekUnavailable):
        await stranger.find(["s"])
    await connection.execute("insert into sealing_key select 'autre', kek, wrapped from sealing_key")
    fresh = await _store(vault)
    with pytest.raises(KekUnavailable, match="moved"):  # a wrapped key is bound to its subject
        await fresh.find(["autre"])
    await connection.close()
    for opened in (store, stranger, fresh):
        await opened.close()


async def test_a_destroyed_key_is_gone_for_every_process(vault: tuple[str, FileKekRing]) -> None:
    store = await _store(vault)
    await store.obtain(["s", "t"])
    assert await store.destroy(["s", "jamais-vu"]) == 1
    assert set(await store.find(["s", "t"])) == {"t"}
    other = await _store(vault)
    assert set(await other.find(["s", "t"])) == {"t"}
    await store.close()
    await other.close()


async def test_a_rotation_keeps_the_living_and_makes_old_copies_unreadable(vault: tuple[str, FileKekRing]) -> None:
    dsn, ring = vault
    store = await _store(vault)
    before = dict(await store.obtain([f"s-{n}" for n in range(5000)]))
    connection = await asyncpg.connect(plain(dsn))
    await connection.execute("create table sauvegarde as select * from sealing_key")
    await store.destroy(["s-0"])
    index = ring.index_key()

    rewrapped, destroyed = await rotate(dsn, ring)

    assert (rewrapped, len(destroyed)) == (4999, 1)
    fresh = await _store(vault)
    assert await fresh.find(before) == {subject: key for subject, key in before.items() if subject != "s-0"}
    assert ring.index_key() == index
    await connection.execute("insert into sealing_key select * from sauvegarde where subject = 's-0'")
    with pytest.raises(KekUnavailable):  # the backup's copy of an erased key no longer opens
        await (await _store(vault)).find(["s-0"])
    await connection.close()
    await store.close()
    await fresh.close()


async def test_keys_made_during_a_rotation_are_not_lost(vault: tuple[str, FileKekRing]) -> None:
    dsn, ring = vault
    store = await _store(vault)
    made: dict[str, bytes] = {}
    done = asyncio.Event()

    async def make() -> None:
        number = 0
        while not done.is_set():
            number += 1
            made.update(await store.obtain([f"n-{number}-{k}" for k in range(20)]))

    making = asyncio.create_task(make())
    for _ in range(5):
        await rotate(dsn, ring)
    done.set()
    await making
    fresh = await _store(vault)
    assert await fresh.find(made) == made
    await store.close()
    await fresh.close()


def test_the_ring_is_for_its_owner_alone(tmp_path: Path) -> None:
    ring = FileKekRing.create(tmp_path / "sous" / "kek.json")
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600
    assert FileKekRing.create(ring.path).current() == ring.current()
    assert [path.name for path in ring.path.parent.iterdir()] == ["kek.json"]
