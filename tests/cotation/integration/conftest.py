"""Databases of the register and of the scoring, migrated once, emptied for each test."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.database import plain
from services.chassis.migration import migrate
from services.chassis.processes import VAULT
from services.chassis.settings import Settings
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing
from services.cotation.service import SERVICE as COTATION
from services.demande.service import SERVICE as REGISTRE
from tests.cotation.integration.monde import Monde, ouvrir
from tests.notifications.integration.conftest import _vider
from tests.notifications.integration.monde import Horloge


@pytest.fixture(scope="session")
async def bases(new_database: Callable[..., Any]) -> dict[str, str]:
    """The address of a migrated database by service, for the whole session: dropping one costs more than most tests."""
    branches = {"demande": REGISTRE.branches, "cotation": COTATION.branches, "keys": VAULT}
    made = {name: new_database().dsn for name in branches}
    for name, branch in branches.items():
        await migrate(made[name], branch)
    return made


@pytest.fixture
def horloge() -> Horloge:
    """The only clock: 22 November 2026."""
    return Horloge()


@pytest.fixture
async def settings(bases: dict[str, str], tmp_path: Path) -> Settings:
    """The settings of processes on emptied databases."""
    for dsn in bases.values():
        connection = await asyncpg.connect(plain(dsn))
        try:
            await _vider(connection)
        finally:
            await connection.close()
    signer, token = DevelopmentKeys(tmp_path / "jetons"), tmp_path / "jeton"
    signer.create()
    signed = signer.sign(
        organisation="gestionnaire-alsace",
        roles=["gestionnaire"],
        acteur="service:cotation",
        audience="logis",
        now=datetime.now(UTC),
        duration=timedelta(hours=1),
    )
    token.write_text(signed)
    return Settings(
        region=REGION.absolute(),
        demande_dsn=bases["demande"],
        cotation_dsn=bases["cotation"],
        keys_dsn=bases["keys"],
        kek_file=FileKekRing.create(tmp_path / "kek.json").path,
        jwks=str(signer.jwks),
        issuer=ISSUER,
        token_file=token,
        database_connections=10,
        requests_per_second=100_000,
        requests_burst=100_000,
    )


@pytest.fixture
async def monde(settings: Settings, horloge: Horloge, tmp_path: Path) -> AsyncIterator[Monde]:
    """Both services, open."""
    async with ouvrir(settings, DevelopmentKeys(tmp_path / "jetons"), horloge) as made:
        yield made
