"""Read models of the scoring: the score in force of each demande and place, the situations they rest on, the grids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.situation.lecture import Situation
from services.chassis.events.unit_of_work import Written
from services.chassis.vault.keys import KeyStore
from services.chassis.vault.sealed_parts import SealedParts
from services.cotation.domain.journal import CotationClose, CotationEtablie, GrillePubliee
from services.cotation.domain.notation import NoteConnue
from services.cotation.flots import COTATION, GRILLE

NAME = "cotation_v1"
SITUATIONS = SealedParts("situation_v1")

_UPSERT = text("""
    insert into cotation_v1 (demande, lieu, grille, version, situation, total, provisoire, hors, au)
    select u.* from unnest(cast(:demandes as uuid[]), cast(:lieux as text[]), cast(:grilles as text[]),
      cast(:versions as text[]), cast(:situations as integer[]), cast(:totaux as numeric[]),
      cast(:provisoires as boolean[]), cast(:hors as text[]), cast(:au as date[])) u
    on conflict (demande, lieu) do update
    set grille = excluded.grille, version = excluded.version, situation = excluded.situation, total = excluded.total,
        provisoire = excluded.provisoire, hors = excluded.hors, au = excluded.au""")
_CLOSE = text("delete from cotation_v1 where demande = any(cast(:demandes as uuid[]))")
_PUBLISH = text("""
    insert into grille_v1 (epci, effet, grille, version, contenu) values (:epci, :effet, :grille, :version, :contenu)
    on conflict do nothing""")
_NOTES = text("""
    select demande, lieu, version, total, provisoire, hors, au from cotation_v1
    where demande = any(cast(:demandes as uuid[]))""")
_KEEP = text("""
    insert into situation_v1 (demande, version, valable_jusqu_au, lue_a, personnel)
    select u.demande, u.version, u.jusque, :lue_a, u.personnel from unnest(
      cast(:demandes as uuid[]), cast(:versions as integer[]), cast(:jusque as date[]), cast(:personnel as bytea[]))
      u(demande, version, jusque, personnel)
    on conflict do nothing""")
_VERSIONS = text("""
    select s.demande, s.version, s.personnel from situation_v1 s
    join unnest(cast(:demandes as uuid[]), cast(:versions as integer[])) u(demande, version)
      on s.demande = u.demande and s.version = u.version""")
_LAST = text("""
    select distinct on (demande) demande, version, personnel from situation_v1
    where demande = any(cast(:demandes as uuid[])) order by demande, version desc""")


class CotationV1:
    """The projection of established scores and of published grids."""

    name = NAME
    tables = (NAME, "grille_v1")
    aggregates = (COTATION, GRILLE)

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        del keys
        closed = [demande_de(w.stream) for w in written if isinstance(w.event, CotationClose)]
        if closed:
            await connection.execute(_CLOSE, {"demandes": closed})
        last: dict[tuple[UUID, str], CotationEtablie] = {}
        for fact in written:
            if isinstance(fact.event, CotationEtablie):
                last[demande_de(fact.stream), fact.event.lieu] = fact.event
            elif isinstance(fact.event, CotationClose):
                last = {place: event for place, event in last.items() if place[0] != demande_de(fact.stream)}
            elif isinstance(fact.event, GrillePubliee):
                assert fact.aggregate is GRILLE
                await connection.execute(_PUBLISH, _grille(fact.event))
        if last:
            await connection.execute(_UPSERT, _columns(last))


def demande_de(stream: str) -> UUID:
    """The demande whose scores a stream holds."""
    return UUID(stream.removeprefix(f"{COTATION.category}-"))


def _grille(event: GrillePubliee) -> dict[str, Any]:
    return {
        "epci": event.epci,
        "effet": event.effet,
        "grille": event.grille,
        "version": event.version,
        "contenu": event.contenu,
    }


def _columns(last: Mapping[tuple[UUID, str], CotationEtablie]) -> dict[str, list[Any]]:
    events = list(last.values())
    return {
        "demandes": [demande for demande, _ in last],
        "lieux": [event.lieu for event in events],
        "grilles": [event.grille for event in events],
        "versions": [event.version for event in events],
        "situations": [event.situation for event in events],
        "totaux": [Decimal(event.total) for event in events],
        "provisoires": [event.provisoire for event in events],
        "hors": [event.hors for event in events],
        "au": [event.au for event in events],
    }


async def notes_connues(connection: AsyncConnection, demandes: Sequence[UUID]) -> dict[UUID, dict[str, NoteConnue]]:
    """The scores in force, by demande and place."""
    found: dict[UUID, dict[str, NoteConnue]] = {}
    for row in await connection.execute(_NOTES, {"demandes": list(demandes)}):
        note = NoteConnue(row.version, row.total, row.provisoire, row.hors, row.au)
        found.setdefault(row.demande, {})[row.lieu] = note
    return found


async def garder_situations(
    connection: AsyncConnection, keys: Mapping[str, bytes], situations: Sequence[Situation], lue_a: datetime
) -> None:
    """Keep situations, sealed; one that is already kept stays as it is. keys: those of `sujet_de` each demande."""
    if not situations:
        return
    await connection.execute(
        _KEEP,
        {
            "lue_a": lue_a,
            "demandes": [UUID(situation.demande_id) for situation in situations],
            "versions": [situation.version for situation in situations],
            "jusque": [situation.valable_jusqu_au for situation in situations],
            "personnel": [
                SITUATIONS.seal(_place(s), {"situation": (sujet_de(s.demande_id), s)}, keys) for s in situations
            ],
        },
    )


async def dernieres_situations(
    connection: AsyncConnection, keys: KeyStore, demandes: Sequence[UUID]
) -> dict[UUID, Situation]:
    """The last situation kept of each demande, unless its key is gone."""
    rows = (await connection.execute(_LAST, {"demandes": list(demandes)})).all()
    known = await keys.find(sujet_de(str(row.demande)) for row in rows)
    return {row.demande: s for row in rows if (s := _ouverte(row, known)) is not None}


async def situations_de_version(
    connection: AsyncConnection, keys: KeyStore, wanted: Sequence[tuple[UUID, int]]
) -> dict[tuple[UUID, int], Situation]:
    """The situations kept at those versions, unless their key is gone."""
    values = {"demandes": [demande for demande, _ in wanted], "versions": [version for _, version in wanted]}
    rows = (await connection.execute(_VERSIONS, values)).all()
    known = await keys.find({sujet_de(str(row.demande)) for row in rows})
    return {(row.demande, row.version): s for row in rows if (s := _ouverte(row, known)) is not None}


def _ouverte(row: Any, keys: Mapping[str, bytes]) -> Situation | None:
    opened = SITUATIONS.open(f"{row.demande}/{row.version}", row.personnel, keys)
    return msgspec.json.decode(opened["situation"], type=Situation) if "situation" in opened else None


def sujet_de(demande: str) -> str:
    """The subject of the scoring's own key for a demande: erased here when the register erases the demande."""
    return f"{COTATION.category}-{demande}"


def _place(situation: Situation) -> str:
    return f"{situation.demande_id}/{situation.version}"


@dataclass(frozen=True, slots=True)
class NoteLue:
    """A score in force, as the API gives it."""

    lieu: str
    grille: str
    version: str
    situation: int
    total: Decimal
    provisoire: bool
    hors: str | None
    au: date


_READ = text("""
    select lieu, grille, version, situation, total, provisoire, hors, au from cotation_v1
    where demande = :demande order by lieu""")


async def notes_de(connection: AsyncConnection, demande: UUID) -> list[NoteLue]:
    """The scores in force of one demande."""
    return [NoteLue(*row) for row in await connection.execute(_READ, {"demande": demande})]
