"""The day on which the clock looks at a score is never late: day by day, nothing moves before it."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from services.chassis.up import REGION
from services.cotation.domain.echeance import prochaine_echeance, temporels
from services.cotation.domain.evenements import fait
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.moteur import GrilleCompilee, compiler
from tests.cotation.campagne.cas import Cas, cas

JOURS = 70
"""Two months and the ends of months between: every threshold of the campaign's facts is met on the way."""
JOUR = date(2026, 11, 22)
MULHOUSE = lire_grille((REGION.parent / "grilles" / "mulhouse-illustration.json").read_text())


def _vue(compilee: GrilleCompilee, faits: dict[str, object], le: date) -> tuple[object, ...]:
    return compilee.constater(faits, le), compilee.noter(faits, le).points


def _echeance(tire: Cas, faits: dict[str, object], au: date) -> date | None:
    return prochaine_echeance(temporels(tire.grille), partial(fait, faits), au)


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cas())
def test_rien_ne_bouge_avant_l_echeance(tire: Cas) -> None:
    """Whatever the grid of the language and the facts: total, scope, provisional state and what each line brings."""
    compilee = compiler(tire.grille)
    for faits in tire.situations:
        echeance = _echeance(tire, faits, tire.as_of) or date.max
        assert echeance > tire.as_of
        depart = _vue(compilee, faits, tire.as_of)
        fin = min(echeance, tire.as_of + timedelta(days=JOURS))
        for rang in range(1, (fin - tire.as_of).days):
            assert _vue(compilee, faits, tire.as_of + timedelta(days=rang)) == depart, rang


@pytest.mark.parametrize(
    ("faits", "attendue"),
    [
        ({}, None),
        ({"demande": {"date_depot": "2025-09-22"}}, date(2026, 12, 22)),
        ({"demande": {"date_depot": "2025-09-23"}}, date(2026, 11, 23)),
        ({"demande": {"date_depot": "2026-12-24"}}, date(2026, 12, 24)),
        ({"demande": {"date_depot": "2025-09-22", "refus": [{"date": "2025-12-01", "adaptee": True}]}}, date(2026, 12, 1)),
        ({"demande": {"age_mois": 14, "refus": [{"mois_apres_depot": 6}]}}, None),
        ({"demande": {"date_depot": "9999-11-30"}}, date(9999, 11, 30)),
    ],
)  # fmt: skip
def test_l_echeance_est_le_prochain_anniversaire_mensuel_des_dates_lues(
    faits: dict[str, object], attendue: date | None
) -> None:
    assert prochaine_echeance(temporels(MULHOUSE), partial(fait, faits), JOUR) == attendue


def test_l_echeance_suit_les_fins_de_mois() -> None:
    depot = {"demande": {"date_depot": "2025-08-31"}}
    echeances, au = [], date(2026, 1, 31)
    for _ in range(4):
        suivante = prochaine_echeance(temporels(MULHOUSE), partial(fait, depot), au)
        assert suivante is not None
        echeances.append(au := suivante)
    assert echeances == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_le_calendrier_finit_sans_erreur() -> None:
    assert (
        prochaine_echeance(
            temporels(MULHOUSE), partial(fait, {"demande": {"date_depot": "9999-12-15"}}), date(9999, 12, 20)
        )
        is None
    )
