"""`POST /v1/demandes` and `GET /v1/demandes/{demande_id}`."""

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from contracts import territoire
from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.chassis.http.versions import etag
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.controle import fautes
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import Dossier, Personne, Recherche
from services.demande.domain.erreurs import DemandeInconnue, NumeroDejaAttribue, TransitionInterdite
from services.demande.flots import DEMANDE
from services.demande.use_cases.deposer import Depose, deposer_demande


class Depot(Corps):
    """A demande as a desk or the portal sends it, complete. personnes: by an identifier local to the demande (`p1`…)."""

    deposee_le: date
    guichet: Annotated[str, Field(pattern=r"^[A-Z0-9]{5}$", examples=["67482"])]
    canal: Annotated[str, Field(pattern=r"^(guichet|en-ligne)$")] = "guichet"
    numero: Annotated[str | None, Field(max_length=18)] = None
    recherche: Recherche
    dossier: Dossier
    personnes: Annotated[
        dict[Annotated[str, Field(pattern=r"^p[1-9]\d?$")], Personne], Field(min_length=1, max_length=30)
    ]

    def to_command(self, le: date) -> DeposerDemande:
        """The command, or every fault at once. Raises DonneesInvalides."""
        found = fautes(
            le=le,
            deposee_le=self.deposee_le,
            numero=self.numero,
            recherche=self.recherche,
            dossier=self.dossier,
            personnes=self.personnes,
        )
        if found:
            raise DonneesInvalides(
                "La demande n'est pas enregistrée : corrigez les points indiqués.", errors=tuple(found)
            )
        return DeposerDemande(
            deposee_le=self.deposee_le,
            recue_le=le,
            guichet=self.guichet,
            canal=self.canal,
            territoire=territoire.code_territoire(self.recherche.lieux[0].commune),
            recherche=self.recherche,
            dossier=self.dossier,
            personnes=self.personnes,
            numero=self.numero,
        )


class DemandeDeposee(BaseModel):
    """What the desk gets back: its attestation is due by `attestation_avant`."""

    demande: UUID
    numero: str
    attestation_avant: date


class DemandeLue(BaseModel):
    """A demande as registered (D25)."""

    demande: UUID
    statut: str
    situation: int
    numero: str | None
    dossier: Dossier | None
    personnes: dict[str, Personne]


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/demandes", tags=["demandes"])

    @routes.post("", status_code=201, response_model=DemandeDeposee, summary="Déposer une demande",
                 responses=problems(DonneesInvalides, NumeroDejaAttribue, TransitionInterdite))  # fmt: skip
    async def deposer_une_demande(body: Depot, request: Creation, acces: Acces) -> Response:
        acces.check(owners=[acces.identity.organisation], communes=[lieu.commune for lieu in body.recherche.lieux])
        commande, demande = body.to_command(fabric.today()), uuid4()
        use_case = partial(deposer_demande, demande, commande, fabric.blind_index)
        return await run_command(store, request, use_case, partial(_deposee, demande))

    @routes.get(
        "/{demande_id}", response_model=DemandeLue, summary="Lire une demande", responses=problems(DemandeInconnue)
    )
    async def lire_une_demande(
        demande_id: UUID, response: Response, acces: Acces, _: Annotated[bool, Depends(caught_up("demande"))]
    ) -> Any:
        demande = (await store.states(DEMANDE, [demande_id], personal=True)).get(str(demande_id))
        if demande is None:
            raise DemandeInconnue(
                "Aucune demande ne porte cet identifiant. Vérifiez-le, ou cherchez par le numéro unique."
            )
        acces.check(owners=[], communes=demande.state.communes)
        await acces.trace([str(demande_id)])
        response.headers["ETag"] = etag(demande.version)
        return _lue(demande_id, demande.state)

    return routes


def _deposee(demande: UUID, depose: Depose) -> Answer:
    content = DemandeDeposee(demande=demande, numero=depose.numero, attestation_avant=depose.attestation_avant)
    return Answer.personal(
        f"demande-{demande}", 201, content, ETag=etag(depose.version), Location=f"/v1/demandes/{demande}"
    )


def _lue(demande_id: UUID, demande: Demande) -> DemandeLue:
    return DemandeLue(
        demande=demande_id,
        statut=demande.statut,
        situation=demande.situation,
        numero=demande.numero,
        dossier=demande.dossier,
        personnes={identifiant: personne for identifiant, personne in demande.personnes if personne is not None},
    )
