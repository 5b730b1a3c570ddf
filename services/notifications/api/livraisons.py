"""`/v1/livraisons`: what was delivered to a receiver, what failed and why, and starting it again."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.notifications.adapters import livraisons
from services.notifications.adapters.livraisons import LivraisonLue
from services.notifications.api.abonnements import trouve
from services.notifications.domain.abonnement import EtatLivraison
from services.notifications.domain.erreurs import (
    AbonnementInactif,
    AbonnementInconnu,
    LivraisonInconnue,
    RelanceRefusee,
)
from services.notifications.use_cases.abonnements import relancer_livraison


class Livraison(BaseModel):
    """A delivery; its identifier is the `webhook-id` of every call. panne: why the last try failed; statut: its answer."""

    livraison: UUID
    abonnement: UUID
    type: str
    sujet: str
    evenement: str
    etat: str
    essais: int
    prochain_essai: datetime | None
    statut: int | None
    panne: str | None
    cree_a: datetime
    livree_a: datetime | None


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's database."""
    routes = APIRouter(prefix="/v1/livraisons", tags=["abonnements"])

    @routes.get("", summary="Lister les livraisons d'un abonnement, les dernières d'abord",
                responses=problems(AbonnementInconnu))  # fmt: skip
    async def lister_les_livraisons(
        acces: Acces,
        page: Pagination,
        abonnement: Annotated[UUID, Query()],
        etat: Annotated[EtatLivraison | None, Query()] = None,
    ) -> Page[Livraison]:
        await trouve(fabric, abonnement, acces)
        apres = page.after(tuple[int])
        async with fabric.database.autocommit.connect() as connection:
            found = await livraisons.lister(
                connection, abonnement, etat.value if etat else None, apres[0] if apres else None, page.fetch
            )
        return page.page(found, key=lambda lue: (lue.rang,), item=_livraison)

    @routes.get("/{livraison_id}", summary="Lire une livraison", responses=problems(LivraisonInconnue))
    async def lire_une_livraison(livraison_id: UUID, acces: Acces) -> Livraison:
        lue = await _lue(fabric, livraison_id)
        await trouve(fabric, lue.abonnement, acces)
        return _livraison(lue)

    @routes.post("/{livraison_id}/relance", status_code=202, response_class=Response, summary="Relancer une livraison échouée",
                 responses=problems(LivraisonInconnue, RelanceRefusee, AbonnementInactif))  # fmt: skip
    async def relancer_une_livraison(livraison_id: UUID, request: Creation, acces: Acces) -> Response:
        lue = await _lue(fabric, livraison_id)
        await trouve(fabric, lue.abonnement, acces)
        return await run_command(
            store, request, partial(relancer_livraison, livraison_id), lambda _: Answer.public(202)
        )

    return routes


async def _lue(fabric: Fabric, livraison_id: UUID) -> LivraisonLue:
    async with fabric.database.autocommit.connect() as connection:
        lue = await livraisons.lire(connection, livraison_id)
    if lue is None:
        raise LivraisonInconnue("Aucune livraison ne porte cet identifiant : reprenez-le dans la liste des livraisons.")
    return lue


def _livraison(lue: LivraisonLue) -> Livraison:
    return Livraison(
        livraison=lue.id,
        abonnement=lue.abonnement,
        type=lue.type,
        sujet=lue.sujet.partition("/")[2],
        evenement=lue.evenement,
        etat=lue.etat,
        essais=lue.essais,
        prochain_essai=lue.prochain_essai if lue.etat == EtatLivraison.A_LIVRER else None,
        statut=lue.statut,
        panne=lue.panne,
        cree_a=lue.cree_a,
        livree_a=lue.livree_a,
    )
