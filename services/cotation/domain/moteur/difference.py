"""Scores of many situations under a grid that differs a little from the one they were scored with.

What the two grids compute alike is taken from the arrays of the first result; the sum moves by the difference of the terms
that changed. The result equals the one computed from nothing, value by value and dtype by dtype.
"""

from collections import Counter
from collections.abc import Mapping

from services.cotation.domain.moteur.colonnes import Tableau
from services.cotation.domain.moteur.erreurs import ReevaluationImpossible
from services.cotation.domain.moteur.execution import Detail, ResultatColonnes, a_calculer, calculer, sorties_de
from services.cotation.domain.moteur.forme import Forme
from services.cotation.domain.moteur.noeuds import Noeud
from services.cotation.domain.moteur.plan import Plan, planifier
from services.cotation.domain.moteur.programme import programmer


def reevaluer(forme: Forme, avant: ResultatColonnes, fils: int) -> ResultatColonnes:
    """The result of a grid on the columns and day of another result, computed by difference.

    Raises ReevaluationImpossible when `avant` was computed without the points of each line, ColonneManquante when its
    columns lack what the grid reads.
    """
    if avant.detail is not Detail.POINTS:
        raise ReevaluationImpossible(
            "Ce résultat n'a gardé que les totaux : une différence a besoin des points de chaque critère. "
            "Évaluez d'abord avec le détail « points »."
        )
    connus = _connus(avant)
    with avant.chantier.verrou:
        plan = planifier(forme, avant.chantier)
        somme = _somme(plan, avant, forme.total)
        noeuds = (
            *plan.lignes,
            somme,
            plan.total if somme is plan.somme else plan.finir(somme),
            plan.hors,
            plan.provisoire,
        )
        programme = programmer([noeud for noeud in a_calculer(noeuds) if noeud.numero not in connus], connus)
    *points, sommes, total, hors, provisoire = calculer(noeuds, avant.colonnes, programme, connus, fils)
    return ResultatColonnes(
        n=avant.n,
        as_of=avant.as_of,
        detail=Detail.POINTS,
        total=total,
        somme=sommes,
        hors_cotation=hors,
        provisoire=provisoire,
        points=tuple(points),
        decimales_total=forme.total,
        decimales=tuple(forme.decimales(ligne) for ligne in forme.lignes),
        colonnes=avant.colonnes,
        chantier=avant.chantier,
        plan=plan,
    )


def _connus(avant: ResultatColonnes) -> Mapping[int, Tableau]:
    """The arrays at hand, by node number: those of the lines, of the sum, of the scope."""
    tableaux = (*avant.points, avant.somme, avant.total, avant.hors_cotation, avant.provisoire)
    paires = zip(sorties_de(avant.plan, Detail.POINTS), tableaux, strict=True)
    return {noeud.numero: tableau for noeud, tableau in paires if noeud.op not in {"constante", "entree"}}


def _somme(plan: Plan, avant: ResultatColonnes, decimales: int) -> Noeud:
    """The sum before the floor and cap of the total: the former one plus what changed, when that is shorter."""
    atelier = avant.chantier.atelier
    nouveaux, anciens = Counter(plan.termes), Counter(avant.plan.termes)
    arrivent, partent = list((nouveaux - anciens).elements()), list((anciens - nouveaux).elements())
    changes = len(arrivent) + len(partent)
    if plan.somme is avant.plan.somme or decimales != avant.decimales_total or changes >= len(plan.termes):
        return plan.somme
    deplacee = atelier.moins(atelier.somme([avant.plan.somme, *arrivent]), atelier.somme(partent))
    return atelier.borne_connue(deplacee, plan.somme.mini, plan.somme.maxi)
