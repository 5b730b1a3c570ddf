"""The ledger's clock: what falls due with time, once, day by day (design.md §2, §8)."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import text

from contracts.calendrier import jours_a_passer
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.fabric import Fabric
from services.flux.domain.erreurs import RetourImpossible
from services.flux.domain.evenements import MotifRetour
from services.flux.domain.journee import clore
from services.flux.flots import JOURNEE
from services.flux.use_cases.rendre import rendre_mise

_JOURNAL = "flux"
_LOT = 200
_ECHUES = text("""
    select mise_a_disposition, designer_avant from mise_a_disposition_v1
    where attendue and designer_avant < :le and (designer_avant, mise_a_disposition) > (:avant, :apres)
    order by designer_avant, mise_a_disposition limit :lot""")


@dataclass(frozen=True, slots=True)
class Journee:
    """What a run of the clock did. close: False when the day was closed already."""

    le: date
    rendus: int
    close: bool


async def passer(fabric: Fabric, store: EventStore, le: date) -> Journee:
    """Give back every dwelling whose deadline to name a candidate passed before `le` (L31), then close the day; the days
    missed before it likewise, in order.

    Each return is a decision of its own: a run that stops resumes where it stood, a second run finds nothing to do.
    """
    closes = (await store.states(JOURNEE, [_JOURNAL])).get(_JOURNAL)
    rendus, close = 0, False
    for jour in jours_a_passer(closes.state.derniere if closes else None, le):
        du_jour = await _passer_le_jour(fabric, store, jour)
        close = await _clore(jour, du_jour, fabric, store)
        rendus += du_jour
    return Journee(le, rendus, close)


async def _passer_le_jour(fabric: Fabric, store: EventStore, le: date) -> int:
    rendus, place = 0, (date.min, UUID(int=0))
    while True:
        async with fabric.database.engine.connect() as connection:
            found = await connection.execute(_ECHUES, {"le": le, "avant": place[0], "apres": place[1], "lot": _LOT})
            echues = found.all()
        for echue in echues:
            rendus += await _rendre(echue.mise_a_disposition, le, fabric, store)
            place = (echue.designer_avant, echue.mise_a_disposition)
        if len(echues) < _LOT:
            return rendus


async def _rendre(mise: UUID, le: date, fabric: Fabric, store: EventStore) -> bool:
    use_case = partial(rendre_mise, mise, MotifRetour.DELAI_DEPASSE, le, fabric.region)
    try:
        await store.run(use_case, _context(fabric))
    except RetourImpossible:  # given back, or let, by somebody else in the meantime
        return False
    return True


async def _clore(le: date, rendus: int, fabric: Fabric, store: EventStore) -> bool:
    async def use_case(work: UnitOfWork) -> bool:
        journal = await work.load(JOURNEE, _JOURNAL)
        evenements = clore(journal.state, le, rendus)
        await work.append(journal, evenements)
        return bool(evenements)

    return (await store.run(use_case, _context(fabric))).value


def _context(fabric: Fabric) -> Context:
    return Context("horloge", fabric.region.code, fabric.now())
