"""`POST /v1/recherches`: the candidates of a dwelling put at disposal, ranked; each reading is journalled with its purpose."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.documentation import problems
from services.chassis.http.own_writes import caught_up
from services.chassis.http.schemas import Corps
from services.demande.api.mises_a_disposition import attribution_lue
from services.demande.domain.eligibilite import arrondir
from services.demande.domain.erreurs import MiseADispositionInconnue
from services.demande.use_cases.rechercher import Retenue, rechercher


class Recherche(Corps):
    """For which dwelling, and how many candidates at the most."""

    mise_a_disposition: UUID
    limite: Annotated[int, Field(ge=1, le=50)] = 10


class CandidatTrouve(BaseModel):
    """A demande that may be named. lieu: the place wished that matches; total: exact decimal; provisoire: evidence is awaited.

    eligible: null when it cannot be said, drapeaux then says why; part_plafond_pct, taux_effort_pct: percentages;
    reste_a_vivre: euros by day and consumption unit, aids left aside.
    """

    rang: int
    demande: UUID
    lieu: str
    total: str
    provisoire: bool
    deposee_le: date
    eligible: bool | None
    part_plafond_pct: str | None
    taux_effort_pct: str | None
    reste_a_vivre: str | None
    drapeaux: tuple[str, ...]


class CandidatsTrouves(BaseModel):
    """In the order of the scores, then of seniority. epuisee: the register holds no other; examinees: how many were read."""

    mise_a_disposition: UUID
    candidats: list[CandidatTrouve]
    examinees: int
    epuisee: bool


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The route on one service's store."""
    routes = APIRouter(prefix="/v1/recherches", tags=["attributions"])

    @routes.post("", summary="Rechercher les candidats d'un logement", responses=problems(MiseADispositionInconnue))
    async def rechercher_des_candidats(
        body: Recherche, acces: Acces, _: Annotated[bool, Depends(caught_up("demande"))]
    ) -> CandidatsTrouves:
        etat = await attribution_lue(store, body.mise_a_disposition)
        assert etat.logement is not None
        acces.check(owners=etat.organisations, communes=[etat.logement.commune])
        trouves = await rechercher(fabric, store, etat.logement, le=fabric.today(), limite=body.limite)
        await acces.trace(trouves.examinees)
        return CandidatsTrouves(
            mise_a_disposition=body.mise_a_disposition,
            candidats=[_candidat(rang, une) for rang, une in enumerate(trouves.retenues, start=1)],
            examinees=len(trouves.examinees),
            epuisee=trouves.epuisee,
        )

    return routes


def _candidat(rang: int, retenue: Retenue) -> CandidatTrouve:
    classee, aptitude = retenue.classee, retenue.aptitude
    part, taux, reste = aptitude.part_plafond, aptitude.taux_effort, aptitude.reste_a_vivre
    return CandidatTrouve(
        rang=rang,
        demande=classee.demande,
        lieu=classee.lieu,
        total=f"{classee.total:f}",
        provisoire=classee.provisoire,
        deposee_le=classee.deposee_le,
        eligible=aptitude.eligible,
        part_plafond_pct=None if part is None else str(arrondir(part * 100, 1)),
        taux_effort_pct=None if taux is None else str(arrondir(taux * 100, 1)),
        reste_a_vivre=None if reste is None else str(arrondir(reste / 100, 2)),
        drapeaux=aptitude.drapeaux,
    )
