"""`logis verify`: the scores that the register searches by are those in force in the scoring service."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg

from services.chassis.verification import Controle

_BATCH = 10_000
_EN_VIGUEUR = """
    select demande, lieu, total, provisoire, au, hors is not null as hors from cotation_v1
    where (demande, lieu) > ($1, $2) order by demande, lieu limit $3"""
_RECUES = """
    select n.demande, n.lieu, n.total, n.provisoire, n.au, n.hors
    from unnest($1::uuid[], $2::text[]) w(demande, lieu) join note_v1 n on n.demande = w.demande and n.lieu = w.lieu"""


async def notes_recues(registre: asyncpg.Pool, cotation: asyncpg.Pool) -> Controle:
    """Each score in force is the one that the register keeps for the same demande and place."""
    examinees, ecarts = 0, list[str]()
    async for lot in _lots(cotation):
        examinees += len(lot)
        rows = await registre.fetch(_RECUES, [un["demande"] for un in lot], [un["lieu"] for un in lot])
        recues = {(row["demande"], row["lieu"]): tuple(row) for row in rows}
        ecarts += [
            f"{un['demande']} {un['lieu']} : la note reçue n'est pas la note en vigueur"
            for un in lot
            if recues.get((un["demande"], un["lieu"])) != tuple(un)
        ]
    return Controle("demande : notes reçues de la cotation", examinees, tuple(ecarts))


async def _lots(cotation: asyncpg.Pool) -> AsyncIterator[list[Any]]:
    place: tuple[UUID, str] = (UUID(int=0), "")
    while lot := await cotation.fetch(_EN_VIGUEUR, *place, _BATCH):
        yield lot
        place = (lot[-1]["demande"], lot[-1]["lieu"])
