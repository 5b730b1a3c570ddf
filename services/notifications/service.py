"""The notifications, put together."""

from pathlib import Path

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.publication.derivation import Publication
from services.chassis.service import Assembly, Reaction, Service
from services.notifications.adapters.postier import Postier
from services.notifications.adapters.region import annuaire
from services.notifications.flots import CATALOGUE, derive
from services.notifications.policies.avis import MiseEnFile
from services.notifications.policies.envoi import Envoi


def assemble(fabric: Fabric) -> Assembly:
    """The notifications on an open fabric."""
    store = EventStore(fabric.journal, CATALOGUE, fabric.keys)
    avis = MiseEnFile(fabric, annuaire(fabric.region))
    envoi = Envoi(fabric, store, Postier(fabric.settings))
    return Assembly(
        store=store,
        publication=Publication(fabric.region.code, "notifications", CATALOGUE, derive),
        reactions=tuple(Reaction(source, avis) for source in _sources(fabric)),
        loops=(envoi.run,),
    )


def _sources(fabric: Fabric) -> tuple[str, ...]:
    """The services listened to: those that this region runs."""
    return tuple(source for source in ("demande", "flux") if getattr(fabric.settings, f"{source}_url") is not None)


SERVICE = Service("notifications", "Logis — les notifications", Path(__file__).parent, assemble)
