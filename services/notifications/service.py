"""The notifications, put together."""

from pathlib import Path

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.publication.derivation import Publication
from services.chassis.service import Assembly, Reaction, Service
from services.notifications.adapters.appel import Appelant
from services.notifications.adapters.postier import Postier
from services.notifications.adapters.region import annuaire
from services.notifications.api import abonnements, livraisons, messages, preferences
from services.notifications.flots import CATALOGUE, derive
from services.notifications.policies.abonnes import MiseEnLivraison
from services.notifications.policies.avis import MiseEnFile
from services.notifications.policies.envoi import Envoi
from services.notifications.policies.livraison import Livraison
from services.notifications.verification import verifier

# One reads and writes while the other posts: 9 to 21 % more mails a second in paired runs (benchmarks/courriels.py).
_SENDERS = 2


def assemble(fabric: Fabric) -> Assembly:
    """The notifications on an open fabric."""
    store = EventStore(fabric.journal, CATALOGUE, fabric.keys)
    avis = MiseEnFile(fabric, annuaire(fabric.region))
    abonnes = MiseEnLivraison(fabric)
    livraison = Livraison(fabric, store, Appelant(bouclage=fabric.settings.webhook_loopback))
    envois = [Envoi(fabric, store, Postier(fabric.settings)) for _ in range(_SENDERS)]
    return Assembly(
        store=store,
        publication=Publication(fabric.region.code, "notifications", CATALOGUE, derive),
        routers=(
            messages.router(fabric, store),
            abonnements.router(fabric, store),
            livraisons.router(fabric, store),
            preferences.router(fabric),
        ),
        reactions=(
            *(Reaction(source, avis) for source in ("demande", "flux")),
            *(Reaction(source, abonnes) for source in ("demande", "cotation", "flux")),
        ),
        loops=(*(envoi.run for envoi in envois), livraison.run),
    )


SERVICE = Service("notifications", "Logis — les notifications", Path(__file__).parent, assemble, verify=verifier)
