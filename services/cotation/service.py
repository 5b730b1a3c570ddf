"""The scoring, put together."""

from functools import partial
from pathlib import Path

from services.chassis.consumption.reached import MarkReached
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.own_writes import Inline
from services.chassis.publication.derivation import Publication
from services.chassis.service import Assembly, Reaction, Service
from services.cotation.api import changements, classements, classes, cotations
from services.cotation.flots import CATALOGUE, derive
from services.cotation.grilles import Grilles
from services.cotation.policies.notation import Notation
from services.cotation.policies.pliage import Pliage
from services.cotation.projections.cotation_v1 import CotationV1
from services.cotation.projections.journee_v1 import JourneeV1
from services.cotation.use_cases.publier_grilles import grilles_de_la_region, publier_grilles
from services.cotation.verification import verifier


def assemble(fabric: Fabric) -> Assembly:
    """The scoring on an open fabric."""
    store = EventStore(fabric.journal, CATALOGUE, fabric.keys, (CotationV1(), JourneeV1()))
    grilles = Grilles()
    notation = Notation(fabric, store, grilles)
    return Assembly(
        store=store,
        publication=Publication(fabric.region.code, "cotation", CATALOGUE, derive),
        routers=(
            cotations.router(fabric, grilles),
            changements.router(fabric, store, grilles),
            classes.router(fabric, grilles),
            classements.router(fabric, store, grilles),
        ),
        reactions=(Reaction("demande", notation),),
        loops=(Pliage(fabric).run,),
        read_models={
            "cotation": {
                "cotation": Inline(),
                "demande": MarkReached(fabric.database.pool, fabric.wakeup, notation.name, "demande"),
            }
        },
    )


async def publier_les_grilles(fabric: Fabric) -> None:
    """Put in force, from today, the grids of the region's folder that are not in force yet."""
    assert fabric.settings.region is not None
    grilles = grilles_de_la_region(fabric.region, fabric.settings.region.parent / "grilles")
    store = assemble(fabric).store
    context = Context("logis", fabric.region.code, fabric.now())
    await store.run(partial(publier_grilles, grilles, fabric.today()), context)


SERVICE = Service("cotation", "Logis — la cotation", Path(__file__).parent, assemble, publier_les_grilles, verifier)
