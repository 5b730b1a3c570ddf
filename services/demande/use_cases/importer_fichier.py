"""Import a whole file: batch after batch, each in one short transaction, from where a former run was cut."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.vault.blind_index import BlindIndex
from services.demande.adapters.avancement import bilan_interrompu, garder_bilan
from services.demande.adapters.sne import FichierRefuse, Lecture, lire
from services.demande.domain.importation import Bilan
from services.demande.use_cases.importer import Import, importer_lot

LOT = 150
"""Demandes a transaction: about 30 ms of writing. A longer one would hold every reader of the cluster back."""

Avance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Importation:
    """What an import runs on. avance: told, after each batch, how many bytes of the file are behind."""

    store: EventStore
    index: BlindIndex
    context: Context
    avance: Avance = lambda _octets: None


async def importer_fichier(chemin: Path, le: date, sur: Importation) -> Bilan:
    """Import the demandes of an SNE file. Safe to kill and to repeat at any moment: what is in is in, nothing is in twice.

    le: day of the import. Raises OSError when the file cannot be read.
    """
    quoi = Import(await asyncio.to_thread(_empreinte, chemin), le, sur.index)
    bilan: Bilan = (await sur.store.run(partial(_reprendre, quoi), sur.context)).value
    with chemin.open("rb") as flux:
        lots = _lots(lire(flux, le=le), bilan.ordre)
        suivant = asyncio.create_task(asyncio.to_thread(next, lots, None))
        while (lot := await suivant) is not None:
            suivant = asyncio.create_task(asyncio.to_thread(next, lots, None))  # read while PostgreSQL writes
            bilan = (await sur.store.run(partial(_prendre, lot, quoi, bilan), sur.context)).value
            sur.avance(lot[-1].position)
    await sur.store.run(partial(_finir, quoi, bilan), sur.context)
    return bilan


def _empreinte(chemin: Path) -> str:
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def _lots(lectures: Iterator[Lecture], deja: int) -> Iterator[list[Lecture]]:
    """The readings in batches, those at or before the place `deja` passed over."""
    restent = (item for item in lectures if isinstance(item, FichierRefuse) or item.ordre > deja)
    while lot := list(islice(restent, LOT)):
        yield lot


async def _reprendre(quoi: Import, work: UnitOfWork) -> Bilan:
    return await bilan_interrompu(work.connection, quoi.fichier)


async def _prendre(lot: list[Lecture], quoi: Import, bilan: Bilan, work: UnitOfWork) -> Bilan:
    """Take a batch and keep the report so far, together."""
    somme = bilan.plus(await importer_lot(lot, quoi, work))
    await garder_bilan(work.connection, quoi.fichier, somme, fini=False)
    return somme


async def _finir(quoi: Import, bilan: Bilan, work: UnitOfWork) -> None:
    await garder_bilan(work.connection, quoi.fichier, bilan, fini=True)
