"""`/v1/messages`: what was sent, what waits, the letters to print and their posting."""

import hashlib
from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import httpx
from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.chassis.access.gate import Acces, Access
from services.chassis.access.permissions import Extent
from services.chassis.consumption.consumer import Unavailable
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.schemas import Corps
from services.notifications.adapters import logements, messages_lus
from services.notifications.adapters.lettre import imprimer
from services.notifications.adapters.messages import Reserve
from services.notifications.adapters.messages_lus import Filtre, MessageLu
from services.notifications.adapters.redaction import Redaction
from services.notifications.adapters.registre import Lus, Registre
from services.notifications.domain.contenu import FaitsAbsents, enveloppe
from services.notifications.domain.erreurs import (
    DepotRefuse,
    LettreImpossible,
    MessageInconnu,
    RegistreIndisponible,
)
from services.notifications.domain.message import Etat, Nature
from services.notifications.domain.modeles import MODELES
from services.notifications.use_cases.declarer_depot import declarer_depot

PRINT_HEADER = "Logis-Empreinte"
_EMPREINTE = r"^[0-9a-f]{64}$"


class Message(BaseModel):
    """A message. destinataire: identifier of a demande or of an organisation, never a name; avant: last day, from the law;
    empreinte: SHA-256 of what was sent; raison: why it did not leave."""

    message: UUID
    modele: str
    version: int
    nature: str
    destinataire: str
    objet: str
    avant: date | None
    canal: str | None
    etat: str
    essais: int
    cree_a: datetime
    envoye_a: datetime | None
    empreinte: str | None
    raison: str | None


class Depot(Corps):
    """A letter handed to the post: when, and the print of the PDF that was printed (header `Logis-Empreinte`)."""

    depose_a: AwareDatetime
    empreinte: Annotated[str, Field(pattern=_EMPREINTE)]


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's database."""
    routes = APIRouter(prefix="/v1/messages", tags=["messages"])
    redaction, registre = Redaction(fabric.region), Registre(fabric)

    @routes.get("", summary="Lister les messages, les derniers d'abord")
    async def lister_les_messages(
        acces: Acces,
        page: Pagination,
        etat: Annotated[Etat | None, Query()] = None,
        modele: Annotated[str | None, Query(pattern="^(" + "|".join(MODELES) + ")$")] = None,
        destinataire: Annotated[str | None, Query(max_length=64)] = None,
    ) -> Page[Message]:
        filtre = Filtre(_reserve_a(acces), etat.value if etat else None, modele, destinataire)
        async with fabric.database.autocommit.connect() as connection:
            found = await messages_lus.lister(connection, filtre, page.after(tuple[datetime, UUID]), page.fetch)
        return page.page(found, key=lambda message: (message.cree_a, message.id), item=_message)

    @routes.get("/{message_id}", summary="Lire un message", responses=problems(MessageInconnu))
    async def lire_un_message(message_id: UUID, acces: Acces) -> Message:
        lu, _ = await _lire(fabric, message_id)
        acces.check(owners=_proprietaires(lu), communes=[])
        return _message(lu)

    @routes.get(
        "/{message_id}/lettre",
        summary="Tirer la lettre d'un message",
        response_class=Response,
        responses={
            200: {
                "content": {"application/pdf": {}},
                "description": "La lettre, à glisser dans une enveloppe à fenêtre.",
            },
            **problems(MessageInconnu, LettreImpossible, RegistreIndisponible),
        },
    )
    async def tirer_une_lettre(message_id: UUID, acces: Acces) -> Response:
        lu, message = await _lire(fabric, message_id)
        acces.check(owners=_proprietaires(lu), communes=[])
        if message.nature is not Nature.DEMANDE or lu.etat == Etat.ANNULE:
            raise LettreImpossible("Ce message ne s'envoie pas par lettre : seuls les avis à un demandeur s'impriment.")
        await acces.trace([message.destinataire])
        pdf = await _lettre(fabric, redaction, message, await _destinataire(registre, message.destinataire))
        empreinte = hashlib.sha256(pdf).hexdigest()
        async with fabric.database.engine.begin() as connection:
            await messages_lus.tirer(connection, message_id, empreinte, fabric.now())
        return Response(
            pdf, media_type="application/pdf", headers={PRINT_HEADER: empreinte, "Cache-Control": "no-store"}
        )

    @routes.post(
        "/{message_id}/depot",
        status_code=204,
        summary="Déclarer une lettre remise à la poste",
        responses=problems(MessageInconnu, DepotRefuse),
    )
    async def declarer_un_depot(message_id: UUID, body: Depot, request: Creation, acces: Acces) -> Response:
        acces.check(owners=[], communes=[])
        use_case = partial(declarer_depot, message_id, body.depose_a, body.empreinte)
        return await run_command(store, request, use_case, lambda _: Answer.public(204))

    return routes


def _reserve_a(acces: Access) -> str | None:
    """Whose messages alone the caller may list; None: everybody's."""
    reach = acces.reach()
    return None if reach.autre is Extent.OUI else reach.organisation


def _proprietaires(message: MessageLu) -> list[str]:
    return [message.destinataire] if message.nature == Nature.ORGANISATION else []


async def _lire(fabric: Fabric, message_id: UUID) -> tuple[MessageLu, Reserve]:
    async with fabric.database.autocommit.connect() as connection:
        found = await messages_lus.lire(connection, message_id)
    if found is None:
        raise MessageInconnu("Aucun message ne porte cet identifiant : reprenez-le dans la liste des messages.")
    return found


async def _destinataire(registre: Registre, demande: str) -> Lus:
    try:
        return await registre.lire([demande])
    except (Unavailable, httpx.TransportError) as away:
        raise RegistreIndisponible(
            "Le registre des demandes ne répond pas : réessayez dans un instant.", headers={"Retry-After": "5"}
        ) from away


async def _lettre(fabric: Fabric, redaction: Redaction, message: Reserve, lus: Lus) -> bytes:
    lu = lus.connus.get(message.destinataire)
    if lu is None or lu.boite_aux_lettres is None:
        raise LettreImpossible(
            "Le registre ne connaît pas d'adresse postale pour cette demande, ou ses faits sont effacés."
        )
    wanted = str(message.donnees.get("mise_a_disposition", ""))
    async with fabric.database.autocommit.connect() as connection:
        connus = await logements.trouver(connection, [wanted] if wanted else [])
    try:
        ecrit = redaction.ecrire(message, lu, connus)
    except FaitsAbsents as missing:
        raise LettreImpossible(
            "Ce que la lettre doit dire n'est pas encore connu (logement ou motifs) : réessayez plus tard."
        ) from missing
    return await imprimer(
        ecrit,
        emetteur=fabric.region.nom,
        destinataire=enveloppe(lu),
        reference=str(message.id),
        le=fabric.today(),
    )


def _message(lu: MessageLu) -> Message:
    return Message(
        message=lu.id,
        modele=lu.modele,
        version=lu.version,
        nature=lu.nature,
        destinataire=lu.destinataire,
        objet=lu.objet,
        avant=lu.avant,
        canal=lu.canal,
        etat=lu.etat,
        essais=lu.essais,
        cree_a=lu.cree_a,
        envoye_a=lu.envoye_a,
        empreinte=lu.empreinte,
        raison=lu.raison,
    )
