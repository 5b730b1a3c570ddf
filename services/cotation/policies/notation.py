"""Reaction to the register: read the situations that changed, score them, keep both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.enveloppe import RawCloudEvent
from contracts.evenements import demande as register
from contracts.situation.lecture import Situation
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.transport.port import Record
from services.cotation.adapters.registre import lire_les_situations
from services.cotation.domain.echeance import echeances_de
from services.cotation.domain.journal import CotationClose
from services.cotation.domain.notation import Avant, noter
from services.cotation.flots import COTATION
from services.cotation.grilles import Grilles
from services.cotation.projections.cotation_v1 import notes_connues
from services.cotation.projections.echeance_v1 import garder_echeances
from services.cotation.projections.journee_v1 import jour_de_cotation
from services.cotation.projections.situation_v1 import garder_situations, situations_du, sujet_de
from services.cotation.voile import voile_de

_PURPOSE = "cotation de la demande"
_ENDINGS = {"demande.radiee.v1": "radiee", "demande.effacee.v1": "effacee"}
_TAKEN = _ENDINGS.keys() | {nom for nom, forme in register.TYPES.items() if "situation" in forme.__struct_fields__}


class _Situee(msgspec.Struct, frozen=True):
    """What every event that raises a situation's version says. Those about several demandes raise none."""

    demande: str = ""
    situation: int = 0


@dataclass(frozen=True, slots=True)
class _Prepared:
    """au: the day that the situations are of, and their scores."""

    au: date
    situations: Sequence[Situation]
    endings: dict[str, tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Notation:
    """The consumer that keeps scores up to date with the register."""

    fabric: Fabric
    store: EventStore
    grilles: Grilles
    name: str = "cotation.notation"

    def takes(self, event: RawCloudEvent) -> bool:
        return event.type in _TAKEN

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
        if not wanted:
            return _Prepared(date.min, [], endings)
        async with self.fabric.database.engine.connect() as connection:
            au = await jour_de_cotation(connection, self.fabric.today())
        lues = await lire_les_situations(self.fabric, wanted, _PURPOSE, au)
        return _Prepared(au, lues.situations, endings)

    async def apply(self, connection: AsyncConnection, records: Sequence[Record], prepared: Any) -> None:
        assert isinstance(prepared, _Prepared)
        subjects = {record.event.subject for record in records}
        situations = [s for s in prepared.situations if s.demande_id in subjects]
        endings = {demande: ending for demande, ending in prepared.endings.items() if demande in subjects}
        if not situations and not endings:
            return
        context = self._context(records[-1])
        au = prepared.au
        await self.grilles.refresh(connection)
        demandes = [UUID(s.demande_id) for s in situations]
        work = self.store.within(connection, context)
        streams = await work.ends(COTATION, [*demandes, *map(UUID, endings)])
        notes = await notes_connues(connection, demandes)
        wanted = {(demande, note.situation, note.au) for demande, connues in notes.items() for note in connues.values()}
        anciennes = await situations_du(connection, self.fabric.keys, sorted(wanted))
        voile = voile_de(self.fabric)
        en_vigueur, par_version = self.grilles.en_vigueur(au), self.grilles.par_version
        events: list[list[object]] = [
            [*noter(s, en_vigueur, Avant(anciennes, notes.get(demande, {}), par_version), au, voile)]
            for demande, s in zip(demandes, situations, strict=True)
        ]
        events += [[CotationClose(le, motif)] for motif, le in endings.values()]
        keys = await self.fabric.keys.obtain(sujet_de(s.demande_id) for s in situations)
        await garder_situations(connection, keys, situations, au, context.at)
        await work.append_all(list(zip(streams, events, strict=True)))
        echeances = {
            (demande, lieu): le
            for demande, s in zip(demandes, situations, strict=True)
            for lieu, le in echeances_de(s, en_vigueur, au).items()
        }
        await garder_echeances(connection, [*demandes, *map(UUID, endings)], echeances)

    def _context(self, record: Record) -> Context:
        return Context(
            acteur=f"politique:{self.name}",
            organisation=self.fabric.region.code,
            at=self.fabric.now(),
            correlation_id=record.event.correlationid,
            causation_id=record.event.id,
            traceparent=record.event.traceparent,
        )
