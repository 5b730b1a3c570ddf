"""The last day that the scoring's clock has closed."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.journees import JOURNEE
from services.chassis.events.unit_of_work import Written
from services.cotation.domain.journee import JourneeClose

_CLORE = text("""
    insert into journee_v1 (journal, derniere) values ('cotation', :le)
    on conflict (journal) do update set derniere = greatest(journee_v1.derniere, excluded.derniere)""")
_DERNIERE = text("select derniere from journee_v1")


class JourneeV1:
    """The projection of the days closed."""

    name = "journee_v1"
    tables = ("journee_v1",)
    aggregates = (JOURNEE,)

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        del keys
        for fact in written:
            if isinstance(fact.event, JourneeClose):
                await connection.execute(_CLORE, {"le": fact.event.le})


async def derniere_journee(connection: AsyncConnection) -> date | None:
    """The last day closed; None: none ever was."""
    found: date | None = (await connection.execute(_DERNIERE)).scalar()
    return found


async def jour_de_cotation(connection: AsyncConnection, aujourd_hui: date) -> date:
    """The day of new scores: today, or the last day closed when the clock was run ahead, since no score goes back in time."""
    return max(aujourd_hui, await derniere_journee(connection) or aujourd_hui)
