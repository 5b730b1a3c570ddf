"""Months and working days, against dates worked by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendrier import (
    age_revolu,
    ajouter_mois,
    anniversaire,
    est_ouvrable,
    jours_feries,
    mois_entre,
    paques,
    reporter_au_jour_ouvrable,
)

JOURS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("jour", "mois", "attendu"),
    [
        (date(2025, 3, 14), 12, date(2026, 3, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 14), -1, date(2026, 2, 14)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_a_delay_in_months_ends_on_the_same_day_or_the_last_of_a_short_month(
    jour: date, mois: int, attendu: date
) -> None:
    assert ajouter_mois(jour, mois) == attendu


def test_a_date_out_of_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="calendrier"):
        ajouter_mois(date(9999, 12, 1), 1)


@given(JOURS, st.integers(0, 1200))
def test_whole_months_are_the_largest_that_fit(debut: date, mois: int) -> None:
    fin = debut + timedelta(days=mois * 30)
    entiers = mois_entre(debut, fin)
    assert ajouter_mois(debut, entiers) <= fin < ajouter_mois(debut, entiers + 1)


@pytest.mark.parametrize(
    ("annee", "dimanche"),
    [
        (1961, date(1961, 4, 2)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2011, date(2011, 4, 24)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(annee: int, dimanche: date) -> None:
    assert paques(annee) == dimanche


@given(st.integers(1900, 2200))
def test_easter_is_a_sunday_between_22_march_and_25_april(annee: int) -> None:
    assert paques(annee).weekday() == 6
    assert date(annee, 3, 22) <= paques(annee) <= date(annee, 4, 25)


def test_the_eleven_holidays_of_2026() -> None:
    assert sorted(jours_feries(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


@pytest.mark.parametrize("departement", ["57", "67", "68"])
def test_alsace_moselle_has_two_more(departement: str) -> None:
    assert jours_feries(2026, departement) - jours_feries(2026) == {date(2026, 4, 3), date(2026, 12, 26)}


def test_other_departements_have_the_national_ones_and_overseas_the_abolition() -> None:
    assert jours_feries(2026, "54") == jours_feries(2026)
    assert jours_feries(2026, "974") - jours_feries(2026) == {date(2026, 12, 20)}


def test_an_end_on_a_holiday_goes_to_the_next_working_day() -> None:
    assert reporter_au_jour_ouvrable(date(2026, 12, 25), "75") == date(2026, 12, 28)
    assert reporter_au_jour_ouvrable(date(2025, 12, 25), "75") == date(2025, 12, 26)
    assert reporter_au_jour_ouvrable(date(2025, 12, 25), "67") == date(2025, 12, 29)
    assert reporter_au_jour_ouvrable(date(2026, 11, 20), "67") == date(2026, 11, 20)


@given(JOURS, st.sampled_from(["", "67", "974"]))
def test_the_end_of_a_delay_is_a_working_day_and_never_earlier(jour: date, departement: str) -> None:
    fin = reporter_au_jour_ouvrable(jour, departement)
    assert est_ouvrable(fin, departement)
    assert all(not est_ouvrable(jour + timedelta(days=ecart), departement) for ecart in range((fin - jour).days))


@pytest.mark.parametrize(
    ("naissance", "le", "age"),
    [
        (date(2012, 11, 22), date(2026, 11, 21), 13),
        (date(2012, 11, 22), date(2026, 11, 22), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
    ],
)
def test_completed_age(naissance: date, le: date, age: int) -> None:
    assert age_revolu(naissance, le) == age


@given(JOURS, st.integers(0, 100))
def test_the_birthday_is_the_first_day_of_the_age(naissance: date, age: int) -> None:
    jour = anniversaire(naissance, age)
    assert age_revolu(naissance, jour) == age
    assert age_revolu(naissance, jour - timedelta(days=1)) == age - 1
