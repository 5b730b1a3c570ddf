"""Import a whole file: batch after batch, each in one short transaction, from where a former run was cut."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.vault.blind_index import BlindIndex
from services.demande.adapters.avancement import bilan_interrompu, garder_bilan
from services.demande.adapters.sne import Lot, lots_a_part
from services.demande.domain.importation import Bilan
from services.demande.use_cases.importer import Import, importer_lot

LOT = 200
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

    le: day of the import. Raises OSError when the file cannot be read, LectureInterrompue when its reader was killed.
    """
    quoi = Import(await asyncio.to_thread(_empreinte, chemin), le, sur.index)
    bilan: Bilan = (await sur.store.run(partial(_reprendre, quoi), sur.context)).value
    async with lots_a_part(chemin, le=le, apres=bilan.ordre, taille=LOT) as lots:
        async for lot in lots:
            bilan = (await sur.store.run(partial(_prendre, lot, quoi, bilan), sur.context)).value
            sur.avance(lot.position)
    await sur.store.run(partial(_finir, quoi, bilan), sur.context)
    return bilan


def _empreinte(chemin: Path) -> str:
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


async def _reprendre(quoi: Import, work: UnitOfWork) -> Bilan:
    return await bilan_interrompu(work.connection, quoi.fichier)


async def _prendre(lot: Lot, quoi: Import, bilan: Bilan, work: UnitOfWork) -> Bilan:
    """Take a batch and keep the report so far, together."""
    du_lot = await importer_lot(lot, quoi, work)
    somme = bilan.plus(du_lot)
    await garder_bilan(work.connection, quoi.fichier, somme, du_lot.lignes_refusees, fini=False)
    return somme


async def _finir(quoi: Import, bilan: Bilan, work: UnitOfWork) -> None:
    await garder_bilan(work.connection, quoi.fichier, bilan, (), fini=True)
