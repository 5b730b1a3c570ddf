"""The register on fresh databases, without a process: its store, its keys."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.migration import migrate
from services.chassis.processes import VAULT
from services.chassis.settings import Settings
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing
from services.cotation.service import SERVICE as COTER
from services.demande.service import SERVICE
from tests.demande.integration.monde import Registre as Servi
from tests.demande.integration.monde import registre_servi
from tests.notifications.integration.monde import servi

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


@pytest.fixture
async def cote(monde: Servi, new_database: Callable[..., Any], tmp_path: Path) -> AsyncIterator[tuple[Fabric, Fabric]]:
    """The register that listens to a scoring service really served, and that service."""
    base = new_database()
    await migrate(base.dsn, COTER.branches)
    jeton = tmp_path / "jeton"
    jeton.write_text(
        monde.signer.sign(
            organisation="gestionnaire-alsace", roles=["gestionnaire"], acteur="demande", audience="logis",
            now=datetime.now(UTC), duration=timedelta(minutes=30),
        )
    )  # fmt: skip
    settings = monde.fabric.settings.model_copy(update={"cotation_dsn": SecretStr(base.dsn), "token_file": jeton})
    async with open_fabric("cotation", settings) as cotation, servi(COTER, cotation) as url:
        settings = settings.model_copy(update={"cotation_url": url})
        async with open_fabric("demande", settings) as demande:
            yield replace(demande, now=monde.horloge), cotation
