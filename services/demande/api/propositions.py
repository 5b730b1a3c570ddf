"""`/v1/propositions/{id}`: the answer to an offer, and whether a refused one was suitable."""

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from contracts.listes import liste
from contracts.problems import Fault
from services.chassis.access.gate import Acces, Access
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.demande.api.jour import jour_legal
from services.demande.api.mises_a_disposition import attribution_permise
from services.demande.domain.erreurs import (
    DecisionImpossible,
    DelaiDepasse,
    OffreDejaAcceptee,
    PropositionInconnue,
    TransitionInterdite,
)
from services.demande.projections.attribution_v1 import offre
from services.demande.use_cases.repondre import accepter_proposition, apprecier_proposition, refuser_proposition


class Acceptation(Corps):
    """le: day of the answer, today when not said."""

    le: date | None = None


class Refus(Corps):
    """motif: codelist motif_refus_demandeur, when the applicant says it."""

    motif: Annotated[str | None, Field(max_length=40)] = None
    le: date | None = None


class Appreciation(Corps):
    """adaptee: the refused offer was suitable (size, rent, place, handicap), as a person judges it."""

    adaptee: bool
    le: date | None = None


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/propositions", tags=["attributions"])
    REFUSALS = problems(PropositionInconnue, DecisionImpossible, TransitionInterdite, DonneesInvalides)  # noqa: N806

    @routes.post("/{proposition}/acceptation", status_code=204, summary="Accepter une proposition",
                 responses=REFUSALS | problems(DecisionImpossible, DelaiDepasse, OffreDejaAcceptee,
                                               TransitionInterdite))  # fmt: skip
    async def accepter_une_proposition(
        proposition: UUID, body: Acceptation, request: Creation, acces: Acces
    ) -> Response:
        await _permise(fabric, store, proposition, acces)
        use_case = partial(accepter_proposition, proposition, jour_legal(body.le, fabric.today()))
        return await run_command(store, request, use_case, _sans_contenu)

    @routes.post("/{proposition}/refus", status_code=204, summary="Refuser une proposition", responses=REFUSALS)
    async def refuser_une_proposition(proposition: UUID, body: Refus, request: Creation, acces: Acces) -> Response:
        await _permise(fabric, store, proposition, acces)
        le = jour_legal(body.le, fabric.today())
        use_case = partial(refuser_proposition, proposition, le, motif=_motif(body.motif), suite_le=fabric.today())
        return await run_command(store, request, use_case, _sans_contenu)

    @routes.post("/{proposition}/appreciation", status_code=204, summary="Apprécier une proposition refusée",
                 responses=problems(PropositionInconnue, DonneesInvalides))  # fmt: skip
    async def apprecier_une_proposition(
        proposition: UUID, body: Appreciation, request: Creation, acces: Acces
    ) -> Response:
        await _permise(fabric, store, proposition, acces)
        le = jour_legal(body.le, fabric.today())
        use_case = partial(apprecier_proposition, proposition, le, adaptee=body.adaptee)
        return await run_command(store, request, use_case, _sans_contenu)

    return routes


async def _permise(fabric: Fabric, store: EventStore, proposition: UUID, acces: Access) -> None:
    async with fabric.database.autocommit.connect() as connection:
        lue = await offre(connection, proposition)
    if lue is None:
        raise PropositionInconnue("Aucune proposition ne porte cet identifiant. Vérifiez-le.")
    await attribution_permise(store, lue.mise_a_disposition, acces)


def _motif(motif: str | None) -> str | None:
    if motif is not None and motif not in liste("motif_refus_demandeur"):
        raise DonneesInvalides(
            "Ce motif de refus n'est pas de la liste : corrigez-le, ou ne l'indiquez pas.",
            errors=(Fault("/motif", "code", "un code de la liste motif_refus_demandeur"),),
        )
    return motif


def _sans_contenu(_: object) -> Answer:
    return Answer.public(204)
