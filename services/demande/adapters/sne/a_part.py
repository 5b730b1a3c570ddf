"""Reading a file in a process of its own: two cores, one that reads and validates, one that decides, seals and writes.

A pipe joins them, and is all that they share: the reader stops when the pipe is full, so that memory does not follow the length
of the file, and ends when the pipe is closed, so that it never outlives a writer, however it died.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path

from services.demande.adapters.sne.lots import LONGUEUR_OCTETS, Lot, lire_lot

_LECTEUR = "services.demande.adapters.sne.lecteur"
_AVANCE_OCTETS = 1 << 20
"""Bytes of batches kept ahead of the writer, besides what the pipe holds: two or three batches."""


class LectureInterrompue(Exception):
    """The process that reads the file ended before its end."""

    def __init__(self, code: int | None) -> None:
        super().__init__(
            f"La lecture du fichier s'est arrêtée avant sa fin (code {code}). Rien n'est perdu ni écrit deux fois : "
            "relancez le même import, il reprend où il en était."
        )


@asynccontextmanager
async def lots_a_part(chemin: Path, *, le: date, apres: int, taille: int) -> AsyncIterator[AsyncIterator[Lot]]:
    """The batches of a file (see `lots`), read meanwhile by another process, which is gone when this is left."""
    lecteur = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", _LECTEUR, str(chemin), le.isoformat(), str(apres), str(taille)),
        stdin=DEVNULL,
        stdout=PIPE,
        limit=_AVANCE_OCTETS,
        start_new_session=True,  # an interruption of the keyboard is for the writer, which ends the reader
    )
    try:
        yield _recevoir(lecteur)
    finally:
        with suppress(ProcessLookupError):
            lecteur.kill()
        await lecteur.communicate()  # what it had sent is read and dropped: a pipe left full is never closed


async def _recevoir(lecteur: Process) -> AsyncIterator[Lot]:
    assert lecteur.stdout is not None
    while True:
        try:
            longueur = int.from_bytes(await lecteur.stdout.readexactly(LONGUEUR_OCTETS), "big")
            if not longueur:
                return
            octets = await lecteur.stdout.readexactly(longueur)
        except asyncio.IncompleteReadError as coupee:
            raise LectureInterrompue(await lecteur.wait()) from coupee
        yield lire_lot(octets)
