"""Read models of the scoring: the score in force of each demande and place, and the grids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.unit_of_work import Written
from services.cotation.domain.journal import CotationClose, CotationEtablie, CotationRetiree, GrillePubliee
from services.cotation.domain.notation import NoteConnue
from services.cotation.flots import COTATION, GRILLE
from services.cotation.projections.position_v1 import Placee, deplacer

NAME = "cotation_v1"

_UPSERT = text("""
    insert into cotation_v1 (demande, lieu, grille, version, situation, total, provisoire, hors, au, classes)
    select u.demande, u.lieu, u.grille, u.version, u.situation, u.total, u.provisoire, u.hors, u.au,
           coalesce(string_to_array(nullif(u.classes, ''), ' '), '{}')
    from unnest(cast(:demandes as uuid[]), cast(:lieux as text[]), cast(:grilles as text[]),
      cast(:versions as text[]), cast(:situations as integer[]), cast(:totaux as numeric[]),
      cast(:provisoires as boolean[]), cast(:hors as text[]), cast(:au as date[]), cast(:classes as text[]))
      u(demande, lieu, grille, version, situation, total, provisoire, hors, au, classes)
    on conflict (demande, lieu) do update
    set grille = excluded.grille, version = excluded.version, situation = excluded.situation, total = excluded.total,
        provisoire = excluded.provisoire, hors = excluded.hors, au = excluded.au, classes = excluded.classes""")
_RETIRER = text("""
    delete from cotation_v1 c using unnest(cast(:demandes as uuid[]), cast(:lieux as text[])) u(demande, lieu)
    where c.demande = u.demande and c.lieu = u.lieu""")

# Held until the end: two writers of one score follow each other, so that what one takes away from a class is there.
_TENIR = text("""
    select demande, lieu, total, classes from cotation_v1
    where demande = any(cast(:demandes as uuid[])) order by demande, lieu for update""")
_PUBLISH = text("""
    insert into grille_v1 (epci, effet, grille, version, contenu) values (:epci, :effet, :grille, :version, :contenu)
    on conflict do nothing""")
_NOTES = text("""
    select demande, lieu, version, total, provisoire, hors, au, classes, situation from cotation_v1
    where demande = any(cast(:demandes as uuid[]))""")


class CotationV1:
    """The projection of established scores, of their positions and of published grids."""

    name = NAME
    tables = (NAME, "grille_v1")
    aggregates = (COTATION, GRILLE)
    derived = ("histogramme_v1", "position_delta_v1")

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        del keys
        for fact in written:
            if isinstance(fact.event, GrillePubliee):
                assert fact.aggregate is GRILLE
                await connection.execute(_PUBLISH, _grille(fact.event))
        demandes = sorted({demande_de(fact.stream) for fact in written if fact.aggregate is COTATION})
        if not demandes:
            return
        held = (await connection.execute(_TENIR, {"demandes": demandes})).all()
        avant = {(row.demande, row.lieu): Placee(row.total, tuple(row.classes)) for row in held}
        apres = _apres(written, avant)
        etablies = {place: event for place, event in apres.items() if event is not None}
        retirees = [place for place, event in apres.items() if event is None]
        if retirees:
            colonnes = {"demandes": [demande for demande, _ in retirees], "lieux": [lieu for _, lieu in retirees]}
            await connection.execute(_RETIRER, colonnes)
        if etablies:
            await connection.execute(_UPSERT, _columns(etablies))
        places = {place: Placee(Decimal(event.total), event.classes) for place, event in etablies.items()}
        await deplacer(connection, {place: p for place, p in avant.items() if place in apres}, places)


_Place = tuple[UUID, str]


def _apres(written: Sequence[Written], avant: Mapping[_Place, Placee]) -> dict[_Place, CotationEtablie | None]:
    """What the events make of each place that they speak of: its last score, or None when it has none any more."""
    apres: dict[_Place, CotationEtablie | None] = {}
    for fact in written:
        if fact.aggregate is not COTATION:
            continue
        demande, event = demande_de(fact.stream), fact.event
        if isinstance(event, CotationEtablie):
            apres[demande, event.lieu] = event
        elif isinstance(event, CotationRetiree):
            apres[demande, event.lieu] = None
        elif isinstance(event, CotationClose):
            apres |= {place: None for place in {*avant, *apres} if place[0] == demande}
    return apres


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
        "classes": [" ".join(event.classes) for event in events],
    }


async def notes_connues(connection: AsyncConnection, demandes: Sequence[UUID]) -> dict[UUID, dict[str, NoteConnue]]:
    """The scores in force, by demande and place."""
    found: dict[UUID, dict[str, NoteConnue]] = {}
    for row in await connection.execute(_NOTES, {"demandes": list(demandes)}):
        note = NoteConnue(row.version, row.total, row.provisoire, row.hors, row.au, tuple(row.classes), row.situation)
        found.setdefault(row.demande, {})[row.lieu] = note
    return found


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
    classes: tuple[str, ...]


_READ = text("""
    select lieu, grille, version, situation, total, provisoire, hors, au, classes from cotation_v1
    where demande = :demande order by lieu""")


async def notes_de(connection: AsyncConnection, demande: UUID) -> list[NoteLue]:
    """The scores in force of one demande."""
    return [NoteLue(*row) for row in await connection.execute(_READ, {"demande": demande})]
