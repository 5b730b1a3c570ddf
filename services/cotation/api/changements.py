"""`GET /v1/cotations/{demande_id}/changements`: why the score of a place changed, cause by cause (D17, D20, D25)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.chassis.access.gate import Acces
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.documentation import problems
from services.chassis.http.own_writes import caught_up
from services.cotation.api.erreurs import ChangementInconnu, CotationInconnue
from services.cotation.domain.comparaison import Comparaison, Part
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.historique import Changement, changements, lieux_notes
from services.cotation.domain.journal import CotationEtablie
from services.cotation.domain.recit import phrase_de_cause, phrase_de_ligne, raconter
from services.cotation.grilles import Grilles
from services.cotation.use_cases.expliquer_changement import ChangementExplique, expliquer_changement, journal_de


class NoteDatee(BaseModel):
    """A score on a day. total: exact decimal; hors: why it is not scored."""

    total: str
    au: date
    grille: str
    version: str
    situation: int
    provisoire: bool
    hors: str | None


class CauseDite(BaseModel):
    """What one cause is worth. cause: correction, fait, preuve, label, refus, temps or grille; points: exact, signed.

    phrase: what happened, in French; criteres: each criterion that it moved, before and after.
    """

    cause: str
    points: str
    phrase: str
    criteres: list[str]


class ChangementLu(BaseModel):
    """One change. numero: from 1, the oldest; difference: exact, what the points of `causes` sum to.

    causes: null when the facts behind the change were erased. recit: the whole, in French.
    """

    numero: int
    avant: NoteDatee
    apres: NoteDatee
    difference: str
    causes: list[CauseDite] | None
    recit: list[str]


class ChangementsLus(BaseModel):
    """The change asked for, the last one when none is. nombre: how many there were; changement: null when there was none."""

    demande: UUID
    lieu: str
    nombre: int
    changement: ChangementLu | None


def router(fabric: Fabric, store: EventStore, grilles: Grilles) -> APIRouter:
    """The route on one service's store."""
    routes = APIRouter(prefix="/v1/cotations", tags=["cotations"])
    Fresh = Annotated[bool, Depends(caught_up("cotation"))]  # noqa: N806 (a type)

    @routes.get("/{demande_id}/changements", summary="Expliquer pourquoi une note a changé",
                responses=problems(CotationInconnue, ChangementInconnu))  # fmt: skip
    async def expliquer_un_changement(
        demande_id: UUID,
        acces: Acces,
        _: Fresh,
        lieu: Annotated[str | None, Query(max_length=64, description="Un lieu noté ; le premier sans cela.")] = None,
        numero: Annotated[
            int | None, Query(ge=1, le=1_000_000, description="Un changement plus ancien, à partir de 1.")
        ] = None,
    ) -> ChangementsLus:
        journal = await journal_de(store, demande_id)
        lieux = lieux_notes(journal)
        acces.check(owners=[], communes=[un.partition(":")[0] for un in lieux])
        place = _lieu(lieux, lieu)
        await acces.trace([str(demande_id)])
        tous = changements(journal, place)
        voulu = _voulu(tous, numero)
        explique = await expliquer_changement(fabric, grilles, demande_id, voulu) if voulu else None
        lu = _lu(explique) if explique else None
        return ChangementsLus(demande=demande_id, lieu=place, nombre=len(tous), changement=lu)

    return routes


def _lieu(lieux: list[str], voulu: str | None) -> str:
    if not lieux:
        raise CotationInconnue(
            "Aucune note n'est connue pour cette demande. Vérifiez son identifiant et ses lieux souhaités."
        )
    if voulu is None:
        return lieux[0]
    if voulu not in lieux:
        raise CotationInconnue("Cette demande n'est pas notée pour ce lieu. Lisez ses notes pour connaître ses lieux.")
    return voulu


def _voulu(tous: list[Changement], numero: int | None) -> Changement | None:
    if numero is None:
        return tous[-1] if tous else None
    if numero > len(tous):
        raise ChangementInconnu(
            f"La note n'a changé que {len(tous)} fois pour ce lieu : demandez un numéro de 1 à {len(tous)}."
            if tous
            else "La note n'a pas changé pour ce lieu depuis qu'elle est établie."
        )
    return tous[numero - 1]


def _lu(explique: ChangementExplique) -> ChangementLu:
    changement, comparaison = explique.changement, explique.comparaison
    avant, apres = _datee(changement.avant), _datee(changement.apres)
    if comparaison is None:
        recit = [f"La note passe de {avant.total} à {apres.total} ; les faits qui l'expliquaient ont été effacés."]
    else:
        recit = [phrase.strip() for phrase in raconter(comparaison)]
    return ChangementLu(
        numero=changement.numero,
        avant=avant,
        apres=apres,
        difference=ecrire(changement.difference),
        causes=None if comparaison is None else [_cause(part, comparaison) for part in comparaison.parts],
        recit=recit,
    )


def _cause(part: Part, comparaison: Comparaison) -> CauseDite:
    return CauseDite(
        cause=part.cause.value,
        points=ecrire(part.points),
        phrase=phrase_de_cause(part, comparaison),
        criteres=[phrase_de_ligne(ligne) for ligne in part.lignes],
    )


def _datee(etablie: CotationEtablie) -> NoteDatee:
    return NoteDatee(
        total=etablie.total,
        au=etablie.au,
        grille=etablie.grille,
        version=etablie.version,
        situation=etablie.situation,
        provisoire=etablie.provisoire,
        hors=etablie.hors,
    )
