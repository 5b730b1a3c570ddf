"""What a process of a service holds open: its database, its journal, its keys, its way to the other services."""

from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import structlog

from services.chassis.database import Database, plain
from services.chassis.directory import Region, load_region
from services.chassis.http.identification import CORRELATION_ID
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.wakeup import PostgresWakeup
from services.chassis.settings import Settings
from services.chassis.telemetry.tracing import inject
from services.chassis.vault.blind_index import BlindIndex
from services.chassis.vault.kek import FileKekRing
from services.chassis.vault.keys import PostgresKeyStore

_CALL_SECONDS = 10.0
_PARIS = ZoneInfo("Europe/Paris")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Fabric:
    """The open resources of one service in one process. now: the only clock; everything below is given dates."""

    service: str
    settings: Settings
    region: Region
    database: Database
    wakeup: PostgresWakeup
    journal: PostgresJournal
    keys: PostgresKeyStore
    blind_index: BlindIndex
    now: Callable[[], datetime] = _utc_now
    _clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def today(self) -> date:
        """The legal day: delays are counted in days of metropolitan France, not of UTC."""
        return self.now().astimezone(_PARIS).date()

    def client(self, service: str) -> httpx.AsyncClient:
        """A client for another service, with this process's token; closed with the fabric."""
        if service not in self._clients:
            auth = None if self.settings.token_file is None else TokenFromFile(self.settings.token_file)
            self._clients[service] = httpx.AsyncClient(
                base_url=self.settings.url(service),
                auth=auth,
                timeout=_CALL_SECONDS,
                event_hooks={"request": [_traced]},
            )
        return self._clients[service]


async def _traced(request: httpx.Request) -> None:
    """A call says what it is made for: its trace, and the correlation of what is being handled."""
    inject(request.headers)
    correlation = structlog.contextvars.get_contextvars().get("correlation_id")
    if correlation:
        request.headers[CORRELATION_ID] = correlation


class TokenFromFile(httpx.Auth):
    """The bearer token of a service, in a file that the platform renews: read again when the file changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = -1
        self._token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        changed_at = self._path.stat().st_mtime_ns
        if changed_at != self._read_at:
            self._token, self._read_at = self._path.read_text().strip(), changed_at
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@asynccontextmanager
async def open_fabric(service: str, settings: Settings) -> AsyncIterator[Fabric]:
    """Open what a service needs; everything is closed at the end, in the opposite order."""
    assert settings.region is not None
    assert settings.kek_file is not None
    dsn = settings.dsn(service)
    name = f"logis-{service}"
    ring = FileKekRing(settings.kek_file)
    async with AsyncExitStack() as stack:
        database = await Database.open(
            dsn,
            application_name=name,
            size=settings.database_connections,
            journal_size=settings.journal_connections,
        )
        stack.push_async_callback(database.close)
        keys = await PostgresKeyStore.open(settings.dsn("keys"), ring, application_name=name)
        stack.push_async_callback(keys.close)
        wakeup = PostgresWakeup(lambda: asyncpg.connect(plain(dsn), timeout=_CALL_SECONDS))
        await wakeup.start()
        stack.push_async_callback(wakeup.stop)
        fabric = Fabric(
            service=service,
            settings=settings,
            region=load_region(settings.region),
            database=database,
            wakeup=wakeup,
            journal=PostgresJournal(database, wakeup),
            keys=keys,
            blind_index=BlindIndex(ring.index_key()),
        )
        stack.push_async_callback(_close_clients, fabric)
        yield fabric


async def _close_clients(fabric: Fabric) -> None:
    for client in fabric._clients.values():  # noqa: SLF001 (same module)
        await client.aclose()
