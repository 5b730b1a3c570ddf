"""The scoring's clock: the scores that time alone moves are established again on their day, by batches (design.md §8)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from contracts.calendrier import jours_a_passer
from contracts.situation.lecture import Situation
from services.chassis.events.context import Context
from services.chassis.events.journees import clore
from services.chassis.events.unit_of_work import EventStore, Stream, UnitOfWork
from services.chassis.fabric import Fabric
from services.cotation.adapters.registre import lire_les_situations
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.echeance import echeances_de
from services.cotation.domain.journal import CotationRevue, CotationsRevues, LigneRevue
from services.cotation.domain.journee import JourneeClose
from services.cotation.domain.notation import Avant, NoteConnue, revoir
from services.cotation.flots import COTATION, REVUE
from services.cotation.grilles import Grilles
from services.cotation.projections.cotation_v1 import notes_connues
from services.cotation.projections.echeance_v1 import demandes_dues, echeances_lues, reporter
from services.cotation.projections.journee_v1 import derniere_journee
from services.cotation.projections.situation_v1 import (
    dernieres_lectures,
    garder_situations,
    situations_du,
    situations_perimees,
    sujet_de,
)
from services.cotation.voile import voile_de

_LOT = 100  # demandes: about 275 scores, written in under 50 ms
_LIGNES = 1_000
_PURPOSE = "cotation de la demande : faits qui changent avec le temps"


@dataclass(frozen=True, slots=True)
class Journee:
    """What a run of the clock did. revues: scores established again; close: False when the day was closed already."""

    le: date
    revues: int
    close: bool


async def passer(fabric: Fabric, store: EventStore, grilles: Grilles, le: date) -> Journee:
    """Establish again every score that time moved by `le`, then close the day; the days missed before it likewise, in order.

    Each batch is one transaction: a run that stops resumes where it stood, a second run finds nothing to do, two at once have
    one effect. Raises Unavailable when the register does not give the facts that aged.
    """
    async with fabric.database.engine.connect() as connection:
        await grilles.refresh(connection)
        derniere = await derniere_journee(connection)
    revues, close = 0, False
    for jour in jours_a_passer(derniere, le):
        du_jour = await _passer_le_jour(fabric, store, grilles, jour)
        close = await clore(store, fabric.service, JourneeClose(jour, du_jour), _context(fabric))
        revues += du_jour
    return Journee(le, revues, close)


async def _passer_le_jour(fabric: Fabric, store: EventStore, grilles: Grilles, jour: date) -> int:
    revues, apres = 0, UUID(int=0)
    while True:
        async with fabric.database.engine.connect() as connection:
            demandes = await demandes_dues(connection, jour, apres, _LOT)
            perimees = await situations_perimees(connection, demandes, jour)
        if not demandes:
            return revues
        lues = await lire_les_situations(fabric, perimees, _PURPOSE, jour)
        relues = {UUID(une.demande_id): une for une in lues.situations}
        tues = {UUID(une) for une in (*lues.effacees, *lues.inconnues)}
        lot = partial(_revoir, _Lot(jour, demandes, relues, tues), fabric, grilles)
        revues += (await store.run(lot, _context(fabric))).value
        apres = demandes[-1]


@dataclass(frozen=True, slots=True)
class _Lot:
    """Demandes to look at on a day. relues: those whose facts had aged, read again; tues: those that the register says no
    more of, whose closing comes by its own event."""

    jour: date
    demandes: Sequence[UUID]
    relues: Mapping[UUID, Situation]
    tues: set[UUID]


async def _revoir(lot: _Lot, fabric: Fabric, grilles: Grilles, work: UnitOfWork) -> int:
    """One batch: everything is read and worked out before the first writing."""
    streams = await work.ends(COTATION, lot.demandes)
    lues = await echeances_lues(work.connection, lot.demandes)
    notes = await notes_connues(work.connection, lot.demandes)
    situations = await _situations(lot, fabric, work)
    wanted = {(demande, note.situation, note.au) for demande, connues in notes.items() for note in connues.values()}
    anciennes = await situations_du(work.connection, fabric.keys, sorted(wanted))
    en_vigueur, voile = grilles.en_vigueur(lot.jour), voile_de(fabric)
    echeances: dict[tuple[UUID, str], date | None] = dict.fromkeys(lues)
    evenements: dict[UUID, list[Any]] = {}
    for demande, situation in situations.items():
        avant = Avant(anciennes, notes.get(demande, {}), grilles.par_version)
        evenements[demande] = [*revoir(situation, en_vigueur, avant, lot.jour, voile)]
        echeances |= {(demande, lieu): le for lieu, le in echeances_de(situation, en_vigueur, lot.jour).items()}
    batches = list(_par_lots(evenements, notes, lot.jour))
    relues = [une for demande, une in lot.relues.items() if evenements.get(demande)]
    keys = await fabric.keys.obtain(sujet_de(une.demande_id) for une in relues)
    await garder_situations(work.connection, keys, relues, lot.jour, work.context.at)
    ecrits = [(stream, evenements.get(demande, [])) for demande, stream in zip(lot.demandes, streams, strict=True)]
    await work.append_all([*ecrits, *batches])
    await reporter(work.connection, lues, echeances)
    return sum(len(un) for un in evenements.values())


async def _situations(lot: _Lot, fabric: Fabric, work: UnitOfWork) -> dict[UUID, Situation]:
    """The facts of each demande on the day, those read again in front of those kept."""
    lectures = await dernieres_lectures(work.connection, fabric.keys, lot.demandes, lot.jour)
    gardees = {demande: une.situation for demande, une in lectures.items()}
    neuves = {
        demande: une
        for demande, une in lot.relues.items()
        if demande not in gardees or gardees[demande].version <= une.version
    }
    return {demande: une for demande, une in (gardees | neuves).items() if demande not in lot.tues}


def _par_lots(
    evenements: dict[UUID, list[Any]], notes: Mapping[UUID, Mapping[str, NoteConnue]], jour: date
) -> Iterator[tuple[Stream[None], list[object]]]:
    """The batches that publish the scores moved by time alone, each of one grid; names its batch in each score."""
    places: dict[tuple[str, str], list[tuple[UUID, int]]] = defaultdict(list)
    for demande, siens in evenements.items():
        for rang, un in enumerate(siens):
            if isinstance(un, CotationRevue):
                places[un.grille, un.version].append((demande, rang))
    for (grille, version), toutes in places.items():
        for debut in range(0, len(toutes), _LIGNES):
            nom, lignes = uuid4(), []
            for demande, rang in toutes[debut : debut + _LIGNES]:
                revue = evenements[demande][rang] = replace(evenements[demande][rang], lot=str(nom))
                avant = notes[demande][revue.lieu].total
                lignes.append(_ligne(demande, avant, revue))
            yield REVUE.new(nom), [CotationsRevues(grille, version, jour, tuple(lignes))]


def _ligne(demande: UUID, avant: Any, revue: CotationRevue) -> LigneRevue:
    return LigneRevue(str(demande), revue.lieu, ecrire(avant), revue.total, revue.situation, revue.provisoire)


def _context(fabric: Fabric) -> Context:
    return Context("horloge", fabric.region.code, fabric.now())
