"""Tables of weights and joint laws."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.tirages import Table, ajuster, entier, quantiles_lognormale

POIDS = st.lists(st.floats(0.01, 100), min_size=1, max_size=6)


@given(st.data(), POIDS, POIDS)
def test_la_loi_ajustee_a_les_deux_marges(data, lignes, colonnes):
    noyau = [[data.draw(st.floats(0.1, 10)) for _ in colonnes] for _ in lignes]
    loi = ajuster(noyau, lignes, colonnes)
    for ligne, masse in zip(loi, lignes, strict=True):
        assert sum(ligne) == pytest.approx(masse / sum(lignes), abs=1e-6)
    for colonne, masse in zip(zip(*loi, strict=True), colonnes, strict=True):
        assert sum(colonne) == pytest.approx(masse / sum(colonnes), abs=1e-6)


def test_des_couples_interdits_peuvent_rendre_les_marges_impossibles():
    with pytest.raises(ValueError, match="marges"):
        ajuster([[1, 0], [0, 1]], [0.5, 0.5], [0.9, 0.1])


def test_une_valeur_sans_poids_n_est_jamais_tiree():
    table = Table({"a": 1, "b": 0, "c": 3})
    alea = Random(1)
    tires = [table.tirer(alea.random) for _ in range(4000)]
    assert set(tires) == {"a", "c"}
    assert tires.count("c") / 4000 == pytest.approx(0.75, abs=0.03)
    assert table.tirer(lambda: 0.0) == "a"
    assert table.tirer(lambda: 1 - 2**-53) == "c"
    with pytest.raises(ValueError, match="poids positif"):
        Table({"a": 0})


def test_un_entier_va_d_une_borne_a_l_autre():
    assert entier(lambda: 0.0, 3, 5) == 3
    assert entier(lambda: 1 - 2**-53, 3, 5) == 5


def test_les_quantiles_ont_la_mediane_de_la_loi():
    valeurs = quantiles_lognormale(9.376, 0.321)
    assert valeurs[len(valeurs) // 2] == pytest.approx(11802, rel=0.01)
