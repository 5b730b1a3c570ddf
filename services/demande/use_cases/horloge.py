"""The register's clock: what each delay decides when it runs out, once, day by day (demande.md §3.2, R441-10)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from contracts.calendrier import jours_a_passer
from services.chassis.events.context import Context
from services.chassis.events.journees import clore, derniere_close
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.fabric import Fabric
from services.demande.domain.attribution.decisions import SILENCE
from services.demande.domain.evenements import DemandeEchue, DemandeRadiee, PreavisEmis
from services.demande.domain.journee import Actes, JourneeClose
from services.demande.domain.validite import Decision, au_jour
from services.demande.flots import DEMANDE
from services.demande.projections.attribution_v1 import OffreLue, offres_echues
from services.demande.projections.validite_v1 import demandes_dues
from services.demande.use_cases.repondre import refuser_proposition

_LOT = 200


@dataclass(frozen=True, slots=True)
class Journee:
    """What a run of the clock did. close: False when the day was closed already."""

    le: date
    actes: Actes
    close: bool


async def passer(fabric: Fabric, store: EventStore, le: date) -> Journee:
    """Give its effect to every delay that has run out by `le`, then close the day; the days missed before it likewise, in order.

    Each batch is one transaction: a run that stops resumes where it stood, a second run finds nothing to do.
    """
    actes, close = Actes(), False
    for jour in jours_a_passer(await derniere_close(store, fabric.service), le):
        du_jour = Actes(silences=await echoir(fabric, store, jour)).plus(await _valider(fabric, store, jour))
        close = await clore(store, fabric.service, JourneeClose(jour, du_jour), _context(fabric))
        actes = actes.plus(du_jour)
    return Journee(le, actes, close)


async def echoir(fabric: Fabric, store: EventStore, le: date) -> int:
    """Refuse by silence every offer whose last day is before `le` (R441-10, C04); one transaction an offer.

    The refusal is of the day after the last one; the next rank is notified on `le`. Returns how many were refused.
    """
    refusees = 0
    while True:
        async with fabric.database.engine.connect() as connection:
            echues = await offres_echues(connection, le, _LOT)
        if not echues:
            return refusees
        for echue in echues:
            await store.run(partial(_taire, echue, le), _context(fabric))
            refusees += 1


async def _taire(echue: OffreLue, le: date, work: UnitOfWork) -> None:
    lendemain = echue.repondre_avant + timedelta(days=1)
    await refuser_proposition(echue.proposition, lendemain, work, cause=SILENCE, suite_le=le)


async def _valider(fabric: Fabric, store: EventStore, le: date) -> Actes:
    """Notices, ends of validity, radiations of a day."""
    actes, apres = Actes(), UUID(int=0)
    while True:
        async with fabric.database.engine.connect() as connection:
            demandes = await demandes_dues(connection, le, apres, _LOT)
        if not demandes:
            return actes
        actes = actes.plus((await store.run(partial(_decider, demandes, le), _context(fabric))).value)
        apres = demandes[-1]


async def _decider(demandes: list[UUID], le: date, work: UnitOfWork) -> Actes:
    streams = await work.states(DEMANDE, demandes)
    decides = [(stream, au_jour(stream.state, le)) for stream in streams.values()]
    await work.append_all(decides)
    return _compter([un for _, siens in decides for un in siens])


def _compter(decides: list[Decision]) -> Actes:
    return Actes(
        preavis=sum(isinstance(un, PreavisEmis) for un in decides),
        echues=sum(isinstance(un, DemandeEchue) for un in decides),
        radiees=sum(isinstance(un, DemandeRadiee) for un in decides),
    )


def _context(fabric: Fabric) -> Context:
    return Context("horloge", fabric.region.code, fabric.now())
