"""The memory of a process and of all those that it started, sampled while the demonstration runs."""

import contextlib
import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PERIODE_SECONDES = 1.0
_PROC = Path("/proc")
_OCTETS_PAR_KIO = 1_024


@dataclass
class Memoire:
    """maximum_octets: the highest sum seen of proportional sizes (PSS: what processes share is counted once); None where
    the system has no /proc."""

    maximum_octets: int | None = None

    def mesurer(self) -> None:
        """Take one sample."""
        total = sum(_pss(pid) for pid in _descendance(os.getpid()))
        if total:
            self.maximum_octets = max(total, self.maximum_octets or 0)


@contextlib.contextmanager
def memoire_suivie() -> Iterator[Memoire]:
    """Sample the memory in a thread, until the block ends."""
    memoire, fini = Memoire(), threading.Event()

    def suivre() -> None:
        while not fini.wait(_PERIODE_SECONDES):
            memoire.mesurer()

    fil = threading.Thread(target=suivre, name="memoire", daemon=True)
    fil.start()
    try:
        yield memoire
    finally:
        fini.set()
        fil.join()


def _descendance(racine: int) -> Iterator[int]:
    """A process and all those that descend from it, as they are now."""
    enfants: dict[int, list[int]] = defaultdict(list)
    for dossier in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            apres_le_nom = (dossier / "stat").read_text().rpartition(")")[2].split()
            enfants[int(apres_le_nom[1])].append(int(dossier.name))
    a_voir = [racine]
    while a_voir:
        pid = a_voir.pop()
        yield pid
        a_voir += enfants[pid]


def _pss(pid: int) -> int:
    """The proportional size of a process, in bytes; 0 when it has ended meanwhile or is not ours to read."""
    with contextlib.suppress(OSError):
        for ligne in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if ligne.startswith("Pss:"):
                return int(ligne.split()[1]) * _OCTETS_PAR_KIO
    return 0
