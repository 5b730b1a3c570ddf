"""The bounds that columns are proved by: what the narrowest dtype holds, and that nothing wraps at its ends."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cotation.domain.condition import ANCIENNETE
from services.cotation.domain.moteur import compiler, encoder
from services.cotation.domain.moteur.erreurs import BornesNonProuvees
from services.cotation.domain.moteur.noeuds import Atelier, Noeud, dtype_de
from services.cotation.domain.moteur.programme import Bloc, programmer
from tests.cotation.abrege import LE, bornes, coche, coef, cumul, faits, grille, regle, tranches


@pytest.mark.parametrize(
    ("mini", "maxi", "dtype"),
    [
        (-128, 127, "int8"),
        (-129, 0, "int16"),
        (0, 128, "int16"),
        (-(2**15), 2**15 - 1, "int16"),
        (0, 2**15, "int32"),
        (-(2**31), 2**31 - 1, "int32"),
        (-(2**31) - 1, 0, "int64"),
        (-(2**63), 2**63 - 1, "int64"),
    ],
)
def test_le_dtype_le_plus_etroit(mini: int, maxi: int, dtype: str) -> None:
    assert dtype_de(mini, maxi) == np.dtype(dtype)


@pytest.mark.parametrize("bornes_", [(0, 2**63), (-(2**63) - 1, 0)])
def test_au_dela_de_64_bits_le_moteur_refuse(bornes_: tuple[int, int]) -> None:
    with pytest.raises(BornesNonProuvees, match="64 bits"):
        dtype_de(*bornes_)


@pytest.mark.parametrize(
    ("points", "dtype"),
    [("127", "int8"), ("128", "int16"), ("-128", "int8"), ("-129", "int16"), ("12.7", "int8"), ("12.75", "int16")],
)
def test_les_points_d_une_regle_prennent_la_place_prouvee(points: str, dtype: str) -> None:
    compilee = compiler(grille(regle("R", points, coche("a"))))
    resultat = compilee.evaluer_colonnes(encoder(compilee.encodage(), [faits(a=True), {}]), LE)
    assert resultat.points[0].dtype == np.dtype(dtype)
    assert resultat.total.tolist() == [int(resultat.points[0][0]), 0]


def test_un_plafond_garde_le_cumul_etroit() -> None:
    regles = [
        regle("LIBRE", cumul(ANCIENNETE, "2")),
        regle("PLAFONNE", cumul(ANCIENNETE, "2", "100")),
        regle("BORNE", cumul(ANCIENNETE, "2"), bornes=bornes(None, 50)),
    ]
    compilee = compiler(grille(*regles))
    mois = [0, 25, 26, 49, 50, 51, 10**6]
    situations = [faits(demande__anciennete_mois=m) for m in mois]
    resultat = compilee.evaluer_colonnes(encoder(compilee.encodage(), situations), LE)
    assert [points.dtype.name for points in resultat.points] == ["int32", "int8", "int8"]
    assert resultat.points[1].tolist() == [min(2 * m, 100) for m in mois]
    assert resultat.points[2].tolist() == [min(2 * m, 50) for m in mois]


def test_la_somme_de_cent_regles_ne_deborde_jamais() -> None:
    regles = [regle(f"R{rang}", 127 if rang % 2 else -128, coche("ab"[rang % 2])) for rang in range(300)]
    compilee = compiler(grille(*regles))
    situations = [faits(a=a, b=b) for a in (True, False) for b in (True, False)]
    resultat = compilee.evaluer_colonnes(encoder(compilee.encodage(), situations), LE)
    assert {points.dtype.name for points in resultat.points} == {"int8"}
    assert resultat.total.tolist() == [150 * (-128 + 127), 150 * -128, 150 * 127, 0]
    assert resultat.total.dtype == np.int16


def test_les_paliers_de_signes_contraires_restent_dans_leur_place() -> None:
    pas = [(0, 1, "127"), (1, 2, "-128"), (2, 3, "127"), (3, None, "-128")]
    compilee = compiler(grille(regle("R", tranches("x", *pas))))
    situations = [faits(x=x) for x in (-1, 0, 1, 2, 3)]
    resultat = compilee.evaluer_colonnes(encoder(compilee.encodage(), situations), LE)
    assert resultat.points[0].dtype == np.int8
    assert resultat.points[0].tolist() == [0, 127, -128, 127, -128]


def test_un_total_qui_pourrait_deborder_64_bits_est_refuse_et_se_note_un_par_un() -> None:
    regles = [regle("B", cumul("x", "1000000")), *(regle(f"C{rang}", coef("1.000001")) for rang in range(9))]
    compilee = compiler(grille(*regles, base="B"))
    situations = [faits(x=10**12 - 1)]
    with pytest.raises(BornesNonProuvees, match="plafond"):
        compilee.evaluer_colonnes(encoder(compilee.encodage(), situations), LE)
    assert compilee.totaux(situations, LE) == [(10**12 - 1) * 1000009]


BORNES = st.sampled_from([0, 1, -1, 127, 128, -128, -129, 32767, 32768, -32768, 2**31 - 1, -(2**31), 2**40])
INTERVALLES = st.tuples(BORNES, BORNES).map(sorted)


@settings(deadline=None)
@given(st.data())
def test_chaque_operation_vaut_celle_des_entiers_aux_bouts_des_intervalles(data: st.DataObject) -> None:
    """Two columns hold the four corners of their intervals; the graph must give what unbounded integers give."""
    atelier = Atelier()
    intervalles = data.draw(st.tuples(INTERVALLES, INTERVALLES))
    coins = [(x, y) for x in intervalles[0] for y in intervalles[1]]
    colonnes = [
        np.array(valeurs, dtype_de(*bornes_))
        for valeurs, bornes_ in zip(zip(*coins, strict=True), intervalles, strict=True)
    ]
    a, b = (atelier.entree(rang, colonnes[rang].dtype, *intervalles[rang]) for rang in (0, 1))
    seuil = data.draw(BORNES)
    constante = atelier.entier(seuil)
    attendus: list[tuple[Noeud, list[Any]]] = [
        (atelier.plus(a, b), [x + y for x, y in coins]),
        (atelier.moins(a, b), [x - y for x, y in coins]),
        (atelier.maximum(a, constante), [max(x, seuil) for x, _ in coins]),
        (atelier.minimum(a, b), [min(x, y) for x, y in coins]),
        (atelier.entre(a, seuil, seuil + 5), [min(max(x, seuil), seuil + 5) for x, _ in coins]),
        (atelier.decaler(a, 5), [x >> 5 for x, _ in coins]),
        (atelier.au_moins(a, seuil), [x >= seuil for x, _ in coins]),
        (atelier.egal(a, seuil), [x == seuil for x, _ in coins]),
        (atelier.identiques(a, b), [x == y for x, y in coins]),
        (atelier.masquer(atelier.au_moins(a, seuil), b), [y if x >= seuil else 0 for x, y in coins]),
        (atelier.somme([a, b, constante, a]), [x + y + seuil + x for x, y in coins]),
    ]
    if abs(seuil) <= 2**15:
        attendus.append((atelier.fois(a, constante), [x * seuil for x, _ in coins]))
    for noeud, valeurs in attendus:
        assert calculer(noeud, colonnes) == valeurs
        assert noeud.est_booleen or all(noeud.mini <= valeur <= noeud.maxi for valeur in valeurs)


def calculer(noeud: Noeud, colonnes: Sequence[np.ndarray[Any, Any]]) -> list[Any]:
    """The values of a node, through a program."""
    taille = len(colonnes[0])
    if noeud.op == "constante":
        return [noeud.param] * taille
    if noeud.op == "entree":
        valeurs: list[Any] = colonnes[noeud.param].tolist()
        return valeurs
    programme = programmer((noeud,))
    sortie = np.empty(taille, noeud.dtype)
    entrees = [colonnes[cle] for cle, _ in programme.entrees]
    programme.executer(programme.table(taille), Bloc(0, taille, {}), entrees, [sortie])
    calcules: list[Any] = sortie.tolist()
    return calcules


def test_deux_regles_semblables_partagent_leur_calcul() -> None:
    atelier = Atelier()
    x = atelier.entree("x", np.int16, 0, 100)
    assert atelier.au_moins(x, 3) is atelier.au_moins(x, 3)
    assert atelier.et((atelier.au_moins(x, 3), atelier.non(atelier.au_moins(x, 9)))) is atelier.et(
        (atelier.non(atelier.au_moins(x, 9)), atelier.au_moins(x, 3))
    )
    assert atelier.au_moins(x, 101) is atelier.faux
    assert atelier.au_moins(x, 0) is atelier.vrai
