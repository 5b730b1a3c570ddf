"""`/v1/preferences/{demande}`: the applicant who asks to be told by e-mail and by post (R441-2-7, D18)."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.chassis.access.gate import Acces
from services.chassis.fabric import Fabric
from services.chassis.http.schemas import Corps
from services.notifications.adapters import preferences


class Preference(Corps):
    """How an applicant asked to be told."""

    courriel_et_courrier: bool = Field(description="Par courriel et par courrier à la fois, à sa demande.")


def router(fabric: Fabric) -> APIRouter:
    """The routes on one service's database."""
    routes = APIRouter(prefix="/v1/preferences", tags=["preferences"])

    @routes.get("/{demande_id}", summary="Lire comment un demandeur a demandé à être averti")
    async def lire_une_preference(demande_id: UUID, acces: Acces) -> Preference:
        acces.check(owners=[], communes=[])
        async with fabric.database.autocommit.connect() as connection:
            asked = await preferences.par_les_deux(connection, [str(demande_id)])
        return Preference(courriel_et_courrier=bool(asked))

    @routes.put("/{demande_id}", status_code=204, summary="Dire comment un demandeur demande à être averti")
    async def donner_une_preference(demande_id: UUID, body: Preference, acces: Acces) -> Response:
        acces.check(owners=[], communes=[])
        async with fabric.database.engine.begin() as connection:
            if body.courriel_et_courrier:
                await preferences.demander(connection, str(demande_id))
            else:
                await preferences.retirer(connection, [str(demande_id)])
        return Response(status_code=204)

    return routes
