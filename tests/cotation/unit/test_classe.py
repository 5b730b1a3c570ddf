"""Similarity classes: their names, how they widen, and bands in which nobody can be singled out (cotation.md §6)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import contracts
from contracts.situation.fait import Provenance
from contracts.situation.lecture import FaitLu, LieuLu, Situation
from services.cotation.domain.classe import Classe, classes_du_lieu, lire_classe, tranches
from services.cotation.domain.grille import Similarite
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.recit_de_position import phrase_de_position

STRASBOURG = lire_grille(
    (Path(contracts.__file__).parent / "grilles" / "strasbourg-2019.json").read_text(encoding="utf-8")
)
LE = date(2026, 11, 22)
LIEU = "67482:Port du Rhin, nord"


def situation(part: str | None = "72.5", quartier: str | None = "Port du Rhin, nord") -> Situation:
    faits = {} if part is None else {"ressources.plafond_plus_pct": FaitLu(part, Provenance.DECLAREE, LE)}
    lieu = LieuLu("67482", 1, quartier=quartier, epci="246700488", faits=faits)
    typologies = FaitLu(["T4", "T3", "T3"], Provenance.REGISTRE, LE)
    return Situation("d", 1, 2026, {"demande.typologies_souhaitees": typologies}, {LIEU: lieu})


def voile(debut: str, bande: str) -> str:
    return f"{abs(hash((debut, bande))):032x}"


def bande(debut: str, bande: str) -> str:
    return bande.lower().ljust(16, "0")


def test_a_class_adds_the_typology_and_hides_the_resource_band() -> None:
    noms = classes_du_lieu(situation(), LIEU, STRASBOURG, voile)
    assert [Classe(nom).typologie for nom in noms] == ["T3", "T4"]
    assert "PLUS" not in "".join(noms)
    assert {len(nom.rpartition(",")[2]) for nom in noms} == {16}
    assert Classe(noms[0]).quartier == "Port du Rhin, nord"


@pytest.mark.parametrize(
    ("part", "attendue"),
    [("60", "plai"), ("60.01", "plus"), ("100", "plus"), ("130", "pls"), ("131", "au_dela"), (None, "inconnu")],
)
def test_the_resource_band(part: str | None, attendue: str) -> None:
    (nom, _) = classes_du_lieu(situation(part), LIEU, STRASBOURG, bande)
    assert nom.endswith(attendue.ljust(16, "0"))


def test_a_class_widens_by_its_resources_then_its_quartier_then_its_commune() -> None:
    (nom, _) = classes_du_lieu(situation(), LIEU, STRASBOURG, bande)
    suite = Classe(nom).elargies()
    assert [une.criteres for une in suite] == [
        ("territoire", "typologie", "lieu", "plafond"),
        ("territoire", "typologie", "lieu"),
        ("territoire", "typologie", "lieu"),
        ("territoire", "typologie"),
    ]
    assert [une.quartier for une in suite] == ["Port du Rhin, nord", "Port du Rhin, nord", None, None]
    for etroite, large in pairwise(suite):
        assert large.bornes[0] <= etroite.bornes[0] < etroite.bornes[1] <= large.bornes[1]
    assert not Classe("246700488,tous,T3,67482,,").bornes[0] <= nom < Classe("246700488,tous,T3,67482,,").bornes[1]


def test_a_key_without_resources_nor_place_is_obeyed() -> None:
    grille = replace(STRASBOURG, similarite=Similarite(("territoire",)))
    (nom, _) = classes_du_lieu(situation(), LIEU, grille, bande)
    assert nom == "246700488,tous,T3,,,"
    assert [une.criteres for une in Classe(nom).elargies()] == [("territoire", "typologie")]


def test_the_name_of_a_class_is_read_as_it_was_given_and_nothing_else_is() -> None:
    (nom, _) = classes_du_lieu(situation(), LIEU, STRASBOURG, voile)
    for classe in Classe(nom).elargies():
        assert lire_classe(classe.nom) == classe
    assert lire_classe(nom.replace("%2C", "%2c").replace("%20", " ").replace("%2c", "%2C")) == Classe(nom)
    for mauvais in (
        "",
        "246700488",
        "246700488,tous,T3,Neudorf,",
        "x,tous,T3,",
        f"{nom},",
        "246700488,tous,T3,67482,a b",
    ):
        assert lire_classe(mauvais) is None, mauvais


def test_a_position_is_said_in_french_and_a_small_class_is_not() -> None:
    classe = Classe("246700488,tous,T3,67482,,").elargies()[0]
    assert phrase_de_position(classe, (1, 40), elargie=False) == (
        "Votre demande est 1re sur 40 demandes semblables : logement T3, même commune."
    )
    assert "Trop peu" in phrase_de_position(classe, None, elargie=False)


@given(
    st.dictionaries(st.integers(-50, 200), st.integers(1, 40), max_size=60),
    st.integers(2, 30),
)
def test_bands_cover_every_note_and_none_is_small(effectifs: dict[int, int], minimum: int) -> None:
    histogramme = sorted(((Decimal(n), combien) for n, combien in effectifs.items()), reverse=True)
    total, found = sum(effectifs.values()), tranches(histogramme, minimum)
    assert bool(found) is (total >= minimum)
    for tranche in found:
        assert tranche.effectif == sum(c for n, c in histogramme if tranche.de <= n <= tranche.a) >= minimum
    if found:
        assert sum(tranche.effectif for tranche in found) == total
        assert len(found) <= 20
