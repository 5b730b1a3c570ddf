"""The ledger's clock: what falls due with time, once, day by day (design.md §2, §8)."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import text

from contracts.calendrier import jours_a_passer
from services.chassis.events.context import Context
from services.chassis.events.journees import clore, derniere_close
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.flux.domain.erreurs import RetourImpossible
from services.flux.domain.evenements import MotifRetour
from services.flux.domain.journee import JourneeClose
from services.flux.use_cases.rendre import rendre_mise

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
    rendus, close = 0, False
    for jour in jours_a_passer(await derniere_close(store, fabric.service), le):
        du_jour = await _passer_le_jour(fabric, store, jour)
        close = await clore(store, fabric.service, JourneeClose(jour, du_jour), _context(fabric))
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


def _context(fabric: Fabric) -> Context:
    return Context("horloge", fabric.region.code, fabric.now())
