"""Eligibility arithmetic: every worked example of demande.md §7, the whole table of ceilings, and the edges."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.demande.domain import plafonds
from services.demande.domain.eligibilite import (
    FoyerInvalide,
    arrondir,
    categorie_menage,
    cout_logement_net,
    depasse_tous_les_plafonds,
    est_du_premier_quartile,
    est_eligible,
    est_sous_occupe,
    est_suroccupe,
    jeune_menage,
    part_du_plafond,
    ressources_annuelles_par_uc,
    reste_a_vivre,
    revenu_retenu,
    surface_minimale_m2,
    taux_effort,
    unites_consommation,
)
from services.demande.domain.plafonds import Financement, PlafondInconnu, Zone, plafond, zone

LE = date(2026, 11, 22)
PLAI, PLUS, PLS = Financement.PLAI, Financement.PLUS, Financement.PLS
PARIS, IDF, REGIONS = Zone.PARIS_LIMITROPHES, Zone.IDF_HORS_PARIS, Zone.AUTRES_REGIONS

# demande.md §7.1, values of 2026: PLUS Paris, PLUS IDF, PLUS régions, PLAI Paris, PLAI IDF, PLAI régions, PLS régions
TABLE = {
    1: (26920, 26920, 23403, 14811, 14811, 12870, 30424),
    2: (40233, 40233, 31254, 24140, 24140, 18753, 40630),
    3: (52739, 48361, 37583, 31643, 29018, 22551, 48858),
    4: (62968, 57930, 45374, 34637, 31860, 25092, 58986),
    5: (74918, 68576, 53375, 41203, 37719, 29359, 69388),
    6: (84304, 77171, 60156, 46369, 42444, 33086, 78203),
}
COLONNES = ((PLUS, PARIS), (PLUS, IDF), (PLUS, REGIONS), (PLAI, PARIS), (PLAI, IDF), (PLAI, REGIONS), (PLS, REGIONS))
SUPPLEMENTS = (9394, 8598, 6710, 5166, 4727, 3689, 8723)


@pytest.mark.parametrize("categorie", TABLE)
def test_the_ceilings_of_2026(categorie: int) -> None:
    assert tuple(plafond(categorie, z, f, LE) for f, z in COLONNES) == TABLE[categorie]


def test_above_six_each_person_adds_the_supplement() -> None:
    for (financement, une_zone), supplement, six in zip(COLONNES, SUPPLEMENTS, TABLE[6], strict=True):
        assert plafond(7, une_zone, financement, LE) == six + supplement
        assert plafond(9, une_zone, financement, LE) == six + 3 * supplement


def test_ceilings_hold_from_their_first_day_and_not_before() -> None:
    assert plafond(1, REGIONS, PLUS, date(2026, 1, 1)) == 23403
    with pytest.raises(PlafondInconnu, match="2026-01-01"):
        plafond(1, REGIONS, PLUS, date(2025, 12, 31))
    with pytest.raises(ValueError, match="commence à 1"):
        plafond(0, REGIONS, PLUS, LE)


def test_the_table_of_a_later_year_takes_over_on_its_first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    montants = {"PLUS": {"1": {"autres_regions": {"montant": 23_999}}, "+": {"autres_regions": {"montant": 6_800}}}}
    suivante = (date(2027, 1, 1), montants)
    de_2026 = plafonds._tables()
    monkeypatch.setattr(plafonds, "_tables", lambda: (suivante, *de_2026))
    assert plafond(1, REGIONS, PLUS, date(2026, 12, 31)) == 23_403
    assert plafond(1, REGIONS, PLUS, date(2027, 1, 1)) == 23_999


@pytest.mark.parametrize(
    ("commune", "attendue"),
    [
        ("75056", PARIS),
        ("75112", PARIS),
        ("92012", PARIS),
        ("93066", PARIS),
        ("78646", IDF),
        ("94028", IDF),
        ("67482", REGIONS),
        ("13201", REGIONS),
    ],
)
def test_the_zone_is_that_of_the_dwelling(commune: str, attendue: Zone) -> None:
    assert zone(commune) is attendue


@pytest.mark.parametrize(
    ("foyer", "categorie"),
    [
        ({"personnes": 1, "titulaires": 1, "a_charge": 0}, 1),
        ({"personnes": 1, "titulaires": 1, "a_charge": 0, "handicap": True}, 2),
        ({"personnes": 2, "titulaires": 2, "a_charge": 0}, 2),
        ({"personnes": 2, "titulaires": 2, "a_charge": 0, "jeune_menage": True}, 3),
        ({"personnes": 2, "titulaires": 1, "a_charge": 1}, 3),
        ({"personnes": 2, "titulaires": 2, "a_charge": 0, "handicap": True}, 3),
        ({"personnes": 3, "titulaires": 2, "a_charge": 1}, 3),
        ({"personnes": 3, "titulaires": 2, "a_charge": 1, "jeune_menage": True}, 3),
        ({"personnes": 3, "titulaires": 1, "a_charge": 2}, 4),
        ({"personnes": 3, "titulaires": 2, "a_charge": 1, "handicap": True}, 4),
        ({"personnes": 3, "titulaires": 1, "a_charge": 2, "handicap": True}, 4),
        ({"personnes": 5, "titulaires": 1, "a_charge": 4}, 6),
        ({"personnes": 6, "titulaires": 2, "a_charge": 4}, 6),
        ({"personnes": 8, "titulaires": 2, "a_charge": 6}, 8),
    ],
)
def test_the_category_of_a_household(foyer: dict[str, int], categorie: int) -> None:
    assert categorie_menage(**foyer) == categorie


@pytest.mark.parametrize(("personnes", "titulaires", "a_charge"), [(0, 1, 0), (1, 0, 1), (2, 1, 2), (1, 1, -1)])
def test_a_household_that_cannot_be_is_refused(personnes: int, titulaires: int, a_charge: int) -> None:
    with pytest.raises(FoyerInvalide):
        categorie_menage(personnes=personnes, titulaires=titulaires, a_charge=a_charge)


def _eligible(revenu: int | None, categorie: int, financement: Financement) -> bool | None:
    return est_eligible(revenu, categorie, REGIONS, financement, LE, sejour_regulier=True)


def test_example_1_a_couple_of_34_and_30() -> None:
    assert not jeune_menage(34, 30)
    categorie = categorie_menage(personnes=2, titulaires=2, a_charge=0, jeune_menage=jeune_menage(34, 30))
    assert categorie == 2
    assert _eligible(28_000, categorie, PLUS) is True
    assert arrondir(100 * part_du_plafond(28_000, categorie, REGIONS, PLUS, LE), 1) == Decimal("89.6")
    assert _eligible(28_000, categorie, PLAI) is False


def test_example_2_a_young_couple() -> None:
    assert jeune_menage(27, 26)
    categorie = categorie_menage(personnes=2, titulaires=2, a_charge=0, jeune_menage=True)
    assert _eligible(32_000, categorie, PLUS) is True
    assert _eligible(32_000, 2, PLUS) is False


def test_example_3_a_lone_parent_of_two() -> None:
    categorie = categorie_menage(personnes=3, titulaires=1, a_charge=2)
    assert categorie == 4
    assert _eligible(24_900, categorie, PLAI) is True
    assert _eligible(24_900, categorie, PLUS) is True


def test_example_4_a_person_alone_with_a_handicap() -> None:
    categorie = categorie_menage(personnes=1, titulaires=1, a_charge=0, handicap=True)
    assert categorie == 2
    assert _eligible(24_000, categorie, PLUS) is True
    assert _eligible(24_000, 1, PLUS) is False


def test_the_ceiling_itself_is_eligible_and_one_euro_more_is_not() -> None:
    assert _eligible(31_254, 2, PLUS) is True
    assert _eligible(31_255, 2, PLUS) is False


def test_an_income_that_is_not_known_is_neither_refused_nor_accepted() -> None:
    assert _eligible(None, 2, PLUS) is None
    assert est_eligible(None, 2, REGIONS, PLUS, LE, sejour_regulier=False) is False
    assert est_eligible(10_000, 2, REGIONS, PLUS, LE, sejour_regulier=False) is False


def test_only_an_income_above_every_ceiling_founds_an_irrecevabilite() -> None:
    assert not depasse_tous_les_plafonds(40_630, 2, REGIONS, LE)
    assert depasse_tous_les_plafonds(40_631, 2, REGIONS, LE)


@pytest.mark.parametrize(
    ("n2", "recent", "retenu"),
    [
        (30_000, None, 30_000),
        (30_000, 27_001, 30_000),
        (30_000, 27_000, 27_000),
        (30_000, 35_000, 30_000),
        (None, 9, None),
    ],
)
def test_a_recent_income_counts_when_it_is_ten_percent_lower(
    n2: int | None, recent: int | None, retenu: int | None
) -> None:
    assert revenu_retenu(n2, recent) == retenu


COUT = cout_logement_net(loyer=42_000, annexes=3_000, charges=9_500, contribution=0, forfait=6_000, aide=21_000)


@pytest.mark.duty("demande:C08")
def test_the_worked_taux_d_effort() -> None:
    assert COUT == 39_500
    taux = taux_effort(COUT, 145_000)
    assert taux is not None
    assert arrondir(100 * taux, 1) == Decimal("27.2")


def test_without_resources_there_is_no_taux_d_effort_rather_than_zero() -> None:
    assert taux_effort(COUT, 0) is None


def test_aids_above_the_rent_leave_no_cost() -> None:
    assert cout_logement_net(loyer=10_000, aide=21_000) == 0


def test_the_worked_reste_a_vivre() -> None:
    unites = unites_consommation([35, 8])
    assert unites == Fraction(13, 10)
    reste = reste_a_vivre(ressources=145_000, cout_net=COUT, parts=unites)
    assert arrondir(reste / 100, 2) == Decimal("27.05")


def test_reste_a_vivre_takes_the_choices_of_the_territory() -> None:
    assert reste_a_vivre(ressources=145_000, cout_net=COUT, jours=1) == 105_500
    assert reste_a_vivre(ressources=145_000, cout_net=COUT, pensions_versees=5_500, parts=2, jours=1) == 50_000
    assert reste_a_vivre(ressources=0, cout_net=3_000) == -100
    with pytest.raises(FoyerInvalide):
        reste_a_vivre(ressources=1, cout_net=0, parts=0)


def test_the_worked_first_quartile() -> None:
    unites = unites_consommation([40, 15, 6])
    assert unites == Fraction(18, 10)
    annuelles = ressources_annuelles_par_uc(115_000, unites)
    assert arrondir(annuelles / 100, 0) == Decimal(7667)
    assert est_du_premier_quartile(annuelles, 9_243)
    assert not est_du_premier_quartile(annuelles, 7_666)


@pytest.mark.parametrize(
    ("ages", "unites"),
    [([20], 1), ([40, 14], Fraction(3, 2)), ([40, 13], Fraction(13, 10)), ([40, 38, 15, 13, 0], Fraction(26, 10))],
)
def test_consumption_units_change_at_fourteen(ages: list[int], unites: Fraction) -> None:
    assert unites_consommation(ages) == unites


@pytest.mark.parametrize("ages", [[], [13, 2], [30, -1]])
def test_consumption_units_of_no_household(ages: list[int]) -> None:
    with pytest.raises(FoyerInvalide):
        unites_consommation(ages)


def test_occupation_of_a_dwelling() -> None:
    assert est_sous_occupe(3, 1)
    assert est_sous_occupe(4, 2)
    assert not est_sous_occupe(3, 2)
    assert [surface_minimale_m2(n) for n in range(1, 10)] == [9, 16, 25, 34, 43, 52, 61, 70, 70]
    assert est_suroccupe(15, 2)
    assert not est_suroccupe(16, 2)
    with pytest.raises(FoyerInvalide):
        est_suroccupe(10, 0)


@pytest.mark.parametrize(
    ("valeur", "decimales", "attendu"),
    [
        (Fraction(500, 1300) * 100, 2, "38.46"),
        (Fraction(5, 1000), 2, "0.01"),
        (Fraction(-5, 1000), 2, "-0.01"),
        (Fraction(4999, 1_000_000), 2, "0.00"),
        (Fraction(10**30 + 1, 2), 0, str((10**30 + 2) // 2)),
    ],
)
def test_rounding_is_exact_and_half_away_from_zero(valeur: Fraction, decimales: int, attendu: str) -> None:
    assert str(arrondir(valeur, decimales)) == attendu


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 6))
def test_rounding_moves_by_half_a_unit_at_most(valeur: Fraction, decimales: int) -> None:
    assert abs(Fraction(arrondir(valeur, decimales)) - valeur) <= Fraction(1, 2 * 10**decimales)
