"""Databases of the register and of the notifications, migrated once, copied for each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.migration import migrate
from services.chassis.settings import Settings
from services.chassis.vault.kek import FileKekRing
from services.demande.service import SERVICE as SERVICE_DEMANDE
from services.notifications.service import SERVICE as SERVICE_NOTIFICATIONS
from tests.notifications.integration.monde import REGION, ROOT, Boite, Horloge, Monde, ouvrir, serveur_de_courriel


@pytest.fixture(scope="session")
async def gabarits(new_database: Callable[..., Any]) -> dict[str, str]:
    """The name of a migrated database by service, to copy."""
    branches = {
        "demande": SERVICE_DEMANDE.branches,
        "notifications": SERVICE_NOTIFICATIONS.branches,
        "keys": (ROOT / "services" / "chassis" / "vault" / "migrations",),
    }
    made = {name: new_database() for name in branches}
    for name, branch in branches.items():
        await migrate(made[name].dsn, branch)
    return {name: database.name for name, database in made.items()}


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
def settings(gabarits: dict[str, str], new_database: Callable[..., Any], smtp: int, tmp_path: Path) -> Settings:
    """The settings of processes on fresh databases."""
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
        demande_dsn=new_database(gabarits["demande"]).dsn,
        notifications_dsn=new_database(gabarits["notifications"]).dsn,
        keys_dsn=new_database(gabarits["keys"]).dsn,
        kek_file=FileKekRing.create(tmp_path / "kek.json").path,
        jwks=str(signer.jwks),
        issuer=ISSUER,
        token_file=token,
        smtp_host="127.0.0.1",
        smtp_port=smtp,
        smtp_security="aucune",
        smtp_from="ne-pas-repondre@logis.exemple",
        requests_per_second=100_000,
        requests_burst=100_000,
    )


@pytest.fixture
async def monde(settings: Settings, boite: Boite, horloge: Horloge, tmp_path: Path) -> AsyncIterator[Monde]:
    """Both services, open."""
    async with ouvrir(settings, boite, DevelopmentKeys(tmp_path / "jetons"), horloge) as made:
        yield made
