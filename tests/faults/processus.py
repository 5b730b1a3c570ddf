"""The processes of a region, found as an operator would: by who started them and what they run."""

import os
import signal
from pathlib import Path

from benchmarks.region import Region


def api(region: Region) -> list[int]:
    """The one API process."""
    return [pid for pid in enfants(region.process.pid) if b"api" in _commande(pid)]


def workers(region: Region) -> list[int]:
    """The workers, one a service."""
    return [pid for pid in enfants(region.process.pid) if b"worker" in _commande(pid)]


def postmaster(region: Region) -> list[int]:
    """PostgreSQL."""
    return _vivant(region.folder / "postgres" / "data" / "postmaster.pid")


def broker(region: Region) -> list[int]:
    """Kafka."""
    return _vivant(region.folder / "kafka" / "pid")


def sessions(region: Region) -> list[int]:
    """The PostgreSQL processes that serve our connections."""
    serveur = postmaster(region)
    return [pid for pid in enfants(serveur[0]) if b"postgres: logis logis_" in _commande(pid)[0]] if serveur else []


def enfants(parent: int) -> list[int]:
    """The living children of a process."""
    return sorted(pid for pid in _tous() if _parent(pid) == parent)


def tuer(pid: int) -> bool:
    """SIGKILL; whether there was something to kill."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _tous() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(pid: int) -> int | None:
    try:
        etat, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return None if etat in "ZX" else int(parent)


def _commande(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return [b""]


def _vivant(fichier: Path) -> list[int]:
    """The process whose number the file holds, if it lives."""
    try:
        pid = int(fichier.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return []
    return [pid] if _parent(pid) is not None else []
