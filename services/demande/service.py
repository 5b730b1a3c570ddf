"""The register, put together."""

from pathlib import Path

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.own_writes import Inline
from services.chassis.publication.derivation import Publication
from services.chassis.service import Assembly, Service
from services.demande.api import depot, destinataires, sections, situations
from services.demande.flots import CATALOGUE, derive
from services.demande.projections.demande_v1 import DemandeV1
from services.demande.verification import verifier


def assemble(fabric: Fabric) -> Assembly:
    """The register on an open fabric."""
    store = EventStore(fabric.journal, CATALOGUE, fabric.keys, (DemandeV1(),))
    return Assembly(
        store=store,
        publication=Publication(fabric.region.code, "demande", CATALOGUE, derive),
        routers=(
            depot.router(fabric, store),
            sections.router(fabric, store),
            situations.router(fabric, store),
            destinataires.router(store),
        ),
        read_models={"demande": {"demande": Inline()}},
    )


SERVICE = Service("demande", "Logis — le registre des demandes", Path(__file__).parent, assemble, verify=verifier)
