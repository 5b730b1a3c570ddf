"""Legal parameters: a value on a day, the region's override first, and never one that the law forbids."""

from datetime import date

import pytest

from contracts.parametres import NATIONAUX, PARAMETRES, Parametre, ParametreInconnu, Parametres, Surcharge

LE = date(2026, 11, 22)


@pytest.mark.parametrize("nom", PARAMETRES)
def test_each_parameter_has_its_source_and_a_value_that_a_region_could_give(nom: str) -> None:
    parametre = PARAMETRES[nom]
    assert parametre.nom == nom
    assert parametre.source
    assert parametre.libelle
    assert NATIONAUX.valeur(nom, LE) == parametre.valeur
    if parametre.bornes:
        assert parametre.bornes[0] <= parametre.valeur <= parametre.bornes[1]


def test_the_values_of_the_law() -> None:
    noms = ("validite_mois", "preavis_mois", "attestation_mois", "reponse_offre_jours", "effacement_mois")
    assert [NATIONAUX.valeur(nom, LE) for nom in noms] == [12, 1, 1, 10, 12]
    tolerances = (
        "radiation_non_renouvellement_mois",
        "reactivation_non_renouvellement_mois",
        "avertissement_radiation_mois",
        "reactivation_contact_mois",
    )
    assert [NATIONAUX.valeur(nom, LE) for nom in tolerances] == [13, 18, 2, 5]


def test_no_region_gives_less_than_ten_days_to_answer_an_offer() -> None:
    assert PARAMETRES["reponse_offre_jours"].bornes == (10, 60)


def test_an_override_holds_from_its_day_and_the_latest_wins() -> None:
    region = Parametres(
        (
            Surcharge("reponse_offre_jours", 20, date(2027, 1, 1), "second"),
            Surcharge("reponse_offre_jours", 15, date(2026, 6, 1), "first"),
            Surcharge("preavis_mois", 2, date(2026, 6, 1), "other"),
        )
    )
    jours = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [region.valeur("reponse_offre_jours", jour) for jour in jours] == [10, 15, 15, 20]


def test_a_change_of_the_law_holds_from_its_day() -> None:
    revisions = (Surcharge("x", 3, date(2028, 1, 1), "loi B"), Surcharge("x", 2, date(2027, 1, 1), "loi A"))
    parametre = Parametre("x", "X", "mois", 1, "loi", revisions=revisions)
    jours = (date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1))
    assert [parametre.valeur_le(jour) for jour in jours] == [1, 2, 2, 3]


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ParametreInconnu, match="« validite »"):
        NATIONAUX.valeur("validite", LE)
