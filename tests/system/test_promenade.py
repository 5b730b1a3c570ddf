"""The README's walk, as a stranger types it: every command of it runs, on a region of its own, up to the webhook's arrival."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
_WALK = re.compile(r"^## A walk of five minutes\n(.*?)^## A sync job starts here\n", re.DOTALL | re.MULTILINE)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
_LONGEST_SECONDS = 540


def test_each_command_of_the_walk_works_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    port, receiver = _free_port(), _free_port()
    with _region(tmp_path, port), _typed(tmp_path, _script(port, receiver)) as said:
        _wait(lambda: "logement.mis-a-disposition.v1" in said(), said)
        told = said()
    assert "197 importée(s), 0 déjà connue(s), 1 incomplète(s), 2 refusée(s)." in told
    assert "points (Eurométropole de Strasbourg" in told
    assert '"type":"demande.enregistree.v1"' in told
    assert "Conforme." in told
    assert '"suggestion":"part-trois-rivieres"' in told
    assert told.count("signature vérifiée") >= 3
    for refusal in ("logis.example/problemes", "Traceback", "command not found", "curl:"):
        assert refusal not in told, told


def _script(port: int, receiver: int) -> str:
    """The commands of the README, on other ports and a smaller population."""
    walk = _WALK.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert walk is not None
    commands = "\n".join(_COMMANDS.findall(walk[1]))
    changes = {
        ":8700": f":{port}",
        ":8800": f":{receiver}",
        "--port 8800": f"--port {receiver}",
        "--demandes 1000": "--demandes 200",
    }
    for written, played in changes.items():
        assert written in commands
        commands = commands.replace(written, played)
    return commands


@contextmanager
def _region(folder: Path, port: int) -> Iterator[None]:
    region = ROOT / "deploy" / "regions" / "demonstration" / "region.toml"
    command = [sys.executable, "-m", "services.logis", "up", "--port", str(port), "--region", str(region)]
    environment = _environment() | {"LOGIS_WEBHOOK_LOOPBACK": "true", "LOGIS_LOG_LEVEL": "warning"}
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)
    try:
        _wait(lambda: _ready(port), (folder / "up.log").read_text)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextmanager
def _typed(folder: Path, script: str) -> Iterator[Callable[[], str]]:
    """Run the commands in one shell; gives what it has said so far."""
    written = folder / "terminal.txt"
    with written.open("ab") as terminal:
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=folder,
            stdout=terminal,
            stderr=terminal,
            env=_environment(),
            start_new_session=True,
        )
    try:
        yield lambda: written.read_text(errors="replace")
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.wait(timeout=30)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("LOGIS_")}


def _ready(port: int) -> bool:
    try:
        return all(
            httpx.get(f"http://127.0.0.1:{port}/{service}/health/ready", timeout=5).is_success
            for service in ("demande", "cotation", "flux", "notifications")
        )
    except httpx.TransportError:
        return False


def _wait(reached: Callable[[], bool], said: Callable[[], str]) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not reached():
        assert time.monotonic() < deadline, said()
        time.sleep(0.2)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        port: int = trial.getsockname()[1]
    return port
