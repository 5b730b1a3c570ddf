"""`/v1/classements`: the ranking of candidates for a dwelling, exact, kept as it was shown (D29: a person decides)."""

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from contracts.problems import Fault
from services.chassis.access.gate import Acces
from services.chassis.consumption.consumer import Unavailable
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.cotation.api.erreurs import ClassementInconnu, RegistreIndisponible, SansGrille
from services.cotation.domain.classement import Logement
from services.cotation.domain.journal import ClassementArrete
from services.cotation.flots import CLASSEMENT
from services.cotation.grilles import GrilleDeService, Grilles
from services.cotation.use_cases.arreter_classement import (
    ClasserDemandes,
    Prepare,
    arreter_classement,
    grille_du_logement,
    preparer_classement,
)

MOST_DEMANDES = 1_000


class LogementAClasser(Corps):
    """Where the dwelling is, and its typology (codelist type_logement). commune: INSEE code."""

    commune: Annotated[str, Field(pattern=r"^[0-9AB]{5}$")]
    quartier: Annotated[str | None, Field(min_length=1, max_length=60)] = None
    typologie: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}$")]


class ClassementDemande(Corps):
    """What to rank. au: the day of the scores, today when not said; an earlier day ranks what was known then."""

    mise_a_disposition: UUID
    logement: LogementAClasser
    demandes: Annotated[list[UUID], Field(min_length=1, max_length=MOST_DEMANDES)]
    au: date | None = None

    def to_command(self, aujourd_hui: date, organisation: str) -> ClasserDemandes:
        """The command. Raises DonneesInvalides."""
        if self.au is not None and self.au > aujourd_hui:
            raise DonneesInvalides(
                "Un classement ne peut pas être daté d'un jour à venir : les faits de ce jour ne sont pas connus.",
                errors=(Fault("/au", "date-a-venir", f"au plus tard le {aujourd_hui.isoformat()}"),),
            )
        if len(set(self.demandes)) != len(self.demandes):
            raise DonneesInvalides(
                "Une demande est donnée deux fois : retirez le doublon.",
                errors=(Fault("/demandes", "doublon", "chaque demande une seule fois"),),
            )
        logement = Logement(self.logement.commune, self.logement.quartier, self.logement.typologie)
        return ClasserDemandes(
            self.mise_a_disposition, logement, tuple(self.demandes), self.au or aujourd_hui, organisation
        )


class LigneLue(BaseModel):
    """A candidate. rang: from 1, without ties: score, the grid's tie-break, seniority, identifier. elargie: the place is not
    wished, and accepted (« demande élargie »). situation: version of the facts."""

    rang: int
    demande: UUID
    lieu: str
    elargie: bool
    total: str
    provisoire: bool
    situation: int


class EcarteeLue(BaseModel):
    """A demande that cannot be ranked. raison: `demande-inconnue`, `demande-effacee`, `lieu-non-souhaite`, or the code of the
    reason that puts it out of the grid's scope."""

    demande: UUID
    raison: str


class ClassementLu(BaseModel):
    """A ranking as it was shown. It helps to choose; a person names the candidates.

    empreinte: SHA-256 of `lignes` as one JSON array of arrays without spaces: rang, demande, lieu, elargie, total, provisoire,
    situation, in this order.
    """

    classement: UUID
    mise_a_disposition: UUID
    commune: str
    quartier: str | None
    typologie: str
    grille: str
    version: str
    au: date
    lignes: list[LigneLue]
    ecartees: list[EcarteeLue]
    empreinte: str


def router(fabric: Fabric, store: EventStore, grilles: Grilles) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/classements", tags=["classements"])

    @routes.post("", status_code=201, response_model=ClassementLu, summary="Classer des demandes pour un logement",
                 responses=problems(DonneesInvalides, SansGrille, RegistreIndisponible))  # fmt: skip
    async def arreter_un_classement(body: ClassementDemande, request: Creation, acces: Acces) -> Response:
        acces.check(owners=[acces.identity.organisation], communes=[body.logement.commune])
        commande = body.to_command(fabric.today(), acces.identity.organisation)
        grille = await grille_du_logement(fabric, grilles, body.logement.commune, commande.au)
        await acces.trace([str(demande) for demande in commande.demandes])
        prepare = await _preparer(fabric, grille, commande)
        return await run_command(store, request, partial(arreter_classement, uuid4(), prepare, fabric), _arrete)

    @routes.get("/{classement}", summary="Lire un classement", responses=problems(ClassementInconnu))
    async def lire_un_classement(
        classement: UUID, acces: Acces, _: Annotated[bool, Depends(caught_up("cotation"))]
    ) -> ClassementLu:
        found = (await store.states(CLASSEMENT, [classement])).get(str(classement))
        if found is None or found.state is None:
            raise ClassementInconnu("Aucun classement ne porte cet identifiant. Vérifiez-le.")
        acces.check(owners=[found.state.organisation], communes=[found.state.commune])
        await acces.trace([ligne.demande for ligne in found.state.lignes])
        return _lu(classement, found.state)

    return routes


async def _preparer(fabric: Fabric, grille: GrilleDeService | None, commande: ClasserDemandes) -> Prepare:
    if grille is None:
        raise SansGrille(
            "Aucune grille de cotation n'est en vigueur dans cette commune ce jour-là : vérifiez la commune, ou la date."
        )
    try:
        return await preparer_classement(fabric, grille, commande)
    except Unavailable as absent:
        raise RegistreIndisponible(
            "Le registre des demandes, dont les faits sont nécessaires, ne répond pas : réessayez dans un instant.",
            headers={"Retry-After": "5"},
        ) from absent


def _arrete(arrete: tuple[UUID, ClassementArrete]) -> Answer:
    classement, etat = arrete
    return Answer.public(201, _lu(classement, etat), Location=f"/v1/classements/{classement}")


def _lu(classement: UUID, etat: ClassementArrete) -> ClassementLu:
    return ClassementLu(
        classement=classement,
        mise_a_disposition=UUID(etat.mise_a_disposition),
        commune=etat.commune,
        quartier=etat.quartier,
        typologie=etat.typologie,
        grille=etat.grille,
        version=etat.version,
        au=etat.au,
        lignes=[
            LigneLue(
                rang=une.rang, demande=UUID(une.demande), lieu=une.lieu, elargie=une.elargie, total=une.total,
                provisoire=une.provisoire, situation=une.situation,
            )
            for une in etat.lignes
        ],
        ecartees=[EcarteeLue(demande=UUID(une.demande), raison=une.raison) for une in etat.ecartees],
        empreinte=etat.empreinte,
    )  # fmt: skip
