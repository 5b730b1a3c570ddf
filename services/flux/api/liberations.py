"""`/v1/liberations`: dwellings freed, qualified, oriented."""

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import or_, select

from services.chassis.access.gate import Acces
from services.chassis.directory import Nature, Region
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Command, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import CurseurInvalide, DonneesInvalides
from services.chassis.http.schemas import Corps
from services.chassis.http.versions import IfMatch, etag
from services.chassis.problems import Fault, StaleVersion
from services.flux.api.bornes import Identifiant, Jour, Rpls
from services.flux.api.orientations import OrientationLue, orientation_lue
from services.flux.domain.erreurs import (
    LiberationContradictoire,
    LiberationInconnue,
    LogementInconnu,
    OrientationImpossible,
    QualificationImpossible,
)
from services.flux.domain.evenements import MotifSoustraction, Origine
from services.flux.domain.liberation import Statut
from services.flux.domain.logement import MotifHorsFlux
from services.flux.projections.liberation_v1 import LIBERATION_V1
from services.flux.use_cases.carnet import Carnet
from services.flux.use_cases.liberer import Liberee, LibererLogement, liberer_logement, requalifier
from services.flux.use_cases.orienter import Orientee, OrienterLiberation, orienter_liberation, proposer

_TABLE = LIBERATION_V1.table


class LiberationAnnoncee(Corps):
    """A dwelling given up, as a landlord's system announces it: the same (bailleur, rpls, occurrence) is the same release.

    bailleur: SIREN. loyer_centimes: monthly, charges out; that of the park when it is not said. soustraction: ground of
    deduction known at once (L8); hors_flux: reserved by name, or bound for sale or demolition (L3, L9).
    """

    bailleur: Annotated[str, Field(pattern=r"^\d{9}$", examples=["999000110"])]
    rpls: Rpls
    occurrence: Annotated[int, Field(ge=1, le=999)] = 1
    origine: Origine
    preavis_le: Jour | None = None
    libere_le: Jour
    disponible_le: Jour
    quartier: Annotated[str | None, Field(max_length=64)] = None
    loyer_centimes: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    charges_centimes: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    soustraction: MotifSoustraction | None = None
    operation: Annotated[str | None, Field(max_length=100)] = None
    hors_flux: MotifHorsFlux | None = None

    def commande(self, region: Region, le: date) -> LibererLogement:
        """The command, or every fault at once. Raises DonneesInvalides."""
        bailleur = next((une for une in region.organisations.values() if une.siren == self.bailleur), None)
        faults = []
        if bailleur is None or bailleur.nature is not Nature.BAILLEUR:
            faults.append(Fault("/bailleur", "bailleur-inconnu", "Aucun bailleur de la région n'a ce SIREN."))
        if self.disponible_le < self.libere_le:
            message = "Le logement est disponible au plus tôt le jour où il est libéré."
            faults.append(Fault("/disponible_le", "dates-inversees", message))
        if faults or bailleur is None:
            raise DonneesInvalides(
                "La libération n'est pas enregistrée : corrigez les points indiqués.", errors=tuple(faults)
            )
        return LibererLogement(
            bailleur=bailleur.id,
            siren=self.bailleur,
            rpls=self.rpls,
            occurrence=self.occurrence,
            origine=self.origine,
            preavis_le=self.preavis_le,
            libere_le=self.libere_le,
            disponible_le=self.disponible_le,
            quartier=self.quartier,
            loyer_centimes=self.loyer_centimes,
            charges_centimes=self.charges_centimes,
            soustraction=self.soustraction,
            operation=self.operation,
            hors_flux=self.hors_flux,
            le=le,
        )


class LiberationEnregistree(BaseModel):
    """The release, with its qualification: A_ORIENTER, HORS_FLUX or SOUSTRAITE."""

    liberation: UUID
    statut: Statut
    motif: str | None


class Qualification(Corps):
    """Deduct the release from the flow for a ground of R441-5 I, or (null) put it back."""

    soustraction: MotifSoustraction | None
    operation: Annotated[str | None, Field(max_length=100)] = None
    le: Jour | None = None


class Orientation(Corps):
    """The decision. titulaire: the holder retained, the one suggested when it is not said; motif: why another one, without
    naming anybody."""

    titulaire: Identifiant | None = None
    motif: Annotated[str | None, Field(max_length=500)] = None
    le: Jour | None = None


class LiberationLue(BaseModel):
    """Where a release stands. titulaire, mise_a_disposition: of its last offer."""

    liberation: UUID
    version: int
    bailleur: str
    rpls: str
    occurrence: int
    commune: str
    qpv: bool
    typologie: str
    neuf: bool
    statut: Statut
    motif: str | None
    libere_le: date
    titulaire: str | None
    mise_a_disposition: UUID | None


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/liberations", tags=["liberations"])
    _lectures(routes, fabric)
    _orientations(routes, fabric, store)

    @routes.post("", status_code=201, response_model=LiberationEnregistree, summary="Libérer un logement",
                 responses={200: {"model": LiberationEnregistree, "description": "Libération déjà connue."},
                            **problems(DonneesInvalides, LogementInconnu, LiberationContradictoire)})  # fmt: skip
    async def liberer_un_logement(body: LiberationAnnoncee, request: Command, acces: Acces) -> Response:
        commande = body.commande(fabric.region, fabric.today())
        acces.check(owners=[commande.bailleur], communes=[])
        return await run_command(store, request, partial(liberer_logement, commande), _enregistree)

    @routes.post("/{liberation}/qualification", status_code=204, summary="Soustraire du flux, ou réintégrer",
                 responses=problems(LiberationInconnue, QualificationImpossible, StaleVersion))  # fmt: skip
    async def qualifier_une_liberation(
        liberation: UUID, body: Qualification, version: IfMatch, request: Command, acces: Acces
    ) -> Response:
        row = await trouver(fabric, liberation)
        acces.check(owners=[row.bailleur], communes=[row.commune])
        le = body.le or fabric.today()
        use_case = partial(requalifier, liberation, version, body.soustraction, body.operation, le)
        return await run_command(store, request, use_case, lambda reached: Answer.public(204, ETag=etag(reached)))

    return routes


def _orientations(routes: APIRouter, fabric: Fabric, store: EventStore) -> None:
    @routes.get("/{liberation}/orientation", summary="Suggérer une orientation",
                responses=problems(LiberationInconnue, OrientationImpossible))  # fmt: skip
    async def suggerer_une_orientation(
        liberation: UUID,
        request: Command,
        acces: Acces,
        _: Annotated[bool, Depends(caught_up("liberation"))],
        le: Jour | None = None,
    ) -> OrientationLue:
        row = await trouver(fabric, liberation)
        acces.check(owners=[row.bailleur], communes=[row.commune])
        commande = OrienterLiberation(liberation, None, None, None, le or fabric.today())
        async with fabric.database.autocommit.connect() as connection:
            carnet = Carnet(store.within(connection, request.context))
            proposee = await proposer(commande, fabric.region, carnet)
        return orientation_lue(liberation, proposee.partage, proposee.decision)

    @routes.post("/{liberation}/orientation", status_code=201, response_model=OrientationLue,
                 summary="Orienter un logement", responses=problems(LiberationInconnue, OrientationImpossible))  # fmt: skip
    async def orienter_une_liberation(liberation: UUID, body: Orientation, request: Creation, acces: Acces) -> Response:
        row = await trouver(fabric, liberation)
        acces.check(owners=[row.bailleur], communes=[row.commune])
        commande = OrienterLiberation(liberation, None, body.titulaire, body.motif, body.le or fabric.today())
        return await run_command(
            store, request, partial(orienter_liberation, commande, fabric.region), partial(_orientee, liberation)
        )


def _lectures(routes: APIRouter, fabric: Fabric) -> None:
    Fresh = Annotated[bool, Depends(caught_up("liberation"))]  # noqa: N806 (a type)

    @routes.get("", summary="Lister les libérations", responses=problems(CurseurInvalide))
    async def lister_les_liberations(
        pagination: Pagination, acces: Acces, _: Fresh,
        statut: Annotated[Statut | None, Query()] = None,
    ) -> Page[LiberationLue]:  # fmt: skip
        reach = acces.reach()
        query = select(_TABLE).where(
            or_(reach.where(_TABLE.c.bailleur, _TABLE.c.commune), reach.where(_TABLE.c.organisation, _TABLE.c.commune))
        )
        if statut:
            query = query.where(_TABLE.c.statut == statut.value)
        after = pagination.after(tuple[date, UUID])
        if after:
            query = query.where(
                or_(_TABLE.c.libere_le > after[0],
                    (_TABLE.c.libere_le == after[0]) & (_TABLE.c.liberation > after[1]))
            )  # fmt: skip
        ordered = query.order_by(_TABLE.c.libere_le, _TABLE.c.liberation).limit(pagination.fetch)
        async with fabric.database.autocommit.connect() as connection:
            rows = (await connection.execute(ordered)).all()
        return pagination.page(rows, key=lambda row: (row.libere_le.isoformat(), str(row.liberation)), item=_lue)

    @routes.get("/{liberation}", summary="Lire une libération", responses=problems(LiberationInconnue))
    async def lire_une_liberation(liberation: UUID, response: Response, acces: Acces, _: Fresh) -> LiberationLue:
        row = await trouver(fabric, liberation)
        acces.check(owners=[row.bailleur, row.organisation], communes=[row.commune])
        response.headers["ETag"] = etag(row.version)
        return _lue(row)


async def trouver(fabric: Fabric, liberation: UUID) -> Any:
    """The row of a release. Raises LiberationInconnue."""
    async with fabric.database.autocommit.connect() as connection:
        row = (await connection.execute(select(_TABLE).where(_TABLE.c.liberation == liberation))).one_or_none()
    if row is None:
        raise LiberationInconnue(
            "Aucune libération ne porte cet identifiant. Vérifiez-le dans la liste des libérations."
        )
    return row


def _enregistree(liberee: Liberee) -> Answer:
    content = LiberationEnregistree(liberation=liberee.liberation, statut=liberee.statut, motif=liberee.motif)
    return Answer.public(
        201 if liberee.nouvelle else 200,
        content,
        ETag=etag(liberee.version),
        Location=f"/v1/liberations/{liberee.liberation}",
    )


def _orientee(liberation: UUID, orientee: Orientee) -> Answer:
    content = orientation_lue(liberation, orientee.partage, orientee.decision)
    content.mise_a_disposition = UUID(orientee.mise_a_disposition)
    content.designer_avant = orientee.designer_avant
    return Answer.public(
        201,
        content,
        ETag=etag(orientee.version),
        Location=f"/v1/mises-a-disposition/{orientee.mise_a_disposition}",
    )


def _lue(row: Any) -> LiberationLue:
    return LiberationLue(**{nom: getattr(row, nom) for nom in LiberationLue.model_fields})
