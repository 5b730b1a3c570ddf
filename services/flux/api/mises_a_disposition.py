"""`/v1/mises-a-disposition`: what is offered to whom, until when, and its return."""

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import or_, select

from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Command, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import CurseurInvalide
from services.chassis.http.schemas import Corps
from services.flux.api.bornes import Jour
from services.flux.domain.erreurs import MiseADispositionInconnue, RetourImpossible
from services.flux.domain.evenements import LogementRendu, MotifRetour, Suite
from services.flux.projections.liberation_v1 import MISE_A_DISPOSITION_V1
from services.flux.use_cases.rendre import rendre_mise

_TABLE = MISE_A_DISPOSITION_V1.table


class MiseADispositionLue(BaseModel):
    """One offer of a dwelling. etat: OUVERTE, RENDUE, LOUEE; attendue: candidates are awaited, by `designer_avant`."""

    mise_a_disposition: UUID
    liberation: UUID
    rang: int
    bailleur: str
    commune: str
    titulaire: str
    organisation: str
    convention: UUID
    etat: str
    le: date
    designer_avant: date
    attendue: bool


class Retour(Corps):
    """Why the holder gives the dwelling back."""

    motif: MotifRetour
    le: Jour | None = None


class RetourNote(BaseModel):
    """What becomes of the dwelling. impute: the right is charged all the same, and the landlord has its turn."""

    mise_a_disposition: UUID
    impute: bool
    suite: Suite


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/mises-a-disposition", tags=["mises à disposition"])
    Fresh = Annotated[bool, Depends(caught_up("mise-a-disposition"))]  # noqa: N806 (a type)

    @routes.get("", summary="Lister les mises à disposition", responses=problems(CurseurInvalide))
    async def lister_les_mises_a_disposition(
        pagination: Pagination, acces: Acces, _: Fresh,
        attendues: Annotated[bool, Query(description="Celles qui attendent des candidats seulement.")] = False,
    ) -> Page[MiseADispositionLue]:  # fmt: skip
        reach = acces.reach()
        query = select(_TABLE).where(
            or_(reach.where(_TABLE.c.bailleur, _TABLE.c.commune), reach.where(_TABLE.c.organisation, _TABLE.c.commune))
        )
        if attendues:
            query = query.where(_TABLE.c.attendue)
        after = pagination.after(tuple[UUID])
        if after:
            query = query.where(_TABLE.c.mise_a_disposition > after[0])
        ordered = query.order_by(_TABLE.c.mise_a_disposition).limit(pagination.fetch)
        async with fabric.database.autocommit.connect() as connection:
            rows = (await connection.execute(ordered)).all()
        return pagination.page(rows, key=lambda row: (str(row.mise_a_disposition),), item=_lue)

    @routes.get("/{mise_a_disposition}", summary="Lire une mise à disposition",
                responses=problems(MiseADispositionInconnue))  # fmt: skip
    async def lire_une_mise_a_disposition(mise_a_disposition: UUID, acces: Acces, _: Fresh) -> MiseADispositionLue:
        row = await _trouver(fabric, mise_a_disposition)
        acces.check(owners=[row.bailleur, row.organisation], communes=[row.commune])
        return _lue(row)

    @routes.post("/{mise_a_disposition}/retour", response_model=RetourNote, summary="Rendre un logement",
                 responses=problems(MiseADispositionInconnue, RetourImpossible))  # fmt: skip
    async def rendre_une_mise_a_disposition(
        mise_a_disposition: UUID, body: Retour, request: Command, acces: Acces
    ) -> Response:
        row = await _trouver(fabric, mise_a_disposition)
        acces.check(owners=[row.bailleur, row.organisation], communes=[row.commune])
        use_case = partial(rendre_mise, mise_a_disposition, body.motif, body.le or fabric.today(), fabric.region)
        return await run_command(store, request, use_case, _rendu)

    return routes


async def _trouver(fabric: Fabric, mise: UUID) -> Any:
    async with fabric.database.autocommit.connect() as connection:
        row = (await connection.execute(select(_TABLE).where(_TABLE.c.mise_a_disposition == mise))).one_or_none()
    if row is None:
        raise MiseADispositionInconnue(
            "Aucune mise à disposition ne porte cet identifiant. Vérifiez-le dans leur liste."
        )
    return row


def _rendu(rendu: LogementRendu) -> Answer:
    content = RetourNote(mise_a_disposition=UUID(rendu.mise_a_disposition), impute=rendu.impute, suite=rendu.suite)
    return Answer.public(200, content)


def _lue(row: Any) -> MiseADispositionLue:
    return MiseADispositionLue(**{nom: getattr(row, nom) for nom in MiseADispositionLue.model_fields})
