"""What every test may ask for: a real PostgreSQL cluster with empty databases, a real Kafka broker with empty topics."""

import fcntl
import itertools
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from services.chassis.embedded.errors import OutilAbsent
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.embedded.kafka_jars import java
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.embedded.processes import has_ended

# A run of CI draws the same cases as the last one: what lands is what was shown. Elsewhere, each run draws others.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("poste", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "poste")

ROOT = Path(__file__).parent.parent
TESTS = ROOT / ".logis" / "tests"
_OURS = re.compile(r"test_(\d+)_\d+")
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: the long forms too. `--graine`: the seed of what draws its own plan."""
    parser.addoption("--long", action="store_true", help="run the long forms too (marker long)")
    parser.addoption("--graine", type=int, default=1, help="seed of the fault campaigns")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long forms are left out, not skipped: nothing of what a run sets out to do is missing from it."""
    if not config.getoption("--long"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture
def graine(request: pytest.FixtureRequest) -> int:
    """The seed given on the command line."""
    return int(request.config.getoption("--graine"))


@dataclass(frozen=True, slots=True)
class Database:
    """A database of one test: its name and its two addresses."""

    name: str
    dsn: str
    plain_dsn: str


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what needs the broker, so that `-m "not kafka"` leaves it alone."""
    if "kafka" in getattr(item, "fixturenames", ()):
        item.add_marker("kafka")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The cluster that all the workers of all the runs in this clone share; the last one to end stops it."""
    with EmbeddedPostgres(TESTS / "postgres") as cluster:
        for name in cluster.databases():
            left = _OURS.fullmatch(name)
            if left and has_ended(int(left[1])):
                cluster.drop_database(name)
        yield cluster


@pytest.fixture(scope="session")
def new_database(postgres: EmbeddedPostgres) -> Iterator[Callable[[str], Database]]:
    """Makes a database from a template's name ("template1": empty), dropped at the end of the session.

    A service's tests migrate one database once, then copy it for each test: `new_database(migrated.name)`.
    """
    made: list[str] = []

    def make(template: str = "template1") -> Database:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        made.append(name)
        postgres.create_database(name, template=template)
        return Database(name, postgres.dsn(name), postgres.plain_dsn(name))

    yield make
    for name in made:
        postgres.drop_database(name)


@pytest.fixture
def database(postgres: EmbeddedPostgres, new_database: Callable[..., Database]) -> Iterator[Database]:
    """A fresh empty database, dropped after the test."""
    made = new_database()
    yield made
    postgres.drop_database(made.name)


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaBroker]:
    """The broker of this clone's tests, without a topic. On a laptop without Java its tests are skipped; in CI, never."""
    broker = KafkaBroker(TESTS / "kafka")
    try:
        java()
        broker.install()
    except OutilAbsent as absent:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(absent))
    with _turn():
        broker.forget()
        broker.start()
    yield broker
    with _turn():
        broker.stop()


@pytest.fixture(autouse=True)
def _turn_with_the_broker(request: pytest.FixtureRequest) -> Iterator[None]:
    """One test at a time, over all workers, has the broker: some kill it. (xdist's groups do not hold on pytest 9.2.)"""
    if "kafka" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("kafka")
    with _turn():
        yield


@contextmanager
def _turn() -> Iterator[None]:
    TESTS.mkdir(parents=True, exist_ok=True)
    with (TESTS / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@pytest.fixture
async def topic(kafka: KafkaBroker) -> AsyncIterator[str]:
    """A new topic of 12 partitions, deleted after the test."""
    name = f"test-{os.getpid()}-{next(_numbers)}"
    await kafka.create_topic(name)
    yield name
    await kafka.delete_topic(name)
