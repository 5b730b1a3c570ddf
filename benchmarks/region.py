"""A region brought up for a benchmark: `logis up` in a folder of its own, on a free port."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from services.chassis.access.development import DevelopmentKeys
from services.chassis.embedded.processes import free_port

_READY_SECONDS = 300
_QUIET = {"LOGIS_LOG_LEVEL": "warning"}


@dataclass(frozen=True, slots=True)
class Region:
    """A running region."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def token(self, organisation: str = "gestionnaire-alsace", role: str = "gestionnaire") -> str:
        """A token of the region's development keys."""
        return DevelopmentKeys(self.folder / "jetons").sign(
            organisation=organisation,
            roles=[role],
            acteur=f"essai:{organisation}",
            audience="logis",
            now=datetime.now(UTC),
            duration=timedelta(hours=2),
        )

    def client(self) -> httpx.AsyncClient:
        """A client with a manager's token."""
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token()}"},
            timeout=30,
            limits=httpx.Limits(max_connections=200),
        )


@contextmanager
def region_up(folder: Path, *options: str) -> Iterator[Region]:
    """Bring a region up, wait until it is ready, and bring it down at the end. options: those of `logis up`."""
    port = free_port("127.0.0.1")
    command = [sys.executable, "-m", "services.logis", "up", "--port", str(port), "--dossier", str(folder), *options]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_QUIET | os.environ,
        )
    region = Region(f"http://127.0.0.1:{port}", folder, process)
    try:
        _wait_ready(region)
        yield region
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait_ready(region: Region) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if region.process.poll() is not None:
            break
        try:
            if all(httpx.get(f"{region.url}/{s}/health/ready").status_code == 200 for s in ("demande", "cotation")):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError((region.folder.parent / f"{region.folder.name}.log").read_text()[-3000:])
