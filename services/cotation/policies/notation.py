"""Reaction to the register: read the situations that changed, score them, keep both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.evenements import demande as register
from contracts.situation.lecture import LectureDemandee, Situation, SituationsLues, VersionDemandee
from services.chassis.consumption.consumer import Unavailable
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.transport.port import Record
from services.cotation.domain.journal import CotationClose
from services.cotation.domain.notation import Avant, noter
from services.cotation.flots import COTATION
from services.cotation.grilles import Grilles
from services.cotation.projections.cotation_v1 import dernieres_situations, garder_situations, notes_connues, sujet_de
from services.cotation.voile import voile_de

_MOST_DEMANDES = 500
_PURPOSE = "cotation de la demande"
_ENDINGS = {"demande.radiee.v1": "radiee", "demande.effacee.v1": "effacee"}


class _Situee(msgspec.Struct, frozen=True):
    """What every event that raises a situation's version says. Those about several demandes raise none."""

    demande: str = ""
    situation: int = 0


@dataclass(frozen=True, slots=True)
class _Prepared:
    situations: Sequence[Situation]
    endings: dict[str, tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Notation:
    """The consumer that keeps scores up to date with the register."""

    fabric: Fabric
    store: EventStore
    grilles: Grilles
    name: str = "cotation.notation"

    async def prepare(self, records: Sequence[Record]) -> _Prepared:
        wanted: dict[str, int] = {}
        endings: dict[str, tuple[str, date]] = {}
        for record in records:
            if record.event.type in _ENDINGS:
                ended = record.data(register.DemandeEchue)
                endings[ended.demande] = (_ENDINGS[record.event.type], ended.le)
            elif record.event.type in register.TYPES:
                moved = record.data(_Situee)
                if moved.situation:
                    wanted[moved.demande] = max(wanted.get(moved.demande, 0), moved.situation)
                    endings.pop(moved.demande, None)
        wanted = {demande: version for demande, version in wanted.items() if demande not in endings}
        return _Prepared(await self._read(wanted), endings)

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        assert isinstance(prepared, _Prepared)
        subjects = {record.event.subject for record in records}
        situations = [s for s in prepared.situations if s.demande_id in subjects]
        endings = {demande: ending for demande, ending in prepared.endings.items() if demande in subjects}
        if not situations and not endings:
            return
        context = self._context(records[-1])
        au = self.fabric.today()
        await self.grilles.refresh(connection)
        demandes = [UUID(s.demande_id) for s in situations]
        work = self.store.within(connection, context)
        streams = await work.ends(COTATION, [*demandes, *map(UUID, endings)])
        notes = await notes_connues(connection, demandes)
        anciennes = await dernieres_situations(connection, self.fabric.keys, [d for d in demandes if d in notes])
        voile = voile_de(self.fabric)
        en_vigueur, par_version = self.grilles.en_vigueur(au), self.grilles.par_version
        events: list[list[object]] = [
            [*noter(s, en_vigueur, Avant(anciennes.get(demande), notes.get(demande, {}), par_version), au, voile)]
            for demande, s in zip(demandes, situations, strict=True)
        ]
        events += [[CotationClose(le, motif)] for motif, le in endings.values()]
        keys = await self.fabric.keys.obtain(sujet_de(s.demande_id) for s in situations)
        await garder_situations(connection, keys, situations, context.at)
        await work.append_all(list(zip(streams, events, strict=True)))

    def _context(self, record: Record) -> Context:
        return Context(
            acteur=f"politique:{self.name}",
            organisation=self.fabric.region.code,
            at=self.fabric.now(),
            correlation_id=record.event.correlationid,
            causation_id=record.event.id,
            traceparent=record.event.traceparent,
        )

    async def _read(self, wanted: dict[str, int]) -> list[Situation]:
        """The situations, at the versions announced or newer, by calls of at most 500 demandes."""
        versions = [VersionDemandee(demande, version) for demande, version in wanted.items()]
        found: list[Situation] = []
        for start in range(0, len(versions), _MOST_DEMANDES):
            asked = LectureDemandee(versions[start : start + _MOST_DEMANDES], _PURPOSE)
            response = await self.fabric.client("demande").post(
                "/v1/situations/lecture",
                content=msgspec.json.encode(asked),
                headers={"Content-Type": "application/json"},
            )
            if response.status_code != httpx.codes.OK:
                raise Unavailable(f"the register answers {response.status_code} to a reading of situations")
            found += msgspec.json.decode(response.content, type=SituationsLues).situations
        return found
