"""`PATCH /v1/demandes/{demande_id}/sections`: declared facts change, the rest stays."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Command, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.chassis.http.versions import IfMatch, etag
from services.demande.domain.commandes import ModifierDossier
from services.demande.domain.controle import fautes_des_sections
from services.demande.domain.dossier import Dossier, Personne, Recherche
from services.demande.domain.erreurs import DemandeInconnue, TransitionInterdite
from services.demande.flots import DEMANDE
from services.demande.use_cases.modifier import modifier_dossier


class Sections(Corps):
    """What changes: a section given replaces the one that stood; a person given, that person."""

    source: Literal["demandeur", "pieces", "tiers-valide"] = "demandeur"
    recherche: Recherche | None = None
    dossier: Dossier | None = None
    personnes: Annotated[dict[Annotated[str, Field(pattern=r"^p[1-9]\d?$")], Personne], Field(max_length=30)] = {}  # noqa: RUF012 (pydantic copies it)

    def to_command(self, le: date) -> ModifierDossier:
        """The command, or every fault at once. Raises DonneesInvalides."""
        found = fautes_des_sections(le=le, recherche=self.recherche, dossier=self.dossier, personnes=self.personnes)
        if found:
            raise DonneesInvalides("Rien n'est modifié : corrigez les points indiqués.", errors=tuple(found))
        return ModifierDossier(le, self.source, self.recherche, self.dossier, self.personnes)


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The route on one service's store."""
    routes = APIRouter(prefix="/v1/demandes", tags=["demandes"])

    @routes.patch("/{demande_id}/sections", status_code=204, summary="Modifier des sections d'une demande",
                  responses=problems(DemandeInconnue, DonneesInvalides, TransitionInterdite))  # fmt: skip
    async def modifier_une_demande(
        demande_id: UUID, body: Sections, version: IfMatch, request: Command, acces: Acces
    ) -> Response:
        async def modifier_la_sienne(work: UnitOfWork) -> int:
            demande = await work.load(DEMANDE, demande_id)
            acces.check(owners=[], communes=demande.state.communes)
            return await modifier_dossier(demande, version, body.to_command(fabric.today()), work)

        return await run_command(
            store, request, modifier_la_sienne, lambda reached: Answer.public(204, ETag=etag(reached))
        )

    return routes
