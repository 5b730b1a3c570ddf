"""A region brought up beside a real mail server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.region import Region, region_up
from tests.notifications.integration.monde import Boite, serveur_de_courriel


@contextmanager
def region_et_courriel(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Iterator[tuple[Region, Boite]]:
    """The region in its folder and what its mail server receives. options: those of `logis up`."""
    boite = Boite()
    with serveur_de_courriel(boite) as port:
        for name, value in {
            "LOGIS_SMTP_HOST": "127.0.0.1",
            "LOGIS_SMTP_PORT": str(port),
            "LOGIS_SMTP_SECURITY": "aucune",
            "LOGIS_SMTP_FROM": "ne-pas-repondre@example.org",
        }.items():
            monkeypatch.setenv(name, value)
        with region_up(folder, *options) as region:
            yield region, boite
