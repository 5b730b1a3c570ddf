"""When things fall due: the worked dates of demande.md §3.3 and the working-day count of C05."""

from datetime import date

import pytest

from contracts.parametres import Parametres, Surcharge
from services.demande.domain import delais

DEPOT = date(2025, 3, 14)
RENOUVELLEMENT = date(2026, 3, 2)


def test_the_worked_dates_of_a_demande_that_is_never_renewed() -> None:
    assert delais.attestation_au_plus_tard(DEPOT) == date(2025, 4, 14)
    assert delais.fin_validite(DEPOT) == date(2026, 3, 14)
    assert delais.preavis_au_plus_tard(DEPOT) == date(2026, 2, 14)
    assert delais.echue_le(DEPOT) == date(2026, 3, 15)
    radiee_le = delais.radiation_non_renouvellement_le(DEPOT)
    assert radiee_le == date(2026, 4, 14)
    assert delais.reactivable_non_renouvelee_jusqu_au(DEPOT) == date(2026, 9, 14)
    assert delais.effacement_le(radiee_le) == date(2027, 4, 14)


@pytest.mark.duty("demande:D17")
def test_validity_runs_one_year_from_the_first_presentation_then_from_each_renewal() -> None:
    assert delais.fin_validite(DEPOT) == date(2026, 3, 14)
    assert delais.fin_validite(RENOUVELLEMENT) == date(2027, 3, 2)


def test_a_demande_of_29_february_is_valid_to_the_last_day_of_the_next_february() -> None:
    assert delais.fin_validite(date(2024, 2, 29)) == date(2025, 2, 28)


def test_the_other_delays() -> None:
    assert delais.pieces_au_plus_tard(date(2026, 2, 20)) == date(2026, 3, 7)
    assert delais.purge_brouillon_le(date(2026, 1, 31)) == date(2026, 2, 28)
    assert delais.radiation_apres_avertissement_le(date(2026, 1, 10)) == date(2026, 3, 10)
    assert delais.reactivable_sans_contact_jusqu_au(date(2026, 1, 10)) == date(2026, 6, 10)
    assert delais.delai_anormalement_long_le(DEPOT, 36) == date(2028, 3, 14)


@pytest.mark.duty("demande:C05")
@pytest.mark.parametrize(
    ("notifiee_le", "departement", "dernier_jour"),
    [
        (date(2026, 11, 10), "67", date(2026, 11, 20)),
        (date(2026, 11, 11), "67", date(2026, 11, 23)),
        (date(2026, 11, 12), "67", date(2026, 11, 23)),
        (date(2026, 12, 15), "75", date(2026, 12, 28)),
        (date(2025, 12, 15), "75", date(2025, 12, 26)),
        (date(2025, 12, 15), "67", date(2025, 12, 29)),
        (date(2026, 3, 24), "75", date(2026, 4, 3)),
        (date(2026, 3, 24), "68", date(2026, 4, 7)),
        (date(2026, 12, 22), "68", date(2027, 1, 4)),
    ],
    ids=[
        "a plain Friday",
        "a Saturday goes to Monday",
        "a Sunday goes to Monday",
        "Christmas then a weekend",
        "Christmas alone",
        "Christmas, Saint-Étienne and a weekend in Alsace",
        "Good Friday is a working day in Paris",
        "Good Friday to Easter Monday in Alsace",
        "New Year's Day then a weekend",
    ],
)
def test_ten_days_to_answer_the_day_of_notification_excluded(
    notifiee_le: date, departement: str, dernier_jour: date
) -> None:
    assert delais.echeance_reponse(notifiee_le, departement) == dernier_jour


def test_a_region_may_give_more_days_to_answer() -> None:
    region = Parametres((Surcharge("reponse_offre_jours", 14, date(2026, 1, 1), "convention"),))
    assert delais.echeance_reponse(date(2026, 11, 10), "67", region) == date(2026, 11, 24)


@pytest.mark.duty("demande:C06")
def test_a_registered_letter_counts_from_its_receipt_else_from_its_first_vain_presentation() -> None:
    presentee = date(2026, 11, 9)
    assert delais.notification_recommandee(presentee, date(2026, 11, 13)) == date(2026, 11, 13)
    assert delais.notification_recommandee(presentee, None) == presentee
    with pytest.raises(ValueError, match="présentation"):
        delais.notification_recommandee(presentee, date(2026, 11, 8))
