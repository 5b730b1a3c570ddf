"""What falls due with time: an offer left without an answer is refused (R441-10, C04)."""

from datetime import date, timedelta
from functools import partial

from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.fabric import Fabric
from services.demande.domain.attribution.decisions import SILENCE
from services.demande.projections.attribution_v1 import OffreLue, offres_echues
from services.demande.use_cases.repondre import refuser_proposition

_LOT = 200


async def echoir(fabric: Fabric, store: EventStore, le: date) -> int:
    """Refuse by silence every offer whose last day is before `le`; idempotent, resumable: one transaction an offer.

    The refusal is of the day after the last one; the next rank is notified on `le`. Returns how many were refused.
    """
    context = Context("horloge", fabric.region.code, fabric.now())
    refusees = 0
    while True:
        async with fabric.database.engine.connect() as connection:
            echues = await offres_echues(connection, le, _LOT)
        if not echues:
            return refusees
        for echue in echues:
            await store.run(partial(_taire, echue, le), context)
            refusees += 1


async def _taire(echue: OffreLue, le: date, work: UnitOfWork) -> None:
    lendemain = echue.repondre_avant + timedelta(days=1)
    await refuser_proposition(echue.proposition, lendemain, work, cause=SILENCE, suite_le=le)
