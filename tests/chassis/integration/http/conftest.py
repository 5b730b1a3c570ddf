"""The sample service over a real database, in this process or in processes of its own."""

import asyncio
import io
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import structlog
from sqlalchemy import text
from starlette.applications import Starlette

from services.chassis.access.development import DevelopmentKeys
from services.chassis.access.gate import Gate
from services.chassis.database import Database
from services.chassis.embedded.processes import free_port
from services.chassis.http.app import ServiceApp
from services.chassis.migration import migrate
from services.chassis.telemetry.logs import configure_logging
from services.chassis.vault.kek import FileKekRing
from services.chassis.vault.keys import MemoryKeyStore
from tests.chassis.sample_service import READ_MODEL, application, gate_of

ROOT = Path(__file__).parents[4]
VAULT_BRANCH = ROOT / "services" / "chassis" / "vault" / "migrations"
EMPTY = """
truncate event, stream_head, dossier_v1, idempotency_key;
alter table access_journal disable trigger access_journal_append_only;
truncate access_journal;
alter table access_journal enable trigger access_journal_append_only"""


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample service over a fresh database, and what it takes to talk to it."""

    database: Database
    dsn: str
    keys: MemoryKeyStore
    signer: DevelopmentKeys
    gate: Gate

    def app(self, **parts: object) -> ServiceApp:
        """Its application. parts: of Edge, that the test changes; `read_model`; `gate`."""
        gate = parts.pop("gate", self.gate)
        read_model = parts.pop("read_model", None)
        return application(self.database, self.keys, gate, read_model=read_model, edge=parts)  # type: ignore[arg-type]

    def token(
        self, organisation: str = "gestionnaire-alsace", role: str = "gestionnaire", acteur: str = "agent-1"
    ) -> str:
        return self.signer.sign(
            organisation=organisation,
            roles=[role],
            acteur=acteur,
            audience="logis",
            now=datetime.now(UTC),
            duration=timedelta(minutes=5),
        )

    def client(self, app: Starlette, *caller: str, **options: object) -> httpx.AsyncClient:
        """A client inside the process; it raises nothing: what the server lets through, a real one would cut."""
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {self.token(*caller)}"}
        return httpx.AsyncClient(transport=transport, base_url="http://essai", headers=headers, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
async def sample_database(migrated: str, new_database: Callable[..., object]) -> AsyncIterator[tuple[Database, str]]:
    """One database a module, emptied before each test: dropping one costs more than most tests."""
    made = new_database(migrated)
    database = await Database.open(made.dsn, application_name="test", size=8)  # type: ignore[attr-defined]
    async with database.engine.begin() as connection:
        await connection.execute(text(READ_MODEL))
    yield database, made.dsn  # type: ignore[attr-defined]
    await database.close()


@pytest.fixture
async def sample(sample_database: tuple[Database, str], tmp_path: Path) -> Sample:
    """The sample service, empty, with its development keys."""
    database, dsn = sample_database
    async with database.engine.begin() as connection:
        for statement in EMPTY.split(";"):
            await connection.execute(text(statement))
    signer = DevelopmentKeys(tmp_path / "jetons")
    signer.create()
    return Sample(database, dsn, MemoryKeyStore(), signer, gate_of(database, str(signer.jwks)))


@pytest.fixture
async def essai(sample: Sample) -> AsyncIterator[httpx.AsyncClient]:
    """The shared file's manager, talking to the sample service."""
    async with sample.client(sample.app()) as client:
        yield client


class _Lines(io.TextIOBase):
    """A stream that keeps each JSON line written to it."""

    def __init__(self) -> None:
        self.kept: list[dict[str, object]] = []

    def write(self, written: str) -> int:
        self.kept += [json.loads(line) for line in written.splitlines()]
        return len(written)


@pytest.fixture
def log_lines() -> Iterator[list[dict[str, object]]]:
    """What the process logs from now on, as its operators read it."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = _Lines()
    configure_logging("essai", stream=stream)
    yield stream.kept
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
async def api_processes(
    sample: Sample, new_database: Callable[[], object], tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[list[str]]]]:
    """Starts real API processes of the sample; returns their addresses once they answer. environ: further variables."""
    vault = new_database()
    await migrate(vault.dsn, (VAULT_BRANCH,))  # type: ignore[attr-defined]
    kek = FileKekRing.create(tmp_path / "kek.json").path
    started: list[asyncio.subprocess.Process] = []

    async def start(how_many: int, **environ: str) -> list[str]:
        addresses = []
        for _ in range(how_many):
            port = free_port("127.0.0.1")
            settings = {
                "LOGIS_DEMANDE_DSN": sample.dsn,
                "LOGIS_KEYS_DSN": vault.dsn,  # type: ignore[attr-defined]
                "LOGIS_KEK_FILE": str(kek),
                "LOGIS_JWKS": str(sample.signer.jwks),
                "LOGIS_PORT": str(port),
            }
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.chassis.sample_service"),
                env=os.environ | settings | environ,
                cwd=ROOT,
                stderr=asyncio.subprocess.DEVNULL,
            )
            started.append(process)
            addresses.append(f"http://127.0.0.1:{port}")
        for address in addresses:
            await _answering(address)
        return addresses

    start.processes = started  # type: ignore[attr-defined]
    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answering(address: str) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{address}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
