"""`GET /v1/classes/{classe}`: the distribution of the notes of similar applications (D18)."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.chassis.access.gate import Acces
from services.chassis.fabric import Fabric
from services.chassis.http.documentation import problems
from services.cotation.api.erreurs import ClasseInconnue
from services.cotation.domain.classe import lire_classe
from services.cotation.domain.decimales import ecrire
from services.cotation.grilles import Grilles
from services.cotation.use_cases.situer import Distribution, distribuer


class TrancheLue(BaseModel):
    """How many notes lie from `de` to `a`, both reached."""

    de: str
    a: str
    effectif: int


class QuartilesLus(BaseModel):
    """The notes that a quarter, a half and three quarters of the class do not exceed."""

    premier: str
    mediane: str
    troisieme: str


class DistributionLue(BaseModel):
    """The distribution of a class, by bands, the highest first.

    classe: the class described, wider than the one asked for when `elargie`. effectif: how many wishes it holds; null, and no
    band, when even the widest class is so small that a person could be singled out. No band is that small either.
    """

    classe: str
    territoire: str
    typologie: str
    commune: str | None
    quartier: str | None
    criteres: list[str]
    elargie: bool
    effectif: int | None
    quartiles: QuartilesLus | None
    tranches: list[TrancheLue]


def router(fabric: Fabric, grilles: Grilles) -> APIRouter:
    """The route on one service's database."""
    routes = APIRouter(prefix="/v1/classes", tags=["cotations"])

    @routes.get("/{classe}", summary="Lire la distribution des notes d'une classe", responses=problems(ClasseInconnue))
    async def lire_une_distribution(classe: str, acces: Acces) -> DistributionLue:
        acces.check(owners=[], communes=[])
        lue = lire_classe(classe)
        distribution = await distribuer(fabric, grilles, lue) if lue else None
        if distribution is None:
            raise ClasseInconnue(
                "Aucune demande n'est dans cette classe. Prenez son nom tel que le donne la lecture d'une cotation."
            )
        return _lue(distribution)

    return routes


def _lue(distribution: Distribution) -> DistributionLue:
    classe, quartiles = distribution.classe, distribution.quartiles
    return DistributionLue(
        classe=classe.nom,
        territoire=classe.epci,
        typologie=classe.typologie,
        commune=classe.commune,
        quartier=classe.quartier,
        criteres=list(classe.criteres),
        elargie=distribution.elargie,
        effectif=distribution.effectif,
        quartiles=quartiles
        and QuartilesLus(premier=ecrire(quartiles[0]), mediane=ecrire(quartiles[1]), troisieme=ecrire(quartiles[2])),
        tranches=[TrancheLue(de=ecrire(t.de), a=ecrire(t.a), effectif=t.effectif) for t in distribution.tranches],
    )
