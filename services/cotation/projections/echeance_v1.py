"""The next day on which time may move each score in force: where the clock looks. Kept by whoever writes or looks at a score.

No event says these days: they are worked out of facts, which would tell births. revision: raised by each writing, so that
the clock moves a day only if nobody has worked it out again meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Place = tuple[UUID, str]

_GARDER = text("""
    insert into echeance_v1 (demande, lieu, le)
    select * from unnest(cast(:demandes as uuid[]), cast(:lieux as text[]), cast(:le as date[])) u
    order by 1, 2
    on conflict (demande, lieu) do update set le = excluded.le, revision = echeance_v1.revision + 1""")
_OUBLIER = text("""
    delete from echeance_v1 e where demande = any(cast(:demandes as uuid[])) and not exists (
      select 1 from unnest(cast(:gardees as uuid[]), cast(:lieux as text[])) g(demande, lieu)
      where g.demande = e.demande and g.lieu = e.lieu)""")
_DUES = text("""
    select demande from echeance_v1 where le <= :le and demande > :apres
    group by demande order by demande limit :lot""")
_LUES = text("""
    select demande, lieu, le, revision from echeance_v1
    where demande = any(cast(:demandes as uuid[])) order by demande, lieu""")
_REPORTER = text("""
    update echeance_v1 e set le = u.le, revision = e.revision + 1
    from (
      select tenue.demande, tenue.lieu, v.le, v.revision from echeance_v1 tenue
      join unnest(cast(:demandes as uuid[]), cast(:lieux as text[]), cast(:le as date[]), cast(:revisions as bigint[]))
        v(demande, lieu, le, revision) on v.demande = tenue.demande and v.lieu = tenue.lieu
      order by 1, 2 for update of tenue) u
    where e.demande = u.demande and e.lieu = u.lieu and e.revision = u.revision""")


@dataclass(frozen=True, slots=True)
class Echeance:
    """The day on which the clock looks at a score; None: time never moves it."""

    le: date | None
    revision: int


async def garder_echeances(
    connection: AsyncConnection, demandes: Sequence[UUID], echeances: Mapping[Place, date | None]
) -> None:
    """The days of all the places of these demandes: those that are not given are scored no more."""
    places = list(echeances)
    colonnes = {"gardees": [demande for demande, _ in places], "lieux": [lieu for _, lieu in places]}
    await connection.execute(_OUBLIER, {"demandes": list(demandes), **colonnes})
    if places:
        await connection.execute(
            _GARDER,
            {"demandes": colonnes["gardees"], "lieux": colonnes["lieux"], "le": list(echeances.values())},
        )


async def demandes_dues(connection: AsyncConnection, le: date, apres: UUID, lot: int) -> list[UUID]:
    """The next demandes of which time may have moved a score by that day, in the order of their identifiers."""
    return [row.demande for row in await connection.execute(_DUES, {"le": le, "apres": apres, "lot": lot})]


async def echeances_lues(connection: AsyncConnection, demandes: Sequence[UUID]) -> dict[Place, Echeance]:
    """Those of demandes, as they stand."""
    rows = await connection.execute(_LUES, {"demandes": list(demandes)})
    return {(row.demande, row.lieu): Echeance(row.le, row.revision) for row in rows}


async def reporter(
    connection: AsyncConnection, lues: Mapping[Place, Echeance], echeances: Mapping[Place, date | None]
) -> None:
    """Move the days of scores that were looked at, where nobody has since (`lues`)."""
    places = [place for place in echeances if place in lues]
    if places:
        await connection.execute(
            _REPORTER,
            {
                "demandes": [demande for demande, _ in places],
                "lieux": [lieu for _, lieu in places],
                "le": [echeances[place] for place in places],
                "revisions": [lues[place].revision for place in places],
            },
        )
