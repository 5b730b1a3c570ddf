"""Databases of the register and of the notifications, migrated once, emptied for each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.database import plain
from services.chassis.migration import migrate
from services.chassis.settings import Settings
from services.chassis.vault.kek import FileKekRing
from services.demande.service import SERVICE as SERVICE_DEMANDE
from services.notifications.service import SERVICE as SERVICE_NOTIFICATIONS
from tests.notifications.integration.monde import REGION, ROOT, Boite, Horloge, Monde, ouvrir, serveur_de_courriel

_KEPT = frozenset({"alembic_version", "journal_epoch"})


@pytest.fixture(scope="session")
async def bases(new_database: Callable[..., Any]) -> dict[str, str]:
    """The address of a migrated database by service, for the whole session: dropping one costs more than most tests."""
    branches = {
        "demande": SERVICE_DEMANDE.branches,
        "notifications": SERVICE_NOTIFICATIONS.branches,
        "keys": (ROOT / "services" / "chassis" / "vault" / "migrations",),
    }
    made = {name: new_database().dsn for name in branches}
    for name, branch in branches.items():
        await migrate(made[name], branch)
    return made


@pytest.fixture
async def vides(bases: dict[str, str]) -> dict[str, str]:
    """The same, emptied."""
    for dsn in bases.values():
        connection = await asyncpg.connect(plain(dsn))
        try:
            await _vider(connection)
        finally:
            await connection.close()
    return bases


async def _vider(connection: Any) -> None:
    """Empty every table; the access journal, which only grows, is let go for once."""
    rows = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    tables = {row[0] for row in rows}
    journal = "access_journal" in tables
    if journal:
        await connection.execute("alter table access_journal disable trigger access_journal_append_only")
    await connection.execute(f"truncate {', '.join(tables - _KEPT)} restart identity cascade")
    if journal:
        await connection.execute("alter table access_journal enable trigger access_journal_append_only")


@pytest.fixture
def boite() -> Boite:
    """What the mail server receives."""
    return Boite()


@pytest.fixture
def smtp(boite: Boite) -> Iterator[int]:
    """The port of a real SMTP server."""
    with serveur_de_courriel(boite) as port:
        yield port


@pytest.fixture
def horloge() -> Horloge:
    return Horloge()


@pytest.fixture
def settings(vides: dict[str, str], smtp: int, tmp_path: Path) -> Settings:
    """The settings of processes on empty databases."""
    signer = DevelopmentKeys(tmp_path / "jetons")
    signer.create()
    token = tmp_path / "jeton"
    token.write_text(
        signer.sign(
            organisation="gestionnaire-alsace",
            roles=["gestionnaire"],
            acteur="service:notifications",
            audience="logis",
            now=datetime.now(UTC),
            duration=timedelta(hours=1),
        )
    )
    return Settings(
        region=REGION,
        demande_dsn=vides["demande"],
        notifications_dsn=vides["notifications"],
        keys_dsn=vides["keys"],
        kek_file=FileKekRing.create(tmp_path / "kek.json").path,
        jwks=str(signer.jwks),
        issuer=ISSUER,
        token_file=token,
        smtp_host="127.0.0.1",
        smtp_port=smtp,
        smtp_security="aucune",
        smtp_from="ne-pas-repondre@logis.exemple",
        webhook_loopback=True,
        requests_per_second=100_000,
        requests_burst=100_000,
    )


@pytest.fixture
async def monde(settings: Settings, boite: Boite, horloge: Horloge, tmp_path: Path) -> AsyncIterator[Monde]:
    """Both services, open."""
    async with ouvrir(settings, boite, DevelopmentKeys(tmp_path / "jetons"), horloge) as made:
        yield made
