"""Weights from an ordering: the order is kept, the points stay within the convention, the guarantees hold."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cotation.commandes.ordre import lire_ordre
from services.cotation.domain.poids import OrdreInvalide, Rang, poids_selon_ordre


@st.composite
def ordres(draw: st.DrawFn) -> list[Rang]:
    """One to eight ranks of one to three criteria, with gaps."""
    tailles = draw(st.lists(st.integers(1, 3), min_size=1, max_size=8))
    return [
        Rang(tuple(f"C{rang}_{place}" for place in range(taille)), draw(st.integers(1, 6)))
        for rang, taille in enumerate(tailles)
    ]


@settings(max_examples=100, deadline=None)
@given(ordres())
def test_l_ordre_et_ses_garanties_sont_gardes(rangs: list[Rang]) -> None:
    poids = poids_selon_ordre(rangs).poids
    par_rang = [{p.points for p in poids if p.rang == rang} for rang in range(1, len(rangs) + 1)]
    assert all(len(points) == 1 for points in par_rang)
    niveaux = [points.pop() for points in par_rang]
    assert niveaux[0] == 50
    assert niveaux[-1] >= 1
    assert all(haut > bas for haut, bas in pairwise(niveaux))
    for un in poids:
        moindres = [autre.points for autre in poids if autre.rang > un.rang]
        if un.cumul_garanti:
            assert max(sum(c) for c in combinations(moindres, un.cumul_garanti)) < un.points
        if un.cumul_garanti < len(moindres):
            assert max(sum(c) for c in combinations(moindres, un.cumul_garanti + 1)) >= un.points


def test_un_ecart_plus_large_ecarte_les_points() -> None:
    serre = poids_selon_ordre([Rang(("A",)), Rang(("B",)), Rang(("C",))])
    large = poids_selon_ordre([Rang(("A",), 3), Rang(("B",)), Rang(("C",))])
    assert [p.points for p in serre.poids] == [50, 33, 16]
    assert [p.points for p in large.poids] == [50, 20, 10]
    assert serre.ordres == ("A > B", "B > C", "A > B + C")  # 50 > 33 + 16
    assert large.ordres == ("A > B", "B > C", "A > B + C")


def test_des_malus_gardent_l_ordre_sous_zero() -> None:
    assert [p.points for p in poids_selon_ordre([Rang(("A",)), Rang(("B",))], maximum=-50).poids] == [-50, -25]


@pytest.mark.parametrize(
    "rangs", [[], [Rang(())], [Rang(("A",)), Rang(("A",))], [Rang(("A",), 0)], [Rang((f"C{i}",)) for i in range(51)]]
)
def test_un_ordre_qui_ne_tient_pas_est_refuse_en_clair(rangs: list[Rang]) -> None:
    with pytest.raises(OrdreInvalide) as refus:
        poids_selon_ordre(rangs)
    assert all(faute.endswith(".") for faute in refus.value.fautes)


def test_le_json_et_le_texte_disent_le_meme_ordre() -> None:
    texte = b"A\n+2\nB = C\nD\n"
    assert lire_ordre(texte) == lire_ordre(b'["A", {"ecart": 2}, ["B", "C"], "D"]')
    assert lire_ordre(b'{"ordre": ["A"], "maximum": 30}') == ([Rang(("A",))], 30)


@pytest.mark.parametrize(
    "octets", [b'{"ordre": 3}', b'[{"ecart": 1}]', b"[3]", b'{"ordres": []}', b"+x\n", b"A\n+x\n", b"A = \n"]
)
def test_un_fichier_d_ordre_mal_ecrit_est_refuse(octets: bytes) -> None:
    with pytest.raises(OrdreInvalide):
        lire_ordre(octets)
