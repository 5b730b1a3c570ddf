"""`/v1/suivi`: where the rights of a year stand, for the landlord and for the holder (flux.md §6.3)."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from services.chassis.access.gate import Acces
from services.chassis.access.permissions import Extent
from services.chassis.directory import Nature
from services.chassis.fabric import Fabric
from services.chassis.http.own_writes import caught_up
from services.flux.api.bornes import Identifiant, Jour
from services.flux.use_cases.suivre import LigneDeSuivi, suivi_du_bailleur


class Ligne(BaseModel):
    """One holder in one perimeter of one landlord. Numbers of dwellings are exact fractions, as text (`147/5`)."""

    bailleur: str
    perimetre: str
    titulaire: str
    convention: UUID = Field(description="La convention, ou ce qui en tient lieu pour la part propre du bailleur.")
    part: str
    parc: int = Field(description="Logements du périmètre dans le flux.")
    objectif_previsionnel: str | None = Field(description="Part × parc × rotation retenue par la convention.")
    objectif_a_date: str = Field(description="Part × logements orientés à ce jour.")
    orientes: int
    engages: int
    imputes: int
    rendus: int
    credit: str = Field(description="Ce que la suite doit au titulaire ; négatif quand il est en avance.")
    prorata: str | None = Field(description="Objectif prévisionnel au prorata des jours écoulés.")
    ecart: str | None = Field(description="Imputés moins prorata.")
    ecart_avec_engages: str | None
    taux_realisation: str | None
    reste_a_faire: str | None
    ecart_max: str | None = Field(description="Plus grand écart de la suite après sa dernière décision.")
    borne: str | None = Field(description="Ce que cet écart ne pouvait pas dépasser.")
    portee: str | None


class SuiviLu(BaseModel):
    """The follow-up of a year on a day."""

    exercice: int
    le: date
    lignes: list[Ligne]


def router(fabric: Fabric) -> APIRouter:
    """The route on one service's database."""
    routes = APIRouter(prefix="/v1/suivi", tags=["suivi"])

    @routes.get("", summary="Suivre les droits d'un exercice")
    async def lire_le_suivi(
        acces: Acces,
        _: Annotated[bool, Depends(caught_up("suivi"))],
        exercice: Annotated[int | None, Query(ge=2000, le=2100)] = None,
        bailleur: Identifiant | None = None,
        le: Jour | None = None,
    ) -> SuiviLu:
        jour = le or fabric.today()
        annee = exercice or jour.year
        visible = _visible(acces)
        region = fabric.region
        bailleurs = [o.id for o in region.organisations.values() if o.nature is Nature.BAILLEUR]
        async with fabric.database.autocommit.connect() as connection:
            lignes = [
                ligne
                for un in bailleurs
                if bailleur in (None, un)
                for ligne in await suivi_du_bailleur(connection, region, un, annee, jour)
                if visible(ligne)
            ]
        return SuiviLu(exercice=annee, le=jour, lignes=[_ligne(une) for une in lignes])

    return routes


def _visible(acces: Acces) -> Callable[[LigneDeSuivi], bool]:
    """A landlord sees its lines, a holder those of its rights, whoever has the territory those that lie in it."""
    reach = acces.reach()
    extents = {True: reach.propre, False: reach.autre}

    def visible(ligne: LigneDeSuivi) -> bool:
        extent = extents[reach.organisation in (ligne.bailleur, ligne.organisation)]
        return extent is Extent.OUI or (extent is Extent.TERRITOIRE and bool(ligne.communes & reach.communes))

    return visible


def _ligne(une: LigneDeSuivi) -> Ligne:
    suivi = une.suivi
    return Ligne(
        bailleur=une.bailleur,
        perimetre=une.perimetre,
        titulaire=une.titulaire,
        convention=UUID(une.convention),
        part=str(une.part),
        parc=une.parc,
        objectif_previsionnel=_texte(une.objectif_previsionnel),
        objectif_a_date=str(une.objectif_a_date),
        orientes=une.orientes,
        engages=une.engages,
        imputes=une.imputes,
        rendus=une.rendus,
        credit=str(une.credit),
        prorata=_texte(suivi.prorata if suivi else None),
        ecart=_texte(suivi.ecart if suivi else None),
        ecart_avec_engages=_texte(suivi.ecart_avec_engages if suivi else None),
        taux_realisation=_texte(suivi.taux_realisation if suivi else None),
        reste_a_faire=_texte(suivi.reste_a_faire if suivi else None),
        ecart_max=_texte(une.ecart_max),
        borne=_texte(une.borne),
        portee=une.portee,
    )


def _texte(nombre: Fraction | None) -> str | None:
    return None if nombre is None else str(nombre)
