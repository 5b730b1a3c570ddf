"""Reaction to every service: each event that names a subscriber is queued for it, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from services.chassis.fabric import Fabric
from services.chassis.transport.port import Record
from services.notifications.adapters import abonnements, livraisons
from services.notifications.adapters.livraisons import ALivrer
from services.notifications.domain.abonnement import concerne, identite_livraison


@dataclass(frozen=True, slots=True)
class MiseEnLivraison:
    """The consumer that turns events into deliveries."""

    fabric: Fabric
    name: str = "notifications.webhooks"

    def takes(self, event: RawCloudEvent) -> bool:
        return bool(event.organisations)

    async def prepare(self, records: Sequence[Record]) -> None:
        """Nothing is read outside: the event is thin, and goes as it is."""

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        del prepared
        actifs = await abonnements.actifs(connection)
        dues = [
            _a_livrer(record, row.id)
            for record in records
            for row in actifs
            if concerne(row.types, row.organisation, record.event.type, record.event.organisations)
        ]
        await livraisons.mettre_en_file(connection, dues, self.fabric.now())


def _a_livrer(record: Record, abonnement: Any) -> ALivrer:
    event = record.event
    return ALivrer(
        id=identite_livraison(abonnement, record.source, event.id),
        abonnement=abonnement,
        source=record.source,
        evenement=event.id,
        type=event.type,
        sujet=f"{record.source}/{event.subject}",
        corps=msgspec.json.encode(event),
    )
