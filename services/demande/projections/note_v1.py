"""Read model: the scores received from the scoring service, one row a demande and place, to search by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Two transports and two kinds of event bring scores: one that rests on older facts, or is of an earlier day, may come late.
_UPSERT = text("""
    insert into note_v1 (demande, lieu, total, provisoire, au, situation, hors)
    select u.* from unnest(cast(:demandes as uuid[]), cast(:lieux as text[]), cast(:totaux as numeric[]),
                           cast(:provisoires as boolean[]), cast(:au as date[]), cast(:situations as integer[]),
                           cast(:hors as boolean[])) u
    order by 1, 2
    on conflict (demande, lieu) do update
    set total = excluded.total, provisoire = excluded.provisoire, au = excluded.au, situation = excluded.situation,
        hors = excluded.hors
    where (excluded.situation, excluded.au) >= (note_v1.situation, note_v1.au)""")

# The place that matches best is the quartier, then the commune: who wished both is ranked by the quartier's score.
_CLASSER = text("""
    select n.demande, n.lieu, n.total, n.provisoire, d.deposee_le
    from note_v1 n join demande_v1 d using (demande)
    where n.lieu = any(cast(:lieux as text[]))
      and not n.hors
      and n.lieu = any(d.lieux)
      and d.statut in ('ACTIVE', 'PREAVIS')
      and :typologie = any(d.typologies)
      and d.deposee_le is not null
      and (n.lieu = :prefere or not (:prefere = any(d.lieux) and exists (
             select 1 from note_v1 q where q.demande = n.demande and q.lieu = :prefere and not q.hors)))
      and not exists (select 1 from proposition_v1 p
                      where p.demande = n.demande and p.statut in ('EN_COURS', 'ACCEPTEE'))
      and (cast(:apres_total as numeric) is null
           or (-n.total, d.deposee_le, n.demande)
              > (-cast(:apres_total as numeric), cast(:apres_depot as date), cast(:apres_demande as uuid)))
    order by n.total desc, d.deposee_le, n.demande
    limit :limite""")


@dataclass(frozen=True, slots=True)
class Note:
    """A score received. lieu: `commune` or `commune:quartier`; total: exact; provisoire: evidence is awaited.

    situation: version of the facts; hors: the grid does not score the demande there, and nobody ranks it.
    """

    demande: UUID
    lieu: str
    total: Decimal
    provisoire: bool
    au: date
    situation: int
    hors: bool = False


@dataclass(frozen=True, slots=True)
class Classee:
    """A demande in the order of the search: its score for the place, then its seniority."""

    demande: UUID
    lieu: str
    total: Decimal
    provisoire: bool
    deposee_le: date


async def garder(connection: AsyncConnection, notes: Sequence[Note]) -> None:
    """Keep scores, the one of the newest facts and day for each demande and place; of two as new, the last one given."""
    newest: dict[tuple[UUID, str], Note] = {}
    for note in notes:
        kept = newest.get((note.demande, note.lieu))
        if kept is None or (note.situation, note.au) >= (kept.situation, kept.au):
            newest[note.demande, note.lieu] = note
    if newest:
        await connection.execute(_UPSERT, _colonnes(list(newest.values())))


async def classer(
    connection: AsyncConnection, *, lieux: Sequence[str], typologie: str, apres: Classee | None, limite: int
) -> list[Classee]:
    """The next demandes for a dwelling, by score then seniority; never one that has an open or accepted offer.

    lieux: places that match, the best first. apres: the last one already seen.
    """
    rows = await connection.execute(
        _CLASSER,
        {
            "lieux": list(lieux),
            "prefere": lieux[0],
            "typologie": typologie,
            "apres_total": apres and apres.total,
            "apres_depot": apres and apres.deposee_le,
            "apres_demande": apres and apres.demande,
            "limite": limite,
        },
    )
    return [Classee(*row) for row in rows]


def _colonnes(notes: Sequence[Note]) -> dict[str, Any]:
    return {
        "demandes": [note.demande for note in notes],
        "lieux": [note.lieu for note in notes],
        "totaux": [note.total for note in notes],
        "provisoires": [note.provisoire for note in notes],
        "au": [note.au for note in notes],
        "situations": [note.situation for note in notes],
        "hors": [note.hors for note in notes],
    }
