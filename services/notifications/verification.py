"""What `logis verify` checks of the notifications."""

from typing import Any

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.verification.controle import Controle
from services.chassis.verification.journal import streams
from services.notifications.domain.evenements import LivraisonSuspendue, MessageEchoue, MessageEnvoye
from services.notifications.flots import ABONNEMENT, CATALOGUE, MESSAGE

_MESSAGES = """
    select id::text, etat, case when etat = 'envoye' then empreinte else raison end as preuve
    from message where etat in ('envoye', 'echoue')"""
_SUSPENDED = "select id::text from abonnement where etat = 'suspendu'"


async def verifier(fabric: Fabric, _store: EventStore) -> list[Controle]:
    """The notifications' own checks."""
    return [await _preuves(fabric), await _suspensions(fabric)]


async def _preuves(fabric: Fabric) -> Controle:
    """Each message that left, or will not, has its one fact in the journal, with the same print or the same reason."""
    kept = {row["id"]: (row["etat"], row["preuve"]) for row in await fabric.database.pool.fetch(_MESSAGES)}
    examined, found = len(kept), []
    async for head, loaded in streams(fabric.database, fabric.journal, f"{MESSAGE.category}-"):
        facts = [_preuve(CATALOGUE.decode(recorded, {})) for recorded in loaded.events]
        if facts != [kept.pop(head.stream.removeprefix(f"{MESSAGE.category}-"), None)]:
            found.append(f"{head.stream} : ce que dit le journal n'est pas l'état du message")
    found += [f"message-{message} : un message conclu sans événement" for message in kept]
    return Controle("notifications : preuves d'envoi", examined, tuple(found))


async def _suspensions(fabric: Fabric) -> Controle:
    """Each subscription that Logis suspended says so in the journal."""
    suspended = {row["id"] for row in await fabric.database.pool.fetch(_SUSPENDED)}
    said = set()
    async for head, loaded in streams(fabric.database, fabric.journal, f"{ABONNEMENT.category}-"):
        if any(isinstance(CATALOGUE.decode(recorded, {}), LivraisonSuspendue) for recorded in loaded.events):
            said.add(head.stream.removeprefix(f"{ABONNEMENT.category}-"))
    found = [f"abonnement-{abonnement} : suspendu sans événement" for abonnement in suspended - said]
    return Controle("notifications : suspensions", len(suspended), tuple(found))


def _preuve(event: Any) -> tuple[str, str] | None:
    match event:
        case MessageEnvoye():
            return ("envoye", event.empreinte)
        case MessageEchoue():
            return ("echoue", event.raison)
    return None
