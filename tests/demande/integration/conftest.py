"""The register on fresh databases, without a process: its store, its keys."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.migration import migrate
from services.chassis.processes import VAULT
from services.chassis.settings import Settings
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing
from services.demande.service import SERVICE
from tests.demande.integration.monde import Registre as Servi
from tests.demande.integration.monde import registre_servi

Registre = Callable[[], Any]


@pytest.fixture(scope="session")
async def gabarits(new_database: Callable[..., Any]) -> tuple[str, str]:
    """The names of a migrated register and of a migrated database of keys, to copy."""
    registre, cles = new_database(), new_database()
    await migrate(registre.dsn, SERVICE.branches)
    await migrate(cles.dsn, VAULT)
    return registre.name, cles.name


@pytest.fixture
def registre(gabarits: tuple[str, str], new_database: Callable[..., Any], tmp_path: Path) -> Registre:
    """Opens the same fresh register: each call is another process's view of it."""
    settings = Settings(
        region=REGION.absolute(),
        demande_dsn=new_database(gabarits[0]).dsn,
        keys_dsn=new_database(gabarits[1]).dsn,
        kek_file=FileKekRing.create(tmp_path / "trousseau.json").path,
    )

    @asynccontextmanager
    async def ouvrir() -> AsyncIterator[Fabric]:
        async with open_fabric("demande", settings) as fabric:
            yield fabric

    return ouvrir


@pytest.fixture
async def monde(gabarits: tuple[str, str], new_database: Callable[..., Any], tmp_path: Path) -> AsyncIterator[Servi]:
    """The register served over HTTP, on fresh databases."""
    signer = DevelopmentKeys(tmp_path / "jetons")
    signer.create()
    settings = Settings(
        region=REGION.absolute(),
        demande_dsn=new_database(gabarits[0]).dsn,
        keys_dsn=new_database(gabarits[1]).dsn,
        kek_file=FileKekRing.create(tmp_path / "trousseau.json").path,
        jwks=str(signer.jwks),
        issuer=ISSUER,
        requests_per_second=100_000,
        requests_burst=100_000,
    )
    async with registre_servi(settings, signer) as ouvert:
        yield ouvert
