"""Reaction to the register and to the ledger: each event queues the messages that it makes due, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from contracts.evenements.demande import DemandeEffacee
from contracts.evenements.flux import LogementMisADisposition, LogementRendu
from services.chassis.fabric import Fabric
from services.chassis.transport.port import Record
from services.notifications.adapters import logements, messages, preferences
from services.notifications.domain.avis import Annuaire, avis_de, forme_de, logement_rendu
from services.notifications.domain.message import Avis, Raison, identite
from services.notifications.domain.modeles import MODELES

_MIS, _RENDU, _EFFACEE = "logement.mis-a-disposition.v1", "logement.rendu.v1", "demande.effacee.v1"
_FAITS = frozenset({_MIS, _RENDU, _EFFACEE})


@dataclass(frozen=True, slots=True)
class MiseEnFile:
    """The consumer that turns events into messages."""

    fabric: Fabric
    annuaire: Annuaire
    name: str = "notifications.avis"

    def takes(self, event: RawCloudEvent) -> bool:
        return event.type in _FAITS or forme_de(event.type) is not None

    async def prepare(self, records: Sequence[Record]) -> None:
        """Nothing is read outside: names and addresses are, when the message leaves."""

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        del prepared
        mis = [r.data(LogementMisADisposition) for r in records if r.event.type == _MIS]
        await logements.garder(connection, mis)
        rendus = {r.event.id: r.data(LogementRendu).mise_a_disposition for r in records if r.event.type == _RENDU}
        connus = await logements.trouver(connection, list(rendus.values()))
        dus = []
        for record in records:
            if record.event.id in rendus:
                logement = connus.get(rendus[record.event.id])
                found = logement_rendu(record.data(LogementRendu), logement.bailleur, self.annuaire) if logement else []
            else:
                forme = forme_de(record.event.type)
                found = avis_de(record.event.type, record.data(forme), self.annuaire) if forme else []
            dus += [_en_file(record, avis) for avis in found]
        await messages.mettre_en_file(connection, records[0].source, dus, self.fabric.now())
        effacees = [r.data(DemandeEffacee).demande for r in records if r.event.type == _EFFACEE]
        await messages.annuler(connection, effacees, Raison.DEMANDE_EFFACEE)
        await preferences.retirer(connection, effacees)


def _en_file(record: Record, avis: Avis) -> messages.AMettreEnFile:
    event = record.event
    return messages.AMettreEnFile(
        id=identite(record.source, event.id, avis),
        version=MODELES[avis.modele].version,
        avis=avis,
        evenement=event.id,
        correlation=event.correlationid,
        traceparent=event.traceparent,
    )
