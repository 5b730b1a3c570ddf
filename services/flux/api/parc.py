"""`/v1/logements`: the park, loaded from RPLS transmission files, listed, read."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import select

from services.chassis.access.gate import Acces
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import RequestContext
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import CurseurInvalide
from services.flux.adapters.rpls import Entete, LigneRefusee, lignes, lire_entete, lire_ligne
from services.flux.api.bornes import Rpls
from services.flux.domain.erreurs import LogementInconnu, ParcRefuse
from services.flux.domain.logement import FicheLogement
from services.flux.projections.logement_v1 import LOGEMENT_V1
from services.flux.use_cases.charger_parc import LOT, BilanDuChargement, charger

CHEMIN_DES_TRANSMISSIONS = "/v1/logements/transmissions"
_LIGNES_RAPPORTEES = 1_000
_TABLE = LOGEMENT_V1.table
_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}


class LigneDuRapport(BaseModel):
    """A line that was not taken: all the others were."""

    ligne: int
    champ: str
    code: str
    message: str


class Chargement(BaseModel):
    """What became of a transmission. logements_annonces: by its header; refuses: how many lines, the first 1,000 told."""

    millesime: int
    logements_annonces: int
    lignes: int
    inscrits: int
    revises: int
    inchanges: int
    refuses: int
    lignes_refusees: list[LigneDuRapport]


class LogementLu(BaseModel):
    """A dwelling of the park. hors_flux: why it is out of the flow."""

    rpls: str
    bailleur: str
    identifiant_bailleur: str
    commune: str
    qpv: bool
    typologie: str
    financement: str
    surface_m2: int
    annee_achevement: int
    loyer_centimes: int | None
    contingent: str
    hors_flux: str | None = Field(description="DEFENSE, SECURITE, SANTE, VENTE ou DEMOLITION.")
    millesime: int


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/logements", tags=["logements"])
    Fresh = Annotated[bool, Depends(caught_up("logement"))]  # noqa: N806 (a type)

    @routes.post("/transmissions", openapi_extra=_BODY, summary="Charger un parc depuis un fichier RPLS",
                 responses=problems(ParcRefuse))  # fmt: skip
    async def charger_un_parc(request: Request, context: RequestContext, acces: Acces) -> Chargement:
        acces.check(owners=[acces.identity.organisation], communes=[])
        return await _charger(request.stream(), context, fabric, store)

    @routes.get("", summary="Lister les logements", responses=problems(CurseurInvalide))
    async def lister_les_logements(
        pagination: Pagination, acces: Acces, _: Fresh,
        commune: Annotated[str | None, Query(pattern=r"^[0-9AB]{5}$", examples=["67482"])] = None,
    ) -> Page[LogementLu]:  # fmt: skip
        query = select(_TABLE).where(acces.reach().where(_TABLE.c.bailleur, _TABLE.c.commune))
        if commune:
            query = query.where(_TABLE.c.commune == commune)
        after = pagination.after(tuple[str])
        if after:
            query = query.where(_TABLE.c.rpls > after[0])
        async with fabric.database.autocommit.connect() as connection:
            rows = (await connection.execute(query.order_by(_TABLE.c.rpls).limit(pagination.fetch))).all()
        return pagination.page(rows, key=lambda row: (row.rpls,), item=_lu)

    @routes.get("/{rpls}", summary="Lire un logement", responses=problems(LogementInconnu))
    async def lire_un_logement(rpls: Rpls, acces: Acces, _: Fresh) -> LogementLu:
        async with fabric.database.autocommit.connect() as connection:
            row = (await connection.execute(select(_TABLE).where(_TABLE.c.rpls == rpls))).one_or_none()
        if row is None:
            raise LogementInconnu("Aucun logement du parc ne porte cet identifiant RPLS. Vérifiez-le.")
        acces.check(owners=[row.bailleur], communes=[row.commune])
        return _lu(row)

    return routes


async def _charger(morceaux: AsyncIterator[bytes], context: Context, fabric: Fabric, store: EventStore) -> Chargement:
    """Read by stream, load by batches, tell the lines refused."""
    suivantes = lignes(morceaux)
    entete = await _entete(suivantes, context.organisation, fabric)
    bilan, refusees, vues = BilanDuChargement(), [], set[str]()
    lot: dict[str, tuple[int, FicheLogement]] = {}
    numero = 1
    async for numero, ligne in suivantes:
        lue = lire_ligne(numero, ligne, context.organisation)
        if isinstance(lue, FicheLogement) and lue.rpls in vues:
            lue = LigneRefusee(numero, "identifiant_rpls", "doublon", f"Le logement {lue.rpls} est déjà plus haut.")
        if isinstance(lue, LigneRefusee):
            refusees.append(lue)
            continue
        vues.add(lue.rpls)
        lot[lue.rpls] = (numero, lue)
        if len(lot) == LOT:
            refusees += await _poser(lot, entete.millesime, context, store, bilan)
    if lot:
        refusees += await _poser(lot, entete.millesime, context, store, bilan)
    return _rapport(entete, numero - 1, bilan, refusees)


async def _entete(suivantes: AsyncIterator[tuple[int, str]], organisation: str, fabric: Fabric) -> Entete:
    async for _, premiere in suivantes:
        entete = lire_entete(premiere)
        bailleur = fabric.region.organisation(organisation)
        if bailleur is None or entete.siren != bailleur.siren:
            raise ParcRefuse(
                f"Ce fichier est celui du SIREN {entete.siren}, qui n'est pas celui de votre organisation : "
                "transmettez le vôtre, ou prenez un jeton de ce bailleur."
            )
        return entete
    raise ParcRefuse("Le fichier est vide : transmettez l'en-tête et une ligne par logement.")


async def _poser(
    lot: dict[str, tuple[int, FicheLogement]],
    millesime: int,
    context: Context,
    store: EventStore,
    bilan: BilanDuChargement,
) -> list[LigneRefusee]:
    autres = await charger([fiche for _, fiche in lot.values()], millesime, store, context, bilan)
    message = "Ce logement est au parc d'un autre bailleur, qui ne l'a pas sorti de son patrimoine."
    refusees = [LigneRefusee(lot[rpls][0], "identifiant_rpls", "autre-bailleur", message) for rpls in autres]
    lot.clear()
    return refusees


def _rapport(entete: Entete, lues: int, bilan: BilanDuChargement, refusees: list[LigneRefusee]) -> Chargement:
    return Chargement(
        millesime=entete.millesime,
        logements_annonces=entete.logements,
        lignes=lues,
        inscrits=bilan.inscrits,
        revises=bilan.revises,
        inchanges=bilan.inchanges,
        refuses=len(refusees),
        lignes_refusees=[
            LigneDuRapport(ligne=une.ligne, champ=une.champ, code=une.code, message=une.message)
            for une in sorted(refusees, key=lambda une: une.ligne)[:_LIGNES_RAPPORTEES]
        ],
    )


def _lu(row: Any) -> LogementLu:
    return LogementLu(**{nom: getattr(row, nom) for nom in LogementLu.model_fields})
