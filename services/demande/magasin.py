"""The register's event store: its journal, its event types, its inline read models."""

from dataclasses import dataclass

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.demande.flots import CATALOGUE
from services.demande.projections.demande_v1 import DemandeV1


@dataclass(frozen=True, slots=True)
class Magasin:
    """What the use cases of the register run on."""

    store: EventStore

    @classmethod
    def on(cls, fabric: Fabric) -> "Magasin":
        return cls(EventStore(fabric.journal, CATALOGUE, fabric.keys, (DemandeV1(),)))
