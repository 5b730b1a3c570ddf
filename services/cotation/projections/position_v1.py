"""Read model of positions: a histogram of notes by similarity class, exact at any time (ADR 41).

Whoever writes scores appends deltas and touches no row that another one writes; a folder adds them up. A reading adds what is
not folded yet, in the same statement: it never depends on how far the folder is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_DELTAS = text("""
    insert into position_delta_v1 (classe, note, delta)
    select * from unnest(cast(:classes as text[]), cast(:notes as numeric[]), cast(:deltas as integer[]))""")

# Each folder takes rows that no other one holds, and adds them in the order of the key: two folders never wait in a circle.
_PLIER = text("""
    with pris as (
      delete from position_delta_v1 where numero in (
        select numero from position_delta_v1 order by numero limit :lot for update skip locked)
      returning classe, note, delta),
    verses as (
      insert into histogramme_v1 as h (classe, note, effectif)
      select classe, note, sum(delta) from pris group by classe, note having sum(delta) <> 0 order by classe, note
      on conflict (classe, note) do update set effectif = h.effectif + excluded.effectif)
    select count(*) from pris""")
_VIDES = text("delete from histogramme_v1 where effectif = 0")

_RANGS = text("""
    select coalesce(sum(h.effectif), 0) as effectif,
           coalesce(sum(h.effectif) filter (where h.note > v.note), 0) as devant
    from unnest(cast(:bas as text[]), cast(:hauts as text[]), cast(:notes as numeric[]))
         with ordinality v(bas, haut, note, numero)
    left join lateral (
      select note, effectif from histogramme_v1 where classe >= v.bas and classe < v.haut
      union all
      select note, delta from position_delta_v1 where classe >= v.bas and classe < v.haut) h on true
    group by v.numero order by v.numero""")
_HISTOGRAMME = text("""
    select note, sum(effectif) as effectif from (
      select note, effectif from histogramme_v1 where classe >= :bas and classe < :haut
      union all
      select note, delta from position_delta_v1 where classe >= :bas and classe < :haut) h
    group by note having sum(effectif) <> 0 order by note desc""")


@dataclass(frozen=True, slots=True)
class Rang:
    """A place in a class: the rank, which equal notes share, and how many notes the class holds."""

    rang: int
    effectif: int


@dataclass(frozen=True, slots=True)
class Placee:
    """A note and the classes that it is counted in."""

    note: Decimal
    classes: tuple[str, ...]


async def deplacer(
    connection: AsyncConnection, avant: Mapping[tuple[UUID, str], Placee], apres: Mapping[tuple[UUID, str], Placee]
) -> None:
    """Append what moved between two states of some scores. Their rows must be held until the transaction ends."""
    deltas: Counter[tuple[str, Decimal]] = Counter()
    for sens, places in ((-1, avant), (1, apres)):
        for placee in places.values():
            for classe in placee.classes:
                deltas[classe, placee.note] += sens
    moved = [(classe, note, delta) for (classe, note), delta in deltas.items() if delta]
    if moved:
        classes, notes, valeurs = zip(*moved, strict=True)
        await connection.execute(_DELTAS, {"classes": list(classes), "notes": list(notes), "deltas": list(valeurs)})


async def plier(connection: AsyncConnection, lot: int) -> int:
    """Fold at most `lot` deltas into the histograms; returns how many. Any number of folders may run at once."""
    pris: int = (await connection.execute(_PLIER, {"lot": lot})).scalar_one()
    if pris:
        await connection.execute(_VIDES)
    return pris


async def rangs(connection: AsyncConnection, demandes: Sequence[tuple[tuple[str, str], Decimal]]) -> list[Rang]:
    """The place of each (bounds of a class, note) given, in order."""
    rows = await connection.execute(
        _RANGS,
        {
            "bas": [bornes[0] for bornes, _ in demandes],
            "hauts": [bornes[1] for bornes, _ in demandes],
            "notes": [note for _, note in demandes],
        },
    )
    return [Rang(row.devant + 1, row.effectif) for row in rows]


async def histogramme(connection: AsyncConnection, bornes: tuple[str, str]) -> list[tuple[Decimal, int]]:
    """The notes of a class and how many have each, the highest first."""
    rows = await connection.execute(_HISTOGRAMME, {"bas": bornes[0], "haut": bornes[1]})
    return [(row.note, row.effectif) for row in rows]
