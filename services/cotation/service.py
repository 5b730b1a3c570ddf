"""The scoring, put together."""

from pathlib import Path

from services.chassis.consumption.reached import MarkReached
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.own_writes import Inline
from services.chassis.publication.derivation import Publication
from services.chassis.service import Assembly, Reaction, Service
from services.cotation.api import cotations
from services.cotation.flots import CATALOGUE, derive
from services.cotation.grilles import Grilles
from services.cotation.policies.notation import Notation
from services.cotation.projections.cotation_v1 import CotationV1


def assemble(fabric: Fabric) -> Assembly:
    """The scoring on an open fabric."""
    store = EventStore(fabric.journal, CATALOGUE, fabric.keys, (CotationV1(),))
    grilles = Grilles()
    notation = Notation(fabric, store, grilles)
    return Assembly(
        store=store,
        publication=Publication(fabric.region.code, "cotation", CATALOGUE, derive),
        routers=(cotations.router(fabric, grilles),),
        reactions=(Reaction("demande", notation),),
        read_models={
            "cotation": {"cotation": Inline(), "demande": MarkReached(fabric.database.engine, notation.name, "demande")}
        },
    )


SERVICE = Service("cotation", "Logis — la cotation", Path(__file__).parent, assemble)
