"""The scores that the register receives from a scoring service really served."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.chassis.consumption.consumer import Consumer
from services.chassis.events.context import Context
from services.chassis.fabric import Fabric
from services.chassis.transport.feed import FeedClient, FeedSubscription
from services.chassis.transport.membership import Membership
from services.cotation.domain.journal import CotationEtablie
from services.cotation.flots import COTATION
from services.cotation.service import SERVICE as COTER
from services.demande.policies.notes import Notes


async def noter(
    cotation: Fabric, demande: UUID, total: str, a: datetime | None = None, *, hors: str | None = None
) -> None:
    """A score, in the scoring's own journal. a: when; now. hors: why the grid does not score it."""
    store = COTER.assemble(cotation).store

    async def use_case(work: Any) -> None:
        stream = await work.load(COTATION, demande)
        etablie = CotationEtablie("67482", "g", "v", 1, total, False, date(2026, 11, 22), "initiale", hors)
        await work.append(stream, [etablie])

    await store.run(use_case, Context("essai", "gestionnaire-alsace", a or datetime.now(UTC)))


def consommateur(demande: Fabric) -> Consumer:
    """The register's consumer of scores."""
    dsn = demande.settings.dsn("demande")
    subscription = FeedSubscription(
        FeedClient("cotation", demande.client("cotation")), Membership(dsn, Notes().name, "cotation")
    )
    return Consumer(demande.database.engine, "cotation", Notes(), subscription, poll_seconds=0.05)


async def jusqua(fabric: Fabric, requete: str, attendu: int) -> None:
    """Wait until a query gives that number."""
    async with asyncio.timeout(30):
        while await fabric.database.pool.fetchval(requete) != attendu:
            await asyncio.sleep(0.02)
