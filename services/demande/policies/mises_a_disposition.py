"""Reaction to the ledger: a dwelling put at disposal opens its attribution, a dwelling given back ends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from contracts.evenements import flux
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.transport.port import Record
from services.demande.use_cases.carnet import Carnet
from services.demande.use_cases.mettre_a_disposition import mettre_a_disposition, rendre_logement

_MISE, _RENDU = "logement.mis-a-disposition.v1", "logement.rendu.v1"


@dataclass(frozen=True, slots=True)
class MisesADisposition:
    """The consumer that opens and ends attributions."""

    fabric: Fabric
    store: EventStore
    name: str = "demande.mises-a-disposition"

    def takes(self, event: RawCloudEvent) -> bool:
        return event.type in {_MISE, _RENDU}

    async def prepare(self, records: Sequence[Record]) -> None:
        """Nothing is asked of other services: the events carry what is needed of a dwelling."""
        del records

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        del prepared
        carnet = Carnet(self.store.within(connection, self._context(records[-1])))
        for record in records:
            if record.event.type == _MISE:
                mise = record.data(flux.LogementMisADisposition)
                await mettre_a_disposition(mise, self._organisations(mise), carnet)
            else:
                rendu = record.data(flux.LogementRendu)
                await rendre_logement(UUID(rendu.mise_a_disposition), rendu.motif, rendu.le, carnet)
        await carnet.ecrire()

    def _organisations(self, mise: flux.LogementMisADisposition) -> tuple[str, ...]:
        """The landlord, and the organisation that exercises the holder's rights."""
        titulaire = self.fabric.region.reservataires.get(mise.reservataire)
        return tuple(dict.fromkeys((mise.bailleur, titulaire.organisation if titulaire else mise.bailleur)))

    def _context(self, record: Record) -> Context:
        return Context(
            acteur=f"politique:{self.name}",
            organisation=self.fabric.region.code,
            at=self.fabric.now(),
            correlation_id=record.event.correlationid,
            causation_id=record.event.id,
            traceparent=record.event.traceparent,
        )
