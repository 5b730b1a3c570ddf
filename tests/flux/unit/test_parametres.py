"""The law's figures are dated and sourced, and the rules follow the date."""

from datetime import date
from fractions import Fraction

import pytest

from services.flux.domain import parametres
from services.flux.domain.bilan import echeance, echeance_ministere


def test_every_figure_has_its_article_and_versions_that_follow_each_other() -> None:
    codes = [p.code for p in parametres.parametres()]
    assert len(codes) == len(set(codes)) >= 10
    for parametre in parametres.parametres():
        for version in parametre.versions:
            assert version.article
            assert version.surete[0] in "RrSK"
        for avant, apres in zip(parametre.versions, parametre.versions[1:], strict=False):
            assert avant.au is not None
            assert (apres.du - avant.au).days == 1
        assert parametre.versions[-1].au is None


@pytest.mark.parametrize(
    ("jour", "echue"),
    [
        (date(2010, 1, 1), date(2021, 11, 24)),
        (date(2022, 2, 22), date(2021, 11, 24)),
        (date(2022, 2, 23), date(2023, 11, 24)),
        (None, date(2023, 11, 24)),
    ],
)
def test_a_figure_is_read_on_a_day(jour: date | None, echue: date) -> None:
    assert parametres.CONVERSION_ECHEANCE.le(jour) == echue


def test_the_figures_of_the_law() -> None:
    assert parametres.PART_ETAT_MAX.le() == Fraction(3, 10)
    assert parametres.PART_ETAT_AGENTS_MAX.le() == Fraction(1, 20)
    assert parametres.PART_ETAT_HORS_QPV_MIN.le() == Fraction(3, 10)
    assert parametres.PART_GARANTIES_MAX.le() == Fraction(1, 5)
    assert parametres.OBJECTIF_PREMIER_QUARTILE.le() == Fraction(1, 4)
    assert parametres.OBJECTIF_AUTRES_QUARTILES_QPV.le() == Fraction(1, 2)
    assert (echeance(2027), echeance_ministere(2027)) == (date(2028, 2, 28), date(2028, 2, 15))
