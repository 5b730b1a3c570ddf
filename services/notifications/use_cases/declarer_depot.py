"""A letter was handed to the post: its print and its instant are the proof of sending."""

from datetime import datetime
from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.notifications.adapters import messages_lus
from services.notifications.domain.canaux import Canal
from services.notifications.domain.erreurs import DepotRefuse, MessageInconnu
from services.notifications.domain.evenements import MessageEnvoye
from services.notifications.domain.message import Etat, Nature
from services.notifications.flots import MESSAGE


async def declarer_depot(message: UUID, depose_a: datetime, empreinte: str, work: UnitOfWork) -> None:
    """Declare a printed letter posted. Raises MessageInconnu, DepotRefuse."""
    (stream,) = await work.ends(MESSAGE, [message])
    row = await messages_lus.verrouiller(work.connection, message)
    if row is None:
        raise MessageInconnu("Aucun message ne porte cet identifiant : reprenez-le dans la liste des messages.")
    if row.etat != Etat.A_IMPRIMER:
        raise DepotRefuse("Ce message n'attend pas de lettre : seul un message à l'état « a_imprimer » se dépose.")
    if not row.cree_a <= depose_a <= work.context.at:
        raise DepotRefuse(
            "L'instant du dépôt précède le message ou est à venir : donnez celui de la remise à la poste."
        )
    if not await messages_lus.est_tire(work.connection, message, empreinte):
        raise DepotRefuse(
            "Aucune lettre de ce message n'a cette empreinte : donnez celle de la lettre que vous avez tirée."
        )
    await messages_lus.poster(work.connection, message, depose_a, empreinte)
    organisation = row.destinataire if row.nature == Nature.ORGANISATION else ""
    modele = f"{row.modele}/{row.version}"
    await work.append(stream, [MessageEnvoye(row.objet, organisation, modele, Canal.LETTRE.value, depose_a, empreinte)])
