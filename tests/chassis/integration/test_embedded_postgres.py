"""The embedded PostgreSQL: started, shared, killed, started again; what was committed is there."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.embedded import account
from services.chassis.embedded.errors import OutilAbsent
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.embedded.postgres_server import wheel_folder
from services.chassis.embedded.postgres_settings import render_settings
from tests.conftest import Database

ROOT = Path(__file__).parents[3]
NOBODY = 65534
# asyncpg says InternalClientError ("got result for unknown protocol state") when the server dies between two messages.
CONNECTION_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


@pytest.fixture(scope="module")
def roots() -> Iterator[Path]:
    """A folder that another account may cross, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="logis-postgres-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def folder(roots: Path, request: pytest.FixtureRequest) -> Path:
    made = roots / request.node.name
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def shared(roots: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(roots / "postgres") as started:
        yield started


@pytest.fixture
def cluster(shared: EmbeddedPostgres) -> EmbeddedPostgres:
    """A running cluster of this module's own, which a test may kill or stop, with an empty database."""
    shared.start()
    for name in shared.databases():
        shared.drop_database(name)
    shared.create_database("registre")
    return shared


def in_another_process(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = starter_command(script, *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def starter_command(script: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", f"from services.chassis.embedded.postgres import *\nimport sys\n{script}", *arguments]


async def write(cluster: EmbeddedPostgres, value: int) -> None:
    connection = await asyncpg.connect(cluster.plain_dsn("registre"))
    await connection.execute("CREATE TABLE IF NOT EXISTS ecrit (valeur int)")
    await connection.execute("INSERT INTO ecrit VALUES ($1)", value)
    await connection.close()


async def written(cluster: EmbeddedPostgres) -> list[int]:
    connection = await asyncpg.connect(cluster.plain_dsn("registre"))
    rows = await connection.fetch("SELECT valeur FROM ecrit ORDER BY valeur")
    await connection.close()
    return [row["valeur"] for row in rows]


async def test_what_was_committed_survives_a_stop(cluster: EmbeddedPostgres) -> None:
    await write(cluster, 1)
    port = cluster.port
    cluster.stop()
    assert cluster.pid is None
    cluster.start()
    assert cluster.port == port
    assert await written(cluster) == [1]


async def test_what_was_committed_survives_a_kill_under_load(cluster: EmbeddedPostgres) -> None:
    acknowledged: list[int] = []
    enough = asyncio.Event()

    async def keep_writing(first: int) -> None:
        connection = await asyncpg.connect(cluster.plain_dsn("registre"))
        try:
            for value in range(first, first + 1_000_000):
                await connection.execute("INSERT INTO ecrit VALUES ($1)", value)
                acknowledged.append(value)
                if len(acknowledged) == 200:
                    enough.set()
        finally:
            connection.terminate()

    await write(cluster, -1)
    port, pid = cluster.port, cluster.pid
    writers = [asyncio.create_task(keep_writing(n * 1_000_000)) for n in range(4)]
    await asyncio.wait_for(enough.wait(), 30)
    await asyncio.to_thread(cluster.kill)
    outcomes = await asyncio.gather(*writers, return_exceptions=True)
    assert all(isinstance(outcome, CONNECTION_LOST) for outcome in outcomes)
    assert cluster.pid is None

    await cluster.start_async()
    assert cluster.port == port
    assert cluster.pid != pid
    assert set(acknowledged) <= set(await written(cluster))


async def test_a_second_process_joins_and_the_last_to_leave_stops(cluster: EmbeddedPostgres) -> None:
    await write(cluster, 1)
    home = str(cluster.data.parent)
    joined = in_another_process(
        "with EmbeddedPostgres(Path(sys.argv[1])) as one:\n"
        "    print(one.pid, one.sql('SELECT valeur FROM ecrit', database='registre'))",
        home,
    )
    assert joined.stdout.split() == [str(cluster.pid), "1"]
    other = EmbeddedPostgres(cluster.data.parent).start()
    cluster.stop()
    assert other.pid is not None
    other.stop()
    assert other.pid is None


async def test_a_tenant_killed_without_notice_keeps_nothing_running(cluster: EmbeddedPostgres) -> None:
    script = "one = EmbeddedPostgres(Path(sys.argv[1])).start()\nprint(one.pid)\nos.kill(os.getpid(), signal.SIGKILL)"
    assert in_another_process(script, str(cluster.data.parent)).returncode == -signal.SIGKILL
    cluster.stop()
    assert cluster.pid is None


def test_a_server_whose_starter_was_killed_is_found_again(folder: Path) -> None:
    script = "one = EmbeddedPostgres(Path(sys.argv[1])).start()\nos.kill(os.getpid(), signal.SIGKILL)"
    assert in_another_process(script, str(folder / "postgres")).returncode == -signal.SIGKILL
    found = EmbeddedPostgres(folder / "postgres")
    orphan = found.pid
    assert orphan is not None
    with found:
        assert found.pid == orphan
    assert found.pid is None


def test_a_kept_server_stays_until_it_is_ended(folder: Path) -> None:
    kept = EmbeddedPostgres(folder / "postgres")
    kept.keep()
    with EmbeddedPostgres(folder / "postgres") as user:
        assert user.pid == kept.pid
    assert kept.pid is not None
    kept.end()
    assert kept.pid is None
    with kept:
        pass
    assert kept.pid is None


def test_many_starters_at_once_share_one_server(folder: Path) -> None:
    script = (
        "one = EmbeddedPostgres(Path(sys.argv[1])).start()\nprint(one.pid, flush=True)\nsys.stdin.read()\none.stop()"
    )
    command = starter_command(script, str(folder / "postgres"))
    starters = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    pids = set()
    for starter in starters:
        assert starter.stdout is not None
        pids.add(starter.stdout.readline())
    assert len(pids) == 1
    for starter in starters:
        starter.communicate(timeout=60)
    assert [starter.returncode for starter in starters] == [0, 0, 0, 0]
    assert EmbeddedPostgres(folder / "postgres").pid is None


def test_it_runs_under_an_account_that_is_not_root(folder: Path) -> None:
    user = NOBODY if os.geteuid() == 0 else os.geteuid()
    os.chown(folder, user, -1)
    script = (
        "user = int(sys.argv[2])\n"
        "if os.geteuid() == 0:\n    os.setgroups([])\n    os.setgid(user)\n    os.setuid(user)\n"
        "with EmbeddedPostgres(Path(sys.argv[1])) as one:\n    print(one.sql('SELECT 40 + 2'), os.geteuid())"
    )
    done = in_another_process(script, str(folder / "postgres"), str(user))
    assert done.stdout.split() == ["42", str(user)], done.stderr


@pytest.mark.parametrize("made_before", [False, True])
def test_a_clone_that_only_root_can_enter_keeps_its_permissions(
    folder: Path, made_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "ELSEWHERE", folder / "elsewhere")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    if made_before:
        (closed / "postgres").mkdir()
    for _ in ("cold", "warm"):
        with EmbeddedPostgres(closed / "postgres") as cluster:
            cluster.create_database("registre")
            assert cluster.databases() == ["registre"]
    assert closed.stat().st_mode & 0o777 == 0o700
    assert (closed / "postgres").is_symlink() == (os.geteuid() == 0)


def test_programs_that_only_root_can_reach_are_lent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "ELSEWHERE", folder / "elsewhere")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(wheel_folder(), closed / "wheel", ignore=shutil.ignore_patterns("include"))
    lent_to = account.account_for(folder)
    programs = [account.crossable_copy(closed / "wheel", lent_to) for _ in ("copied", "found again")]
    assert programs[0] == programs[1]
    said = subprocess.run(
        [programs[0] / "bin" / "postgres", "--version"],
        capture_output=True,
        text=True,
        check=True,
        **lent_to.as_process_options(),
    )
    assert said.stdout.startswith("postgres (PostgreSQL) 18")


def test_the_secret_is_for_its_owner_only_and_a_wrong_one_is_refused(cluster: EmbeddedPostgres) -> None:
    secret = cluster.data.parent / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    environment = cluster.environment("registre") | {"PGPASSWORD": "wrong"}
    refused = subprocess.run(
        [cluster.tool("psql"), "-c", "SELECT 1"], env=environment, capture_output=True, text=True, check=False
    )
    assert "password authentication failed" in refused.stderr


def test_a_stale_number_of_process_does_not_stop_a_start(cluster: EmbeddedPostgres) -> None:
    lock = cluster.data / "postmaster.pid"
    cluster.kill()
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    cluster.start()
    assert cluster.sql("SELECT 1") == "1"


def test_a_port_taken_meanwhile_is_changed(cluster: EmbeddedPostgres) -> None:
    port = cluster.port
    cluster.stop()
    with socket.create_server(("127.0.0.1", port)):
        cluster.start()
        assert cluster.port != port
        assert cluster.sql("SELECT 1") == "1"


async def test_it_is_durable_and_takes_a_hundred_connections(cluster: EmbeddedPostgres) -> None:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert cluster.sql(f"SHOW {name}") == "on"
    assert cluster.sql("SHOW max_connections") == "100"
    with pytest.raises(ValueError, match="fsync"):
        render_settings("127.0.0.1", 5432, {"fsync": "off"})


async def test_the_application_is_no_superuser_and_sees_its_database_only(cluster: EmbeddedPostgres) -> None:
    cluster.create_database("autre", role="autre_service")
    connection = await asyncpg.connect(cluster.plain_dsn("registre"))
    assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    await connection.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(cluster.plain_dsn("autre"))
    theirs = await asyncpg.connect(cluster.plain_dsn("autre", role="autre_service"))
    await theirs.execute("CREATE TABLE a_lui (x int)")
    await theirs.close()


async def test_creating_a_database_twice_is_once_also_from_several_processes(cluster: EmbeddedPostgres) -> None:
    await asyncio.gather(*(asyncio.to_thread(cluster.create_database, "commune") for _ in range(6)))
    assert cluster.databases() == ["commune", "registre"]
    with pytest.raises(ValueError, match="no database"):
        cluster.create_database('x"; DROP DATABASE registre; --')


async def test_the_journal_repeats_nothing_of_what_is_written(cluster: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(cluster.plain_dsn("registre"))
    await connection.execute("CREATE TABLE personne (nom text PRIMARY KEY)")
    await connection.execute("INSERT INTO personne VALUES ($1)", "Mme Schmitt-Planted")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO personne VALUES ($1)", "Mme Schmitt-Planted")
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("SELECT 'Mme Schmitt-Planted'::int")
    await connection.close()
    log = cluster.log.read_text()
    assert "ready to accept connections" in log
    assert "Planted" not in log


def test_a_dump_is_restored_into_a_new_cluster(cluster: EmbeddedPostgres, folder: Path) -> None:
    cluster.sql("CREATE TABLE ecrit (valeur int); INSERT INTO ecrit VALUES (7)", database="registre")
    dump = [cluster.tool("pg_dump"), "--format=custom", f"--file={folder / 'registre.dump'}"]
    subprocess.run(dump, env=cluster.environment("registre"), check=True)
    with EmbeddedPostgres(folder / "second") as second:
        second.create_database("registre")
        restore = [second.tool("pg_restore"), "--dbname=registre", "--exit-on-error", folder / "registre.dump"]
        subprocess.run(restore, env=second.environment("registre"), check=True)
        assert second.sql("SELECT valeur FROM ecrit", database="registre") == "7"
        identifier = "SELECT system_identifier FROM pg_control_system()"
        assert second.sql(identifier) != cluster.sql(identifier)


def test_a_tool_that_the_wheel_lacks_is_named() -> None:
    with pytest.raises(OutilAbsent, match="pg_badger"):
        EmbeddedPostgres.tool("pg_badger")


async def test_the_database_fixture_is_empty_and_serves_sqlalchemy(database: Database) -> None:
    engine = create_async_engine(database.dsn)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE lien (x int)"))
        assert await connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 1
    await engine.dispose()


def test_each_test_has_its_own_database(database: Database, postgres: EmbeddedPostgres) -> None:
    assert postgres.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database=database.name) == "0"
