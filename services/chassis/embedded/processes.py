"""Processes of an embedded part: found again by another process, buried when they end."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path


def adopt(process: subprocess.Popen[bytes]) -> None:
    """Bury the child when it ends, so that no other process takes its zombie for a living server."""
    threading.Thread(target=process.wait, name=f"wait-{process.pid}", daemon=True).start()


def lives_in(pid: int, folder: Path) -> bool:
    """Whether the process runs and works in the folder: a number alone may have been given to another program."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    if sys.platform != "linux":
        return True
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:  # a zombie has no folder; another user's process hides it
        return False


def free_port(host: str, preferred: int = 0) -> int:
    """The preferred port when it can be listened on, else one that the system chooses."""
    for port in dict.fromkeys((preferred, 0)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")
