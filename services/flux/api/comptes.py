"""`/v1/comptes`: the ledger, balances and lines (flux.md §3)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, column, literal_column, or_, select, table

from contracts.problems import Problem
from services.chassis.access.gate import Acces
from services.chassis.fabric import Fabric
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import CurseurInvalide
from services.flux.api.bornes import Identifiant
from services.flux.projections.compte_v1 import COMPTE_V1

_TABLE = COMPTE_V1.table
_ECRITURES = table(
    "ecriture_v1",
    *map(column, ("compte", "numero", "transfert", "nature", "debit", "credit", "nombre", "le", "connue_a")),
)
_NULLE_PART: ColumnElement[str] = literal_column("''")


class CompteInconnu(Problem):
    """No account has this identifier."""

    code = "compte-inconnu"
    title = "Compte inconnu"
    status = 404


class Livre(BaseModel):
    """One book of an account, in dwellings."""

    debits_en_attente: int = 0
    credits_en_attente: int = 0
    debits: int
    credits: int


class CompteLu(BaseModel):
    """An account: a convention's (or the landlord's own share's), for a year, in a stratum.

    engages: rights pending; imputes: rights charged, counter-entries deducted.
    """

    compte: UUID
    convention: UUID
    bailleur: str
    titulaire: str
    exercice: int
    strate: str
    engages: int
    imputes: int
    droits: Livre
    logements: Livre


class Ecriture(BaseModel):
    """A line. le: when it takes effect; connue_a: when it was known; never changed."""

    numero: int
    transfert: UUID = Field(description="La mise à disposition dont le droit est compté.")
    nature: str = Field(description="ENGAGE, COMPTABILISE, ANNULE, EXPIRE ou CONTRE_PASSE.")
    debit: str
    credit: str
    nombre: int
    le: date
    connue_a: datetime


def router(fabric: Fabric) -> APIRouter:
    """The routes on one service's database."""
    routes = APIRouter(prefix="/v1/comptes", tags=["comptes"])
    Fresh = Annotated[bool, Depends(caught_up("compte"))]  # noqa: N806 (a type)

    @routes.get("", summary="Lire les comptes", responses=problems(CurseurInvalide))
    async def lister_les_comptes(
        pagination: Pagination, acces: Acces, _: Fresh,
        exercice: Annotated[int | None, Query(ge=2000, le=2100)] = None,
        titulaire: Identifiant | None = None,
    ) -> Page[CompteLu]:  # fmt: skip
        reach = acces.reach()
        query = select(_TABLE).where(
            or_(reach.where(_TABLE.c.bailleur, _NULLE_PART), reach.where(_TABLE.c.organisation, _NULLE_PART))
        )
        if exercice:
            query = query.where(_TABLE.c.exercice == exercice)
        if titulaire:
            query = query.where(_TABLE.c.titulaire == titulaire)
        after = pagination.after(tuple[UUID])
        if after:
            query = query.where(_TABLE.c.compte > after[0])
        async with fabric.database.autocommit.connect() as connection:
            rows = (await connection.execute(query.order_by(_TABLE.c.compte).limit(pagination.fetch))).all()
        return pagination.page(rows, key=lambda row: (str(row.compte),), item=_lu)

    @routes.get("/{compte}/ecritures", summary="Lire les écritures d'un compte",
                responses=problems(CompteInconnu, CurseurInvalide))  # fmt: skip
    async def lire_les_ecritures(compte: UUID, pagination: Pagination, acces: Acces, _: Fresh) -> Page[Ecriture]:
        query = select(_ECRITURES).where(_ECRITURES.c.compte == compte)
        after = pagination.after(tuple[int])
        if after:
            query = query.where(_ECRITURES.c.numero > after[0])
        async with fabric.database.autocommit.connect() as connection:
            row = (await connection.execute(select(_TABLE).where(_TABLE.c.compte == compte))).one_or_none()
            if row is None:
                raise CompteInconnu("Aucun compte ne porte cet identifiant. Vérifiez-le dans la liste des comptes.")
            acces.check(owners=[row.bailleur, row.organisation], communes=[])
            rows = (await connection.execute(query.order_by(_ECRITURES.c.numero).limit(pagination.fetch))).all()
        return pagination.page(rows, key=lambda line: (line.numero,), item=_ecriture)

    return routes


def _lu(row: Any) -> CompteLu:
    return CompteLu(
        compte=row.compte,
        convention=UUID(row.convention),
        bailleur=row.bailleur,
        titulaire=row.titulaire,
        exercice=row.exercice,
        strate=row.strate,
        engages=row.droits_debits_en_attente,
        imputes=row.droits_debits - row.droits_credits,
        droits=Livre(
            debits_en_attente=row.droits_debits_en_attente, debits=row.droits_debits, credits=row.droits_credits
        ),
        logements=Livre(
            credits_en_attente=row.logements_credits_en_attente,
            debits=row.logements_debits,
            credits=row.logements_credits,
        ),
    )


def _ecriture(row: Any) -> Ecriture:
    return Ecriture(**{nom: getattr(row, nom) for nom in Ecriture.model_fields})
