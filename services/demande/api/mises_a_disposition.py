"""`/v1/mises-a-disposition/{id}`: the attribution of a dwelling: reading, designation, decisions of the commission."""

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from contracts.problems import Fault
from services.chassis.access.gate import Acces, Access
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.demande.api.jour import jour_legal
from services.demande.domain.attribution.commandes import DecisionRequise, DesignerCandidats, TenirCommission
from services.demande.domain.attribution.decisions import MoinsDeTrois
from services.demande.domain.attribution.etat import Attribution
from services.demande.domain.erreurs import (
    CandidatNonRecevable,
    ClassementInvalide,
    CotationIndisponible,
    DecisionImpossible,
    DecisionInvalide,
    DelaiDepasse,
    DesignationInvalide,
    MiseADispositionInconnue,
)
from services.demande.flots import ATTRIBUTION
from services.demande.use_cases.designer import designer_candidats, verifier_le_classement
from services.demande.use_cases.tenir_commission import tenir_commission

Code = Annotated[str, Field(max_length=40)]


class CandidatLu(BaseModel):
    """A candidate and their offer. issue: DESIGNE, CLASSE, NON_RETENU, OFFRE, ACCEPTE, DECLINE, ECARTE."""

    demande: UUID
    rang: int
    issue: str
    proposition: UUID | None
    repondre_avant: date | None


class AttributionLue(BaseModel):
    """Where the attribution of a dwelling stands."""

    mise_a_disposition: UUID
    phase: str
    bailleur: str
    reservataire: str
    commune: str
    quartier: str | None
    typologie: str
    designer_avant: date
    candidats: list[CandidatLu]


class Designation(Corps):
    """The demandes named, in order. classement: identifier of the ranking shown, kept by the scoring, which holds them all;
    moins_de_trois: why there are fewer than three (R441-3)."""

    demandes: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    classement: Annotated[str, Field(min_length=1, max_length=100)]
    moins_de_trois: MoinsDeTrois | None = None
    le: date | None = None


class DecisionSurCandidat(Corps):
    """One decision: decision_caleol; rang when favourable; motifs and precision for a non-attribution; sous_motif for a
    rejection; piece and fournir_avant under condition."""

    demande: UUID
    decision: Code
    rang: Annotated[int | None, Field(ge=1, le=20)] = None
    motifs: Annotated[tuple[Code, ...], Field(max_length=13)] = ()
    precision: Annotated[str | None, Field(max_length=500)] = None
    sous_motif: Code | None = None
    piece: Code | None = None
    fournir_avant: date | None = None


class Seance(Corps):
    """The decisions of the commission on every candidate. le: day on which rank 1 is notified, today when not said."""

    seance_le: date
    decisions: Annotated[list[DecisionSurCandidat], Field(min_length=1, max_length=20)]
    le: date | None = None

    def to_command(self, aujourd_hui: date) -> TenirCommission:
        """The command. Raises DonneesInvalides."""
        le = jour_legal(self.le, aujourd_hui)
        if self.seance_le > le:
            raise DonneesInvalides(
                "L'offre ne peut pas être notifiée avant la séance : corrigez les dates.",
                errors=(Fault("/seance_le", "date", "au plus tard le jour de la notification"),),
            )
        decisions = (DecisionRequise(**(une.model_dump() | {"demande": str(une.demande)})) for une in self.decisions)
        return TenirCommission(self.seance_le, le, tuple(decisions))


async def attribution_lue(store: EventStore, mise: UUID) -> Attribution:
    """The attribution as it stands. Raises MiseADispositionInconnue."""
    found = (await store.states(ATTRIBUTION, [mise])).get(str(mise))
    if found is None:
        raise MiseADispositionInconnue(
            "Aucun logement mis à disposition ne porte cet identifiant. Vérifiez-le, ou attendez qu'il soit transmis."
        )
    return found.state


async def attribution_permise(store: EventStore, mise: UUID, acces: Access) -> Attribution:
    """The attribution, if the caller may act on it: the landlord and the holder's organisation own it. Raises AccesRefuse."""
    etat = await attribution_lue(store, mise)
    acces.check(owners=etat.organisations, communes=[etat.logement.commune] if etat.logement else [])
    return etat


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/mises-a-disposition", tags=["attributions"])

    @routes.get("/{mise}", summary="Lire l'attribution d'un logement", responses=problems(MiseADispositionInconnue))
    async def lire_une_attribution(
        mise: UUID, acces: Acces, _: Annotated[bool, Depends(caught_up("demande"))]
    ) -> AttributionLue:
        return _lue(mise, await attribution_permise(store, mise, acces))

    @routes.post("/{mise}/designations", status_code=201, response_model=AttributionLue,
                 summary="Désigner les candidats d'un logement",
                 responses=problems(MiseADispositionInconnue, DesignationInvalide, CandidatNonRecevable, DelaiDepasse,
                                    DecisionImpossible, DonneesInvalides, ClassementInvalide,
                                    CotationIndisponible))  # fmt: skip
    async def designer_des_candidats(mise: UUID, body: Designation, request: Creation, acces: Acces) -> Response:
        await attribution_permise(store, mise, acces)
        commande = DesignerCandidats(
            demandes=tuple(map(str, body.demandes)),
            classement=body.classement,
            le=jour_legal(body.le, fabric.today()),
            moins_de_trois=body.moins_de_trois,
        )
        await verifier_le_classement(fabric, mise, commande)
        return await run_command(store, request, partial(designer_candidats, mise, commande), partial(_faite, mise))

    @routes.post("/{mise}/decisions", status_code=201, response_model=AttributionLue,
                 summary="Enregistrer les décisions de la commission",
                 responses=problems(MiseADispositionInconnue, DecisionInvalide, DecisionImpossible,
                                    DonneesInvalides))  # fmt: skip
    async def decider_en_commission(mise: UUID, body: Seance, request: Creation, acces: Acces) -> Response:
        await attribution_permise(store, mise, acces)
        use_case = partial(tenir_commission, mise, body.to_command(fabric.today()))
        return await run_command(store, request, use_case, partial(_faite, mise))

    return routes


def _faite(mise: UUID, etat: Attribution) -> Answer:
    return Answer.public(201, _lue(mise, etat))


def _lue(mise: UUID, etat: Attribution) -> AttributionLue:
    assert etat.logement is not None
    assert etat.designer_avant is not None
    return AttributionLue(
        mise_a_disposition=mise,
        phase=etat.phase,
        bailleur=etat.bailleur,
        reservataire=etat.reservataire,
        commune=etat.logement.commune,
        quartier=etat.logement.quartier,
        typologie=etat.logement.typologie,
        designer_avant=etat.designer_avant,
        candidats=[
            CandidatLu(
                demande=UUID(un.demande),
                rang=un.rang,
                issue=un.issue,
                proposition=UUID(un.proposition) if un.proposition else None,
                repondre_avant=un.repondre_avant,
            )
            for un in etat.candidats
        ],
    )
