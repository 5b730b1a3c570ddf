"""What the register publishes, as the ledger's consumer receives it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import msgspec

from contracts.enveloppe import RawCloudEvent
from contracts.evenements import demande as register
from services.chassis.journal.cursor import Cursor
from services.chassis.transport.port import Record
from services.flux.policies.suivi import Suivi
from tests.flux.integration.conftest import Service

LE = date(2026, 4, 15)


@dataclass(slots=True)
class Registre:
    """A register that says what it is told to say."""

    flux: Service
    numeros: Any = field(default_factory=lambda: count(1))

    async def dire(self, *faits: tuple[str, msgspec.Struct]) -> None:
        """Give the consumer one batch."""
        handler = Suivi(self.flux.fabric, self.flux.store)
        records = [self._record(type_, data) for type_, data in faits]
        prepared = await handler.prepare(records)
        async with self.flux.fabric.database.engine.begin() as connection:
            await handler.apply(connection, records, prepared)

    async def designer(self, mise: str, *demandes: str, le: date = LE) -> None:
        await self.dire(*(
            ("candidature.designee.v1", register.CandidatureDesignee(mise, demande, rang, "c1", "etat-67", le))
            for rang, demande in enumerate(demandes, start=1)
        ))  # fmt: skip

    async def decider(self, mise: str, *decisions: tuple[str, str, int | None], le: date = LE) -> None:
        candidats = tuple(register.CandidatDecide(*decision) for decision in decisions)
        await self.dire(("caleol.decidee.v1", register.CaleolDecidee(mise, le, candidats)))

    async def refuser(self, mise: str, demande: str, le: date = LE) -> None:
        await self.dire(("proposition.refusee.v1", register.PropositionRefusee(demande, "p1", mise, 2, le)))

    async def louer(self, mises: Sequence[str], le: date = LE) -> None:
        await self.dire(*(
            ("bail.signe.v1", register.BailSigne(mise, f"d-{rang}", le, False, True, False))
            for rang, mise in enumerate(mises)
        ))  # fmt: skip

    def _record(self, type_: str, data: Any) -> Record:
        numero = next(self.numeros)
        event = RawCloudEvent(
            id=f"1.{numero}.{numero}",
            source="/logis/demonstration/demande",
            type=type_,
            subject=getattr(data, "demande", data.mise_a_disposition),
            time="2026-04-15T10:00:00Z",
            data=msgspec.Raw(msgspec.json.encode(data)),
            dataschema=f"urn:logis:schema:{type_}",
        )
        return Record("demande", 0, Cursor(1, numero, numero), event)
