"""Scores by difference equal those computed from nothing, whatever changed."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from services.cotation.domain.condition import ANCIENNETE
from services.cotation.domain.grille import (
    Bloc,
    Grille,
    Groupe,
    HorsCotation,
    ModeGroupe,
    NiveauPreuve,
    Points,
    Preuve,
    Regle,
    RegleDeBloc,
)
from services.cotation.domain.moteur import Detail, Encodage, ResultatColonnes, compiler, encoder
from services.cotation.domain.moteur.erreurs import ReevaluationImpossible
from tests.cotation.abrege import LE, bornes, coche, coef, cumul, faits, feuille, grille, par_mois, regle, tranches

SITUATIONS = [
    faits(a=a, b=b, x=x, h=h, demande__anciennete_mois=3 * x)
    for a, b, x, h in product((True, False), (True, False), range(6), (0, 1))
]


def avant(**reste: object) -> Grille:
    """A grid with everything that ties a rule to the others."""
    regles = [
        regle("R1", 5, coche("a"), preuve=Preuve(NiveauPreuve.DOCUMENT)),
        regle("R2", 5, coche("a")),
        regle("R3", 7, coche("b"), bloc="c"),
        regle("R4", tranches("x", (0, 2, "1"), (2, 4, "9"), (4, None, "-20"))),
        regle("R5", cumul("x", "2.5", "10"), bloc="c"),
        regle("R6", 5, coche("a")),
    ]
    valeurs: dict[str, object] = {
        "blocs": (Bloc("b", "", bornes(-3, 16)), Bloc("c", "")),
        "groupes": (Groupe("g", ModeGroupe.MAX, ("R3", "R4")),),
        "hors_cotation": (HorsCotation("h", "", feuille("h", "egal", 1)),),
        "bornes_total": bornes(-10, 30),
    }
    return grille(*regles, **(valeurs | reste))


def avec(grille_: Grille, *changees: Regle) -> Grille:
    """The same grid with some rules replaced."""
    par_id = {changee.id: changee for changee in changees}
    return replace(grille_, regles=tuple(par_id.get(ancienne.id, ancienne) for ancienne in grille_.regles))


MULTIPLIEE = grille(
    regle("ANC", par_mois()),
    regle("C1", coef("1.3"), coche("a")),
    regle("C2", coef("1.3"), coche("b")),
    regle("P", 4),
    base="ANC",
)
CAS = {
    "rien": (avant(), avant()),
    "les points d'une règle": (avant(), avec(avant(), regle("R2", "5.5", coche("a")))),
    "des points dont l'échelle change": (avant(), avec(avant(), regle("R2", "5.25", coche("a")))),
    "une règle jumelle d'une autre": (avant(), avec(avant(), regle("R6", 6, coche("a")))),
    "la condition d'une règle": (avant(), avec(avant(), regle("R3", 7, feuille("x", "superieur", 3), bloc="c"))),
    "un barème pris dans un groupe": (avant(), avec(avant(), regle("R4", tranches("x", (1, 3, "30"), (3, None, "2"))))),
    "un cumul": (avant(), avec(avant(), regle("R5", cumul("x", "3"), bloc="c"))),
    "une preuve": (avant(), avec(avant(), regle("R1", 5, coche("a")))),
    "la borne d'un bloc": (avant(), avant(blocs=(Bloc("b", "", bornes(None, 8)), Bloc("c", "")))),
    "la borne du total": (avant(), avant(bornes_total=bornes(0, None))),
    "le périmètre": (avant(), avant(hors_cotation=())),
    "une règle de bloc": (avant(), avant(regles_de_bloc=(RegleDeBloc("c", "b"),))),
    "toutes les règles": (avant(), avec(avant(), *(replace(r, effet=Points(Decimal(3))) for r in avant().regles))),
    "un coefficient": (MULTIPLIEE, avec(MULTIPLIEE, regle("C1", coef("1.8"), coche("a")))),
    "la base": (MULTIPLIEE, avec(MULTIPLIEE, regle("ANC", cumul(ANCIENNETE, "2")))),
    "des points à côté de la base": (MULTIPLIEE, avec(MULTIPLIEE, regle("P", "-4.5"))),
    "le mode": (avant(), MULTIPLIEE),
}


@pytest.mark.parametrize("cas", CAS)
def test_la_difference_vaut_le_calcul_entier(cas: str) -> None:
    ancienne, nouvelle = CAS[cas]
    colonnes = encoder(Encodage.pour(ancienne, nouvelle), SITUATIONS)
    resultat = compiler(ancienne).evaluer_colonnes(colonnes, LE)
    attendu = compiler(nouvelle).evaluer_colonnes(colonnes, LE)
    obtenu = compiler(nouvelle).reevaluer(resultat)
    assert valeurs(obtenu) == valeurs(attendu)
    assert valeurs(compiler(ancienne).reevaluer(obtenu)) == valeurs(resultat)


def valeurs(resultat: ResultatColonnes) -> list[object]:
    """Every array with its dtype."""
    tableaux = (*resultat.points, resultat.total, resultat.hors_cotation, resultat.provisoire, resultat.somme)
    return [(tableau.dtype.name, tableau.tolist()) for tableau in tableaux] + [resultat.decimales_total]


def test_ce_qui_n_a_pas_change_n_est_pas_recalcule() -> None:
    ancienne = avant()
    nouvelle = avec(ancienne, regle("R2", 6, coche("a")))
    resultat = compiler(ancienne).evaluer_colonnes(encoder(Encodage.pour(ancienne), SITUATIONS), LE)
    obtenu = compiler(nouvelle).reevaluer(resultat)
    partages = [apres is avant_ for apres, avant_ in zip(obtenu.points, resultat.points, strict=True)]
    assert partages == [True, False, True, True, True, True]


def test_une_difference_demande_les_points_de_chaque_critere() -> None:
    compilee = compiler(avant())
    totaux = compilee.evaluer_colonnes(encoder(compilee.encodage(), SITUATIONS), LE, Detail.TOTAL)
    assert totaux.points == ()
    with pytest.raises(ReevaluationImpossible, match="points"):
        compilee.reevaluer(totaux)
