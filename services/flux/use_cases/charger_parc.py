"""Load a park: dwellings enter, or are revised, by batches small enough to stall nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, Stream, UnitOfWork
from services.flux.domain.logement import FicheLogement, Logement, LogementInscrit, inscrire
from services.flux.flots import LOGEMENT

LOT = 250
"""Dwellings a transaction."""


@dataclass(slots=True)
class BilanDuChargement:
    """What a load did."""

    inscrits: int = 0
    revises: int = 0
    inchanges: int = 0


async def charger(
    fiches: Sequence[FicheLogement], millesime: int, store: EventStore, context: Context, bilan: BilanDuChargement
) -> list[str]:
    """Load one batch in one transaction; done again, it changes nothing. Returns the dwellings left aside: another
    landlord's (a transfer is a later transmission of a dwelling that has left its park)."""

    async def use_case(work: UnitOfWork) -> tuple[int, int, list[str]]:
        ends = await work.ends(LOGEMENT, [fiche.rpls for fiche in fiches])
        known = await store.states(
            LOGEMENT, [fiche.rpls for end, fiche in zip(ends, fiches, strict=True) if end.version]
        )
        streams = [known.get(fiche.rpls, end) for end, fiche in zip(ends, fiches, strict=True)]
        autres = [f.rpls for s, f in zip(streams, fiches, strict=True) if _est_a_un_autre(s, f)]
        changes = [
            (stream, inscrire(stream.state, fiche, millesime))
            for stream, fiche in zip(streams, fiches, strict=True)
            if not _est_a_un_autre(stream, fiche)
        ]
        await work.append_all(changes)
        inscrits = sum(isinstance(event, LogementInscrit) for _, events in changes for event in events)
        return inscrits, sum(len(events) for _, events in changes) - inscrits, autres

    inscrits, revises, autres = (await store.run(use_case, context)).value
    bilan.inscrits += inscrits
    bilan.revises += revises
    bilan.inchanges += len(fiches) - inscrits - revises - len(autres)
    return autres


def _est_a_un_autre(stream: Stream[Logement], fiche: FicheLogement) -> bool:
    connue = stream.state.fiche
    return connue is not None and connue.bailleur != fiche.bailleur and connue.hors_flux is None
