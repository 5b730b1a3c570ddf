"""Reaction to the scoring: keep the scores that the search ranks by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from contracts.evenements import cotation
from services.chassis.transport.port import Record
from services.demande.projections.note_v1 import Note, garder

_ETABLIE, _REVUES = "cotation.etablie.v1", "cotation.revues.v1"


@dataclass(frozen=True, slots=True)
class Notes:
    """The consumer of scores: established one by one, or moved by time, by batches. Their order does not matter."""

    name: str = "demande.notes"

    def takes(self, event: RawCloudEvent) -> bool:
        return event.type in {_ETABLIE, _REVUES}

    async def prepare(self, records: Sequence[Record]) -> None:
        """Nothing is asked of other services."""
        del records

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        del prepared
        await garder(connection, [note for record in records for note in _notes(record)])


def _notes(record: Record) -> Iterator[Note]:
    if record.event.type == _ETABLIE:
        une = record.data(cotation.CotationEtablie)
        total = Decimal(une.total)
        yield Note(UUID(une.demande), une.lieu, total, une.provisoire, une.au, une.situation, une.hors_cotation)
    elif record.event.type == _REVUES:
        revues = record.data(cotation.CotationsRevues)
        for ligne in revues.lignes:
            total = Decimal(ligne.total)
            yield Note(UUID(ligne.demande), ligne.lieu, total, ligne.provisoire, revues.au, ligne.situation)
