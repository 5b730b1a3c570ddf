"""Reaction to the scoring: keep the scores that the search ranks by."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.evenements import cotation
from services.chassis.transport.port import Record
from services.demande.projections.note_v1 import Note, garder, revoir

_ETABLIE, _REVUES = "cotation.etablie.v1", "cotation.revues.v1"


@dataclass(frozen=True, slots=True)
class Notes:
    """The consumer of scores."""

    name: str = "demande.notes"

    async def prepare(self, records: Sequence[Record]) -> None:
        """Nothing is asked of other services."""
        del records

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        """Established scores set-based, flushed before each batch that time moved, so that order is kept."""
        del prepared
        etablies: list[Note] = []
        for record in records:
            if record.event.type == _ETABLIE:
                une = record.data(cotation.CotationEtablie)
                etablies.append(
                    Note(UUID(une.demande), une.lieu, Decimal(une.total), une.provisoire, une.au, une.hors_cotation)
                )
            elif record.event.type == _REVUES:
                await garder(connection, etablies)
                etablies = []
                revues = record.data(cotation.CotationsRevues)
                await revoir(
                    connection,
                    [
                        Note(UUID(ligne.demande), ligne.lieu, Decimal(ligne.total), False, revues.au)
                        for ligne in revues.lignes
                    ],
                )
        await garder(connection, etablies)
