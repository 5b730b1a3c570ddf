"""The ledger's notebook: sequences are opened from their counters, releases found by their offers."""

from uuid import UUID

from sqlalchemy import text

from services.chassis.events.carnet import Carnet as Ordinaire
from services.chassis.events.carnet import Page
from services.chassis.events.unit_of_work import Stream
from services.flux.domain.sequence import Sequence
from services.flux.flots import SEQUENCE
from services.flux.projections.sequence_v1 import compteurs

__all__ = ["Carnet", "Page"]

_LIBERATION_DE = text("select liberation from mise_a_disposition_v1 where mise_a_disposition = :mise")


class Carnet(Ordinaire):
    """What is in hand during one unit of work of the ledger."""

    async def sequence(self, identifiant: str) -> Page[Sequence]:
        """A sequence, from its counters as its read model keeps them when they are those of the stream's end.

        The end is read first: counters read after it are the same or newer, and newer ones make the append be refused.
        """
        name = SEQUENCE.stream(identifiant)
        connue = self.en_main(name)
        if connue is not None:
            return connue
        (stream,) = await self.work.ends(SEQUENCE, [identifiant])
        kept = await compteurs(self.work.connection, identifiant) if stream.version else None
        if kept is not None and kept[0] >= stream.version:
            stream = Stream(SEQUENCE, stream.head, kept[1])
        elif stream.version:
            stream = await self.work.load(SEQUENCE, identifiant)
        return self.poser(name, stream)

    async def liberation_de(self, mise_a_disposition: str) -> UUID | None:
        """The release that an offer is of; None when nobody made this offer here."""
        found = (await self.work.connection.execute(_LIBERATION_DE, {"mise": mise_a_disposition})).scalar()
        return None if found is None else UUID(str(found))
