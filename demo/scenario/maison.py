"""A region brought up for the demonstration: `logis up` as ops would start it, a mail server, a receiver of webhooks, tokens."""

import asyncio
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

from demo.receveur import Receveur, servir
from demo.region import FICHIER

_PRETE_SECONDES = 300
_ARRET_SECONDES = 60


class Courrier:
    """A real SMTP server that counts what it receives."""

    def __init__(self) -> None:
        self.recus = 0

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.recus += 1
        return "250 recu"


@dataclass
class Maison:
    """A running region. environnement: its settings, for the commands that work beside it; adresse: of the receiver."""

    url: str
    dossier: Path
    courrier: Courrier
    receveur: Receveur
    adresse: str
    environnement: Mapping[str, str]
    _clients: dict[tuple[str, str], httpx.AsyncClient] = field(default_factory=dict)

    async def client(self, organisation: str, role: str) -> httpx.AsyncClient:
        """The client of an organisation, with its development token."""
        if (organisation, role) not in self._clients:
            cles = str(self.dossier / "jetons")
            signe = await self.logis("token", "--organisation", organisation, "--role", role, "--cles", cles)
            self._clients[organisation, role] = httpx.AsyncClient(
                base_url=self.url, headers={"Authorization": f"Bearer {signe.strip()}"}, timeout=60
            )
        return self._clients[organisation, role]

    async def gestionnaire(self) -> httpx.AsyncClient:
        """The client of the association that keeps the region's register."""
        return await self.client("gestionnaire-alsace", "gestionnaire")

    async def logis(self, *arguments: str, accepte: tuple[int, ...] = (0,)) -> str:
        """What a `logis` command run beside the region writes. Raises RuntimeError when it answers a code not accepted."""
        processus = await asyncio.create_subprocess_exec(
            *_commande(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | self.environnement,
        )
        sortie, erreurs = await processus.communicate()
        if processus.returncode not in accepte:
            raise RuntimeError(
                f"logis {' '.join(arguments[:2])} : code {processus.returncode}\n{erreurs.decode()[-2000:]}"
            )
        return sortie.decode()

    async def fermer(self) -> None:
        """Close the clients."""
        for client in self._clients.values():
            await client.aclose()


@contextmanager
def maison(dossier: Path, *, kafka: bool) -> Iterator[Maison]:
    """Bring the region up in a folder of its own; bring it down at the end."""
    dossier.mkdir(parents=True, exist_ok=True)
    port = _port_libre()
    with servir(receveur := Receveur()) as adresse, _smtp(courrier := Courrier()) as reglages:
        reglages |= {"LOGIS_LOG_LEVEL": "warning", "LOGIS_WEBHOOK_LOOPBACK": "true"}
        arguments = ("--port", str(port), "--dossier", str(dossier), "--region", str(FICHIER))
        with _lancee(_commande("up", *arguments, *(["--kafka"] if kafka else [])), reglages, dossier / "region.log"):
            url = f"http://127.0.0.1:{port}"
            environnement = reglages | _lire_environnement(dossier / "environnement")
            yield Maison(url, dossier, courrier, receveur, adresse, environnement)


@contextmanager
def _smtp(courrier: Courrier) -> Iterator[dict[str, str]]:
    """Serve the mail server. Gives the settings that send to it."""
    serveur = Controller(courrier, hostname="127.0.0.1", port=_port_libre())
    serveur.start()
    try:
        yield {
            "LOGIS_SMTP_HOST": "127.0.0.1",
            "LOGIS_SMTP_PORT": str(serveur.port),
            "LOGIS_SMTP_SECURITY": "aucune",
            "LOGIS_SMTP_FROM": "ne-pas-repondre@example.org",
        }
    finally:
        serveur.stop()


@contextmanager
def _lancee(commande: list[str], reglages: Mapping[str, str], journal: Path) -> Iterator[None]:
    """Run `logis up` until the end of the block, entered when its services are ready."""
    with journal.open("wb") as sortie:
        processus = subprocess.Popen(  # noqa: S603 (our own command)
            commande, stdout=sortie, stderr=subprocess.STDOUT, env=os.environ | reglages
        )
    try:
        _attendre(processus, f"http://127.0.0.1:{commande[commande.index('--port') + 1]}", journal)
        yield
    finally:
        processus.send_signal(signal.SIGTERM)
        processus.wait(timeout=_ARRET_SECONDES)


def _attendre(processus: "subprocess.Popen[bytes]", url: str, journal: Path) -> None:
    limite = time.monotonic() + _PRETE_SECONDES
    services = ("demande", "cotation", "flux", "notifications")
    while time.monotonic() < limite and processus.poll() is None:
        try:
            if all(httpx.get(f"{url}/{nom}/health/ready", timeout=5).status_code == 200 for nom in services):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"La région n'a pas démarré :\n{journal.read_text()[-3000:]}")


def _commande(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "services.logis", *arguments]


def _lire_environnement(chemin: Path) -> dict[str, str]:
    return dict(ligne.split("=", 1) for ligne in chemin.read_text().splitlines())


def _port_libre() -> int:
    with socket.create_server(("127.0.0.1", 0)) as essai:
        port: int = essai.getsockname()[1]
    return port


def lire_json(texte: str) -> Any:
    """A JSON document written by a command."""
    return msgspec.json.decode(texte)
