"""`POST /v1/situations/lecture`: the facts of demandes, for who scores them; each reading is journalled with its purpose."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response

from contracts.problems import Fault
from contracts.situation.lecture import LectureDemandee, SituationsLues
from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore, Stream
from services.chassis.fabric import Fabric
from services.chassis.http.documentation import problems
from services.chassis.http.refusals import CorpsIllisible, DonneesInvalides
from services.demande.api.lecture_par_lot import MOST_DEMANDES, corps, finalite_dite, identifiants
from services.demande.domain.demande import Demande
from services.demande.domain.situation import situation
from services.demande.flots import DEMANDE

_JOURS = (date(2000, 1, 1), date(2199, 12, 31))
"""The days for which facts that age may be asked."""
_BODY = msgspec.json.Decoder(LectureDemandee)
_SCHEMA = {"requestBody": {"required": True, "content": {"application/json": {"schema": {
    "type": "object",
    "required": ["demandes", "finalite"],
    "additionalProperties": False,
    "properties": {
        "finalite": {"type": "string", "minLength": 1, "maxLength": 200},
        "commune_elargie": {"type": ["string", "null"], "description": (
            "Commune à ajouter, marquée « elargie », aux demandes qui acceptent d'autres communes et ne la souhaitent pas.")},
        "le": {"type": ["string", "null"], "format": "date", "description": (
            "Jour des faits qui changent avec le temps (âges, plafonds), de 2000 à 2199 ; sans cela, le jour du registre.")},
        "demandes": {"type": "array", "maxItems": MOST_DEMANDES, "items": {
            "type": "object",
            "required": ["demande_id", "version"],
            "additionalProperties": False,
            "properties": {"demande_id": {"type": "string", "format": "uuid"},
                           "version": {"type": "integer", "minimum": 1}}}}}}}}}}  # fmt: skip


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The route on one service's store."""
    routes = APIRouter(prefix="/v1/situations", tags=["situations"])

    @routes.post(
        "/lecture",
        response_class=Response,
        openapi_extra=_SCHEMA,
        summary="Lire les situations de demandes",
        responses=problems(CorpsIllisible, DonneesInvalides),
    )
    async def lire_des_situations(request: Request, acces: Acces) -> Response:
        lecture = corps(_BODY, await request.body())
        finalite_dite(lecture.finalite)
        le = _jour(lecture.le, fabric.today())
        demandes = identifiants([wanted.demande_id for wanted in lecture.demandes])
        acces.check(owners=[], communes=[])
        found = await store.states(DEMANDE, demandes, personal=True)
        await acces.trace(list(found))
        return Response(
            msgspec.json.encode(_read(demandes, found, le, lecture.commune_elargie)),
            media_type="application/json",
        )

    return routes


def _jour(demande: date | None, aujourd_hui: date) -> date:
    """The day asked for, today when none is. Raises DonneesInvalides."""
    le = demande or aujourd_hui
    if not _JOURS[0] <= le <= _JOURS[1]:
        raise DonneesInvalides(
            "Les faits ne sont pas connus ce jour-là : donnez un jour de 2000 à 2199.",
            errors=(Fault("/le", "hors-bornes", "de 2000-01-01 à 2199-12-31"),),
        )
    return le


def _read(
    demandes: Sequence[UUID], found: Mapping[str, Stream[Demande]], le: date, elargie: str | None
) -> SituationsLues:
    """Each demande asked in exactly one of the three lists."""
    situations, erased, unknown = [], [], []
    for demande in map(str, demandes):
        stream = found.get(demande)
        if stream is None:
            unknown.append(demande)
        elif stream.state.dossier is None:
            erased.append(demande)
        else:
            situations.append(situation(demande, stream.state, le=le, commune_elargie=elargie))
    return SituationsLues(situations, erased, unknown)
