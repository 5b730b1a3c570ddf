"""Processes of an embedded part: found again by another process, buried when they end."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from services.chassis.embedded.account import Account

# Below those that the system lends to outgoing connections (32768 and up on Linux): a client that tries again and again
# to reach a dead server may be lent the very port it aims at; it then talks to itself, and the server cannot come back.
PORTS = range(20_000, 32_000)


def launch(command: Sequence[str | Path], *, folder: Path, log: BinaryIO, account: Account) -> subprocess.Popen[bytes]:
    """Start a server that works in the folder, in a session of its own: no signal of the terminal reaches it.

    It is buried when it ends, so that no other process takes its zombie for a living server.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=folder,
        start_new_session=True,
        **account.as_process_options(),
    )
    threading.Thread(target=process.wait, name=f"wait-{process.pid}", daemon=True).start()
    return process


def lives_in(pid: int, folder: Path) -> bool:
    """Whether the process runs and works in the folder: a number alone may have been given to another program."""
    if has_ended(pid):
        return False
    if sys.platform != "linux":
        return True
    # Any thread: the first one may have ended while the others still hold the files and the port.
    return any(_folder_of(thread) == folder for thread in Path(f"/proc/{pid}/task").glob("*"))


def _folder_of(thread: Path) -> Path | None:
    try:
        return (thread / "cwd").readlink()
    except OSError:  # it has just ended, or belongs to another user
        return None


def has_ended(pid: int) -> bool:
    """Whether nothing is left of the process but, at most, a zombie: its files, locks and ports are released."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    if sys.platform != "linux":
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        return state in "ZX" and len(list(Path(f"/proc/{pid}/task").iterdir())) <= 1
    except (FileNotFoundError, ProcessLookupError):
        return True


def end_process(pid: int, how: signal.Signals, timeout_s: float) -> None:
    """Send the signal and wait until nothing is left of the process. Raises TimeoutError."""
    os.kill(pid, how)
    deadline = time.monotonic() + timeout_s
    while not has_ended(pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} has not ended {timeout_s:g} s after {how.name}")
        time.sleep(0.005)


def free_port(host: str, preferred: int = 0) -> int:
    """The preferred port when it can be listened on, else a free one drawn from PORTS. Raises OSError."""
    for port in (preferred or secrets.choice(PORTS), *(secrets.choice(PORTS) for _ in range(100))):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((host, port))
                return port
    raise OSError(f"no free port on {host} between {PORTS.start} and {PORTS.stop - 1}")
