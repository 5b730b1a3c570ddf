"""`POST /v1/destinataires/lecture`: whom notices are for, for who sends them; each reading is journalled with its purpose."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response

from contracts.destinataires import DestinatairesLus, LectureDestinataires
from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import Aggregate, EventStore, Stream
from services.chassis.http.documentation import problems
from services.chassis.http.refusals import CorpsIllisible, DonneesInvalides
from services.demande.api.lecture_par_lot import MOST_DEMANDES, corps, finalite_dite, identifiants
from services.demande.domain.destinataire import Correspondance, destinataire, evolve
from services.demande.flots import DEMANDE

CORRESPONDANCE = Aggregate(DEMANDE.category, Correspondance(), evolve)
_BODY = msgspec.json.Decoder(LectureDestinataires)
_SCHEMA = {"requestBody": {"required": True, "content": {"application/json": {"schema": {
    "type": "object",
    "required": ["demandes", "finalite"],
    "additionalProperties": False,
    "properties": {
        "finalite": {"type": "string", "minLength": 1, "maxLength": 200},
        "demandes": {"type": "array", "maxItems": MOST_DEMANDES, "items": {"type": "string", "format": "uuid"}},
    }}}}}}  # fmt: skip


def router(store: EventStore) -> APIRouter:
    """The route on one service's store."""
    routes = APIRouter(prefix="/v1/destinataires", tags=["destinataires"])

    @routes.post(
        "/lecture",
        response_class=Response,
        openapi_extra=_SCHEMA,
        summary="Lire à qui envoyer les avis de demandes",
        responses=problems(CorpsIllisible, DonneesInvalides),
    )
    async def lire_des_destinataires(request: Request, acces: Acces) -> Response:
        demandes = _asked(await request.body())
        acces.check(owners=[], communes=[])
        found = await store.states(CORRESPONDANCE, demandes, personal=True)
        await acces.trace(list(found))
        return Response(msgspec.json.encode(_read(demandes, found)), media_type="application/json")

    return routes


def _read(demandes: Sequence[UUID], found: Mapping[str, Stream[Correspondance]]) -> DestinatairesLus:
    """Each demande asked in exactly one of the three lists."""
    lus, erased, unknown = [], [], []
    for demande in dict.fromkeys(map(str, demandes)):
        stream = found.get(demande)
        if stream is None:
            unknown.append(demande)
            continue
        lu = destinataire(demande, stream.state)
        if lu is None:
            erased.append(demande)
        else:
            lus.append(lu)
    return DestinatairesLus(lus, erased, unknown)


def _asked(body: bytes) -> list[UUID]:
    asked = corps(_BODY, body)
    finalite_dite(asked.finalite)
    return identifiants(asked.demandes)
