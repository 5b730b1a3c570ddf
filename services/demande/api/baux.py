"""`POST /v1/mises-a-disposition/{id}/bail`: the lease, with what the landlord records at signature (R441-2-9)."""

from datetime import date
from fractions import Fraction
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.chassis.access.gate import Acces, Access
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.demande.api.jour import jour_legal
from services.demande.api.mises_a_disposition import attribution_permise
from services.demande.domain.attribution.commandes import SignerBail
from services.demande.domain.attribution.etat import Attribution, Issue
from services.demande.domain.eligibilite import est_du_premier_quartile
from services.demande.domain.erreurs import (
    DecisionImpossible,
    MiseADispositionInconnue,
    QuartileInconnu,
    TransitionInterdite,
)
from services.demande.domain.situation import situation
from services.demande.flots import DEMANDE
from services.demande.use_cases.signer_bail import signer_bail

_CENTIMES = 100


class Bail(Corps):
    """What the landlord records (D23). contingent: the holder imputed, the one of the dwelling when not said.

    premier_quartile: computed from the demande's resources when not said. piece_fournie_le: for a conditional decision.
    """

    signe_le: date
    bailleur_siren: Annotated[str, Field(pattern=r"^\d{9}$")]
    deja_locataire: bool
    accord_collectif: Literal["ACD", "ACI", "AUCUN", "NONDOC"]
    dalo: bool
    prioritaire: bool
    relogement_npnru: bool = False
    premier_quartile: bool | None = None
    contingent: Annotated[str | None, Field(max_length=60)] = None
    piece_fournie_le: date | None = None


class BailEnregistre(BaseModel):
    """The demande that is housed and struck off."""

    mise_a_disposition: UUID
    demande: UUID
    premier_quartile: bool


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The route on one service's store."""
    routes = APIRouter(prefix="/v1/mises-a-disposition", tags=["attributions"])

    @routes.post("/{mise}/bail", status_code=201, response_model=BailEnregistre, summary="Enregistrer la signature d'un bail",
                 responses=problems(MiseADispositionInconnue, DecisionImpossible, TransitionInterdite, QuartileInconnu,
                                    DonneesInvalides))  # fmt: skip
    async def enregistrer_un_bail(mise: UUID, body: Bail, request: Creation, acces: Acces) -> Response:
        etat = await attribution_permise(store, mise, acces)
        signe_le = jour_legal(body.signe_le, fabric.today())
        quartile = body.premier_quartile
        if quartile is None:
            quartile = await _quartile(fabric, store, etat, signe_le, acces)
        await acces.trace([])
        commande = SignerBail(
            signe_le=signe_le,
            bailleur_siren=body.bailleur_siren,
            contingent=body.contingent or etat.reservataire,
            deja_locataire=body.deja_locataire,
            accord_collectif=body.accord_collectif,
            dalo=body.dalo,
            prioritaire=body.prioritaire,
            relogement_npnru=body.relogement_npnru,
            premier_quartile=quartile,
            piece_fournie_le=body.piece_fournie_le,
        )
        return await run_command(store, request, partial(signer_bail, mise, commande), partial(_signe, mise, quartile))

    return routes


async def _quartile(fabric: Fabric, store: EventStore, etat: Attribution, le: date, acces: Access) -> bool:
    """Whether the household that accepted is of the first quartile of the dwelling's EPCI. Raises QuartileInconnu."""
    acceptes = etat.en(Issue.ACCEPTE)
    if not acceptes or etat.logement is None:
        raise DecisionImpossible("Un bail se signe avec le candidat qui a accepté l'offre : aucune n'est acceptée ici.")
    identifiant = acceptes[0].demande
    epci = fabric.region.epci_de(etat.logement.commune)
    await acces.trace([identifiant])
    demande = (await store.states(DEMANDE, [identifiant], personal=True))[identifiant].state
    lu = situation(identifiant, demande, le=le).faits.get("ressources.annuelles_par_uc")
    if epci is None or epci.seuil_premier_quartile is None or lu is None or not isinstance(lu.valeur, str):
        raise QuartileInconnu(
            "Les ressources de la demande, ou le seuil de l'EPCI, ne sont pas connus : "
            "mettez-les à jour, ou indiquez premier_quartile."
        )
    return est_du_premier_quartile(Fraction(lu.valeur) * _CENTIMES, epci.seuil_premier_quartile)


def _signe(mise: UUID, quartile: bool, demande: str) -> Answer:
    content = BailEnregistre(mise_a_disposition=mise, demande=UUID(demande), premier_quartile=quartile)
    return Answer.personal(f"demande-{demande}", 201, content)
