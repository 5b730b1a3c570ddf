"""The register, put together."""

from pathlib import Path

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.own_writes import Inline
from services.chassis.publication.derivation import Publication
from services.chassis.service import Assembly, Reaction, Service
from services.demande.api import (
    baux,
    depot,
    destinataires,
    mises_a_disposition,
    propositions,
    recherches,
    renouvellements,
    sections,
    situations,
)
from services.demande.flots import CATALOGUE, derive
from services.demande.policies.mises_a_disposition import MisesADisposition
from services.demande.policies.notes import Notes
from services.demande.projections.attribution_v1 import AttributionV1
from services.demande.projections.demande_v1 import DemandeV1
from services.demande.verification import verifier


def assemble(fabric: Fabric) -> Assembly:
    """The register on an open fabric."""
    store = EventStore(fabric.journal, CATALOGUE, fabric.keys, (DemandeV1(), AttributionV1()))
    return Assembly(
        store=store,
        publication=Publication(fabric.region.code, "demande", CATALOGUE, derive),
        routers=(
            depot.router(fabric, store),
            sections.router(fabric, store),
            renouvellements.router(fabric, store),
            situations.router(fabric, store),
            destinataires.router(store),
            recherches.router(fabric, store),
            mises_a_disposition.router(fabric, store),
            propositions.router(fabric, store),
            baux.router(fabric, store),
        ),
        reactions=_reactions(fabric, store),
        read_models={"demande": {"demande": Inline()}},
    )


def _reactions(fabric: Fabric, store: EventStore) -> tuple[Reaction, ...]:
    """What is listened to, among the services that this region runs."""
    found = []
    if fabric.settings.flux_url is not None:
        found.append(Reaction("flux", MisesADisposition(fabric, store)))
    if fabric.settings.cotation_url is not None:
        found.append(Reaction("cotation", Notes(), ("note_v1",)))
    return tuple(found)


SERVICE = Service("demande", "Logis — le registre des demandes", Path(__file__).parent, assemble, verify=verifier)
