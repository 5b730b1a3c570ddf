"""The situations as they were read, sealed: append-only, by version and by the day that their facts are of.

Facts age: two readings of one version, on two days, may differ. A score rests on the last reading of its version up to its day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.situation.lecture import Situation
from services.chassis.vault.keys import KeyStore
from services.chassis.vault.sealed_parts import SealedParts
from services.cotation.flots import COTATION

SITUATIONS = SealedParts("situation_v1")

Datee = tuple[UUID, int, date]
"""A demande, a version of its facts, a day."""

_KEEP = text("""
    insert into situation_v1 (demande, version, du, valable_jusqu_au, lue_a, personnel)
    select u.demande, u.version, :du, u.jusque, :lue_a, u.personnel from unnest(
      cast(:demandes as uuid[]), cast(:versions as integer[]), cast(:jusque as date[]), cast(:personnel as bytea[]))
      u(demande, version, jusque, personnel)
    on conflict do nothing""")
_DATED = text("""
    select w.demande, w.version, w.au, s.personnel
    from unnest(cast(:demandes as uuid[]), cast(:versions as integer[]), cast(:au as date[])) w(demande, version, au)
    cross join lateral (
      select personnel from situation_v1 s
      where s.demande = w.demande and s.version = w.version and s.du <= w.au order by s.du desc limit 1) s""")
_LAST = text("""
    select distinct on (demande) demande, version, du, personnel from situation_v1
    where demande = any(cast(:demandes as uuid[])) and du <= :le order by demande, version desc, du desc""")
_OUTDATED = text("""
    select demande, version from (
      select distinct on (demande) demande, version, valable_jusqu_au from situation_v1
      where demande = any(cast(:demandes as uuid[])) and du <= :le order by demande, version desc, du desc) s
    where valable_jusqu_au < :le""")
_KNOWN_ON = text("""
    select distinct on (demande) demande, version, personnel from situation_v1
    where demande = any(cast(:demandes as uuid[])) and du <= :au
      and lue_a < (cast(:au as date) + 1)::timestamp at time zone 'Europe/Paris'
    order by demande, version desc, du desc""")


async def garder_situations(
    connection: AsyncConnection, keys: Mapping[str, bytes], situations: Sequence[Situation], du: date, lue_a: datetime
) -> None:
    """Keep situations, sealed; one that is already kept stays as it is. keys: those of `sujet_de` each demande.

    du: the day that the facts are of; lue_a: when they were read.
    """
    if not situations:
        return
    await connection.execute(
        _KEEP,
        {
            "du": du,
            "lue_a": lue_a,
            "demandes": [UUID(situation.demande_id) for situation in situations],
            "versions": [situation.version for situation in situations],
            "jusque": [situation.valable_jusqu_au for situation in situations],
            "personnel": [
                SITUATIONS.seal(_place(s), {"situation": (sujet_de(s.demande_id), s)}, keys) for s in situations
            ],
        },
    )


async def situations_du(connection: AsyncConnection, keys: KeyStore, wanted: Sequence[Datee]) -> dict[Datee, Situation]:
    """The situations at those versions as they were on those days, unless their key is gone."""
    values = {
        "demandes": [demande for demande, _, _ in wanted],
        "versions": [version for _, version, _ in wanted],
        "au": [au for _, _, au in wanted],
    }
    rows = (await connection.execute(_DATED, values)).all()
    known = await keys.find({sujet_de(str(row.demande)) for row in rows})
    return {(row.demande, row.version, row.au): s for row in rows if (s := _ouverte(row, known)) is not None}


@dataclass(frozen=True, slots=True)
class Lecture:
    """A situation, and the day that its facts are of."""

    situation: Situation
    du: date


async def dernieres_lectures(
    connection: AsyncConnection, keys: KeyStore, demandes: Sequence[UUID], le: date
) -> dict[UUID, Lecture]:
    """The last situation kept of each demande up to a day, unless its key is gone."""
    rows = (await connection.execute(_LAST, {"demandes": list(demandes), "le": le})).all()
    known = await keys.find({sujet_de(str(row.demande)) for row in rows})
    return {row.demande: Lecture(s, row.du) for row in rows if (s := _ouverte(row, known)) is not None}


async def situations_perimees(connection: AsyncConnection, demandes: Sequence[UUID], le: date) -> dict[str, int]:
    """Of demandes, those whose last facts hold no more on a day, with the version to read again."""
    rows = await connection.execute(_OUTDATED, {"demandes": list(demandes), "le": le})
    return {str(row.demande): row.version for row in rows}


async def situations_connues(
    connection: AsyncConnection, keys: KeyStore, demandes: Sequence[UUID], au: date
) -> tuple[list[Situation], set[str]]:
    """The last situation that was known of each demande at the end of a day, and the demandes whose facts were erased."""
    rows = (await connection.execute(_KNOWN_ON, {"demandes": list(demandes), "au": au})).all()
    known = await keys.find({sujet_de(str(row.demande)) for row in rows})
    opened = {str(row.demande): _ouverte(row, known) for row in rows}
    return [s for s in opened.values() if s is not None], {demande for demande, s in opened.items() if s is None}


def _ouverte(row: Any, keys: Mapping[str, bytes]) -> Situation | None:
    opened = SITUATIONS.open(f"{row.demande}/{row.version}", row.personnel, keys)
    return msgspec.json.decode(opened["situation"], type=Situation) if "situation" in opened else None


def sujet_de(demande: str) -> str:
    """The subject of the scoring's own key for a demande: erased here when the register erases the demande."""
    return f"{COTATION.category}-{demande}"


def _place(situation: Situation) -> str:
    return f"{situation.demande_id}/{situation.version}"
