"""Reaction to the register: what happens to the dwellings offered moves their rights, once each (flux.md §3, §7)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.calendrier import ajouter_mois
from contracts.enveloppe import RawCloudEvent
from contracts.evenements import demande as register
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.transport.port import Record
from services.flux.domain import liberation as liberations
from services.flux.domain.erreurs import MiseADispositionInconnue
from services.flux.domain.evenements import BailSigne, MotifRetour
from services.flux.domain.liberation import Liberation
from services.flux.flots import LIBERATION
from services.flux.use_cases.carnet import Carnet, Page
from services.flux.use_cases.rendre import imputer_selon_la_convention, noter_le_retour

ATTRIBUTIONS = frozenset({"ATTR", "ATTR_RANG", "ATTR_COND"})
"""Decisions that award (codelist decision_caleol, R441-3 a to c)."""


@dataclass(frozen=True, slots=True)
class Suivi:
    """The consumer that follows the dwellings offered, from the candidates to the lease."""

    fabric: Fabric
    store: EventStore
    name: str = "flux.suivi"

    def takes(self, event: RawCloudEvent) -> bool:
        return event.type in _SUITES

    async def prepare(self, records: Sequence[Record]) -> None:
        """Nothing is asked of other services: the events say all that the ledger needs."""
        del records

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        del prepared
        carnet = Carnet(self.store.within(connection, self._context(records[-1])))
        for record in records:
            suite = _SUITES[record.event.type]
            data = record.data(register.TYPES[record.event.type])
            page = await _page(data.mise_a_disposition, carnet)
            await suite(self, data, page, carnet)
        await carnet.ecrire()

    async def designer(self, data: register.CandidatureDesignee, page: Page[Liberation], carnet: Carnet) -> None:
        """A candidate is named: the deadline to name one no longer runs."""
        del carnet
        page.noter(liberations.designer(page.etat, data.mise_a_disposition, data.demande, data.rang, data.le))

    async def decider(self, data: register.CaleolDecidee, page: Page[Liberation], carnet: Carnet) -> None:
        """The commission decided; without an award, new candidates are due within the convention's time (A11 7°)."""
        mise = liberations.mise_de(page.etat, data.mise_a_disposition)
        if mise is None:
            return
        attribues = [un for un in data.decisions if un.decision in ATTRIBUTIONS]
        par_rang = tuple(un.demande for un in sorted(attribues, key=lambda un: un.rang or 0))
        echeance = ajouter_mois(data.seance_le, mise.designation_mois)
        page.noter(liberations.tenir_commission(page.etat, data.mise_a_disposition, data.seance_le, par_rang, echeance))
        await self._apres(page, data.mise_a_disposition, data.seance_le, carnet)

    async def refuser(self, data: register.PropositionRefusee, page: Page[Liberation], carnet: Carnet) -> None:
        """A candidate refused; when it was the last of those awarded, the dwelling comes back."""
        page.noter(liberations.refuser(page.etat, data.mise_a_disposition, data.demande, data.le))
        await self._apres(page, data.mise_a_disposition, data.le, carnet)

    async def louer(self, data: register.BailSigne, page: Page[Liberation], carnet: Carnet) -> None:
        """The lease is signed: the right is posted, once."""
        avant = liberations.mise_de(page.etat, data.mise_a_disposition)
        if avant is None:
            return
        bail = BailSigne(
            data.mise_a_disposition, data.demande, data.signe_le, data.premier_quartile, data.prioritaire,
            data.relogement_npnru,
        )  # fmt: skip
        page.noter(liberations.louer(page.etat, bail))
        await imputer_selon_la_convention(page, page.etat.mises[-1], data.signe_le, carnet)

    async def _apres(self, page: Page[Liberation], mise: str, le: date, carnet: Carnet) -> None:
        ouverte = liberations.mise_de(page.etat, mise)
        if ouverte is None:
            return
        await imputer_selon_la_convention(page, ouverte, le, carnet)
        if liberations.candidats_epuises(ouverte) and not ouverte.propre:
            await noter_le_retour(page, mise, MotifRetour.CANDIDATS_REFUSES, le, self.fabric.region, carnet)

    def _context(self, record: Record) -> Context:
        return Context(
            acteur=f"politique:{self.name}",
            organisation=self.fabric.region.code,
            at=self.fabric.now(),
            correlation_id=record.event.correlationid,
            causation_id=record.event.id,
            traceparent=record.event.traceparent,
        )


_SUITES: Mapping[str, Callable[..., Awaitable[None]]] = {
    "candidature.designee.v1": Suivi.designer,
    "caleol.decidee.v1": Suivi.decider,
    "proposition.refusee.v1": Suivi.refuser,
    "bail.signe.v1": Suivi.louer,
}


async def _page(mise: str, carnet: Carnet) -> Page[Liberation]:
    """The release whose offer this is. Raises MiseADispositionInconnue: the message is parked, for somebody to look at."""
    liberation = await carnet.liberation_de(mise)
    if liberation is None:
        raise MiseADispositionInconnue(f"La mise à disposition {mise} n'est pas connue du grand livre.")
    return await carnet.ouvrir(LIBERATION, liberation)
