"""The ledger of reservation quotas, put together."""

from pathlib import Path

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.limits import Limits
from services.chassis.http.own_writes import Inline
from services.chassis.publication.derivation import Publication
from services.chassis.service import Assembly, Reaction, Service
from services.flux.api import comptes, conventions, liberations, mises_a_disposition, parc, suivi
from services.flux.flots import CATALOGUE, derive
from services.flux.policies.suivi import Suivi
from services.flux.projections import PROJECTIONS
from services.flux.verification import verifier

_TRANSMISSIONS = Limits(body_bytes=256 * 1_048_576, seconds=600, concurrent=2)
_READ_MODELS = ("logement", "convention", "liberation", "mise-a-disposition", "compte", "suivi")


def magasin(fabric: Fabric) -> EventStore:
    """The ledger's way to its streams."""
    return EventStore(fabric.journal, CATALOGUE, fabric.keys, PROJECTIONS)


def assemble(fabric: Fabric) -> Assembly:
    """The ledger on an open fabric."""
    store = magasin(fabric)
    return Assembly(
        store=store,
        publication=Publication(fabric.region.code, "flux", CATALOGUE, derive),
        routers=(
            parc.router(fabric, store),
            conventions.router(fabric, store),
            liberations.router(fabric, store),
            mises_a_disposition.router(fabric, store),
            comptes.router(fabric),
            suivi.router(fabric),
        ),
        reactions=(Reaction("demande", Suivi(fabric, store)),),
        read_models={name: {"flux": Inline()} for name in _READ_MODELS},
        limits={parc.CHEMIN_DES_TRANSMISSIONS: _TRANSMISSIONS},
    )


SERVICE = Service("flux", "Logis — le grand livre des réservations", Path(__file__).parent, assemble, verify=verifier)
