"""Why a score changed: two scores of a place that follow each other, compared cause by cause (design.md §8)."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.cotation.domain.comparaison import Comparaison
from services.cotation.domain.historique import Changement
from services.cotation.domain.notation import Notee, comparer_notes
from services.cotation.flots import CATALOGUE, COTATION
from services.cotation.grilles import Grilles
from services.cotation.projections.situation_v1 import situations_du


@dataclass(frozen=True, slots=True)
class ChangementExplique:
    """A change and its causes. comparaison: None when the facts behind it were erased: the points stay, their causes go."""

    changement: Changement
    comparaison: Comparaison | None


async def journal_de(store: EventStore, demande: UUID) -> list[object]:
    """Everything that the scoring kept of a demande, in order."""
    stream = COTATION.stream(demande)
    loaded = (await store.journal.streams([stream])).get(stream)
    return [CATALOGUE.decode(recorded, {}) for recorded in loaded.events] if loaded else []


async def expliquer_changement(
    fabric: Fabric, grilles: Grilles, demande: UUID, changement: Changement
) -> ChangementExplique:
    """The causes of a change, worked out again from the situations and the grids of both sides."""
    avant, apres = changement.avant, changement.apres
    async with fabric.database.autocommit.connect() as connection:
        await grilles.refresh(connection)
        wanted = [(demande, cote.situation, cote.au) for cote in (avant, apres)]
        situations = await situations_du(connection, fabric.keys, wanted)
    ancienne, nouvelle = (situations.get(une) for une in wanted)
    if ancienne is None or nouvelle is None:
        return ChangementExplique(changement, None)
    comparaison = comparer_notes(
        Notee(grilles.par_version[avant.version], ancienne, avant.au),
        Notee(grilles.par_version[apres.version], nouvelle, apres.au),
        avant.lieu,
    )
    return ChangementExplique(changement, comparaison)
