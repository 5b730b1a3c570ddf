"""A region brought up for the demonstration: `logis up` as ops would start it, a mail server, tokens."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
from aiosmtpd.controller import Controller

from demo.region import FICHIER

_PRETE_SECONDES = 120
_ARRET_SECONDES = 60


class Courrier:
    """A real SMTP server that counts what it receives."""

    def __init__(self) -> None:
        self.recus = 0
        self.dernier = b""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.recus += 1
        self.dernier = envelope.original_content
        return "250 recu"


@dataclass
class Maison:
    """A running region. environnement: its settings, for the commands that work beside it."""

    url: str
    dossier: Path
    processus: subprocess.Popen[bytes]
    courrier: Courrier
    environnement: Mapping[str, str] = field(default_factory=dict)
    _clients: dict[tuple[str, str], httpx.AsyncClient] = field(default_factory=dict)

    def client(self, organisation: str, role: str) -> httpx.AsyncClient:
        """The client of an organisation, with its development token."""
        if (organisation, role) not in self._clients:
            cles = str(self.dossier / "jetons")
            jeton = self.logis("token", "--organisation", organisation, "--role", role, "--cles", cles).stdout.strip()
            self._clients[organisation, role] = httpx.AsyncClient(
                base_url=self.url, headers={"Authorization": f"Bearer {jeton}"}, timeout=60
            )
        return self._clients[organisation, role]

    def logis(self, *arguments: str, accepte: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run a `logis` command beside the region. Raises RuntimeError when it answers another code than those accepted."""
        command = [sys.executable, "-m", "services.logis", *arguments]
        done = subprocess.run(  # noqa: S603 (our own command)
            command, capture_output=True, text=True, check=False, env=os.environ | self.environnement
        )
        if done.returncode not in accepte:
            raise RuntimeError(f"logis {' '.join(arguments[:2])} : code {done.returncode}\n{done.stderr[-2000:]}")
        return done

    async def fermer(self) -> None:
        """Close the clients."""
        for client in self._clients.values():
            await client.aclose()


@contextmanager
def maison(dossier: Path, *, kafka: bool) -> Iterator[Maison]:
    """Bring the region up in a folder of its own; bring it down at the end."""
    courrier = Courrier()
    smtp = Controller(courrier, hostname="127.0.0.1", port=_port_libre())
    smtp.start()
    port = _port_libre()
    environnement = {
        "LOGIS_LOG_LEVEL": "warning",
        "LOGIS_SMTP_HOST": "127.0.0.1",
        "LOGIS_SMTP_PORT": str(smtp.port),
        "LOGIS_SMTP_SECURITY": "aucune",
        "LOGIS_SMTP_FROM": "ne-pas-repondre@example.org",
    }
    dossier.mkdir(parents=True, exist_ok=True)
    journal = dossier / "region.log"
    command = [sys.executable, "-m", "services.logis", "up", "--port", str(port), "--dossier", str(dossier),
               "--region", str(FICHIER), *(["--kafka"] if kafka else [])]  # fmt: skip
    with journal.open("wb") as sortie:
        processus = subprocess.Popen(  # noqa: S603 (our own command)
            command, stdout=sortie, stderr=subprocess.STDOUT, env=os.environ | environnement
        )
    try:
        une = Maison(f"http://127.0.0.1:{port}", dossier, processus, courrier)
        _attendre(une, journal)
        une.environnement = environnement | _lire_environnement(dossier / "environnement")
        yield une
    finally:
        processus.send_signal(signal.SIGTERM)
        processus.wait(timeout=_ARRET_SECONDES)
        smtp.stop()


def _attendre(une: Maison, journal: Path) -> None:
    limite = time.monotonic() + _PRETE_SECONDES
    services = ("demande", "cotation", "flux", "notifications")
    while time.monotonic() < limite and une.processus.poll() is None:
        try:
            if all(httpx.get(f"{une.url}/{nom}/health/ready", timeout=5).status_code == 200 for nom in services):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"La région n'a pas démarré :\n{journal.read_text()[-3000:]}")


def _lire_environnement(chemin: Path) -> dict[str, str]:
    return dict(ligne.split("=", 1) for ligne in chemin.read_text().splitlines())


def _port_libre() -> int:
    with socket.create_server(("127.0.0.1", 0)) as essai:
        port: int = essai.getsockname()[1]
    return port


def lire_json(texte: str) -> Any:
    """A JSON document written by a command."""
    return msgspec.json.decode(texte)
