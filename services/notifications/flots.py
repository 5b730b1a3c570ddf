"""The streams of the notifications, every stored event type, and what is published of each."""

from typing import Any

from contracts.evenements import notifications as publies
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.unit_of_work import Aggregate
from services.chassis.publication.derivation import Derived
from services.notifications.domain.evenements import EVENEMENTS, LivraisonSuspendue, MessageEchoue, MessageEnvoye

# The state of these streams is a row of the same database, moved in the same transaction: nothing is folded to decide.
MESSAGE: Aggregate[None] = Aggregate("message", None, lambda _evenement, _etat: None)
ABONNEMENT: Aggregate[None] = Aggregate("abonnement", None, lambda _evenement, _etat: None)

CATALOGUE = EventCatalogue(EVENEMENTS)


def derive(stream: str, event: Any) -> Derived | None:
    """What a stored event publishes."""
    _, _, subject = stream.partition("-")
    match event:
        case MessageEnvoye():
            envoye = publies.MessageEnvoye(
                message=subject,
                objet=event.objet,
                modele=event.modele,
                canal=event.canal,
                envoye_a=event.envoye_a,
                empreinte=event.empreinte,
            )
            return Derived("message.envoye.v1", subject, envoye, _partenaires(event.organisation))
        case MessageEchoue():
            echoue = publies.MessageEchoue(subject, event.objet, event.modele, event.canal, event.raison)
            return Derived("message.echoue.v1", subject, echoue, _partenaires(event.organisation))
        case LivraisonSuspendue():
            suspendue = publies.LivraisonSuspendue(subject, event.organisation, event.raison)
            return Derived("livraison.suspendue.v1", subject, suspendue, _partenaires(event.organisation))
    return None


def _partenaires(organisation: str) -> tuple[str, ...]:
    return (organisation,) if organisation else ()
