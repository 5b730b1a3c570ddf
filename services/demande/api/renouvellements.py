"""`POST /v1/demandes/{demande_id}/renouvellement`: the demande lives one year more, with what has changed (R441-2-7)."""

from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.chassis.http.versions import IfMatch, etag
from services.demande.api.jour import jour_legal
from services.demande.domain.commandes import RenouvelerDemande
from services.demande.domain.controle import fautes_des_sections
from services.demande.domain.dossier import Dossier, Personne, Recherche
from services.demande.domain.erreurs import DemandeInconnue, TransitionInterdite
from services.demande.flots import DEMANDE
from services.demande.use_cases.renouveler import Renouvelee, renouveler_demande


class Renouvellement(Corps):
    """How and when it is renewed; the sections that changed, as for a modification."""

    canal: Literal["guichet", "en-ligne"] = "guichet"
    le: date | None = None
    recherche: Recherche | None = None
    dossier: Dossier | None = None
    personnes: Annotated[dict[Annotated[str, Field(pattern=r"^p[1-9]\d?$")], Personne], Field(max_length=30)] = {}  # noqa: RUF012 (pydantic copies it)

    def to_command(self, aujourd_hui: date) -> RenouvelerDemande:
        """The command, or every fault at once. Raises DonneesInvalides."""
        le = jour_legal(self.le, aujourd_hui)
        found = fautes_des_sections(le=le, recherche=self.recherche, dossier=self.dossier, personnes=self.personnes)
        if found:
            raise DonneesInvalides("Rien n'est renouvelé : corrigez les points indiqués.", errors=tuple(found))
        return RenouvelerDemande(le, self.canal, self.recherche, self.dossier, self.personnes)


class RenouvellementFait(BaseModel):
    """The last day of the new validity. The number and the first date are those that they were."""

    demande: UUID
    valable_jusqu_au: date


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The route on one service's store."""
    routes = APIRouter(prefix="/v1/demandes", tags=["demandes"])

    @routes.post("/{demande_id}/renouvellement", status_code=201, response_model=RenouvellementFait,
                 summary="Renouveler une demande",
                 responses=problems(DemandeInconnue, DonneesInvalides, TransitionInterdite))  # fmt: skip
    async def renouveler_une_demande(
        demande_id: UUID, body: Renouvellement, version: IfMatch, request: Creation, acces: Acces
    ) -> Response:
        known = (await store.states(DEMANDE, [demande_id])).get(str(demande_id))
        acces.check(owners=[], communes=known.state.communes if known else [])
        use_case = partial(renouveler_demande, demande_id, version, body.to_command(fabric.today()))
        return await run_command(store, request, use_case, partial(_repondre, demande_id))

    return routes


def _repondre(demande: UUID, faite: Renouvelee) -> Answer:
    contenu = RenouvellementFait(demande=demande, valable_jusqu_au=faite.valable_jusqu_au)
    return Answer.public(201, contenu, ETag=etag(faite.version))
