"""What becomes of an orientation: in progress, charged, returned; an agent's choice, new shares, a new year."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.flux.domain.orientation.decision import Portee, Regle
from services.flux.domain.orientation.etat import EtatOrientation, LogementAOrienter, etat_initial
from services.flux.domain.orientation.exercice import ReportSolde, changer_exercice, changer_parts
from services.flux.domain.orientation.orienter import OrientationRefusee, appliquer, imputer, orienter, rendre, retenir
from services.flux.domain.orientation.regles import GLOBALE, Methode, Strate, regler

PARTS = {"etat": Fraction(30, 100), "commune": Fraction(20, 100), "bailleur": Fraction(50, 100)}


def suite(methode: Methode = Methode.TIJDEMAN, *, rendu_compte: bool = False) -> EtatOrientation:
    return etat_initial(regler({"": PARTS}, methode, rendu_compte=rendu_compte), 2026)


def logement(nom: str, *strates: Strate) -> LogementAOrienter:
    return LogementAOrienter(nom, "", strates)


def apres(etat: EtatOrientation, combien: int, depart: int = 0) -> EtatOrientation:
    for rang in range(depart, depart + combien):
        etat = orienter(etat, logement(f"L{rang}")).etat
    return etat


def test_a_decision_shows_every_holder() -> None:
    decision = orienter(suite(), logement("L1"))
    assert (decision.suggestion, decision.retenu, decision.regle) == ("bailleur", "bailleur", Regle.TIJDEMAN)
    assert (decision.rang, decision.ecart_max, decision.borne) == (1, Fraction(1, 2), Fraction(3, 4))
    etat, commune, bailleur = decision.compteurs
    assert (etat.titulaire, etat.part, etat.credit, etat.orientes) == ("etat", Fraction(3, 10), Fraction(3, 10), 0)
    assert (commune.credit, commune.eligible) == (Fraction(1, 5), True)
    assert (bailleur.credit, bailleur.orientes, bailleur.engages) == (Fraction(-1, 2), 1, 1)


def test_folding_what_was_decided_gives_the_state_without_deciding_again() -> None:
    etat = rejoue = suite()
    for rang in range(30):
        decision = orienter(etat, logement(f"L{rang}"))
        if rang == 20:
            decision = retenir(etat, logement(f"L{rang}"), "commune", "urgence")
        etat = decision.etat
        rejoue = appliquer(
            rejoue,
            decision.logement,
            regle=decision.regle,
            suggestion=decision.suggestion,
            retenu=decision.retenu,
        )
        assert rejoue == etat
    with pytest.raises(OrientationRefusee, match="choisissez parmi"):
        appliquer(rejoue, logement("X"), regle=Regle.TIJDEMAN, suggestion="epci", retenu="epci")


def test_dwellings_in_progress_count_in_the_choice() -> None:
    """Choosing on what is charged alone would send them all to the same holder (flux.md §8, 5)."""
    etat = apres(suite(), 10)
    assert etat.imputes == (0, 0, 0)
    assert etat.recus[GLOBALE] == (3, 2, 5)


def test_charging_moves_no_credit() -> None:
    etat = apres(suite(), 3)
    impute = imputer(etat, "L0")
    assert impute.credits == etat.credits
    assert sum(impute.imputes) == 1
    assert "L0" not in impute.en_cours


def test_a_return_that_is_not_charged_undoes_the_orientation_exactly() -> None:
    hors_qpv = Strate("qpv", "hors_qpv")
    avant = apres(suite(Methode.MULTI_AXES), 4)
    oriente = orienter(avant, logement("R", hors_qpv)).etat
    rendu = rendre(oriente, "R")
    assert rendu.credits[GLOBALE] == avant.credits[GLOBALE]
    assert set(rendu.credits[hors_qpv]) == {0}
    assert rendu.recus[GLOBALE] == avant.recus[GLOBALE]
    assert sum(rendu.rendus) == 1
    assert orienter(rendu, logement("R", hors_qpv)).retenu == orienter(avant, logement("R", hors_qpv)).retenu


def test_a_return_in_the_middle_of_a_sequence_leaves_its_theorem_and_keeps_a_bound() -> None:
    etat = rendre(apres(suite(), 5), "L1")
    for rang in range(10, 40):
        decision = orienter(etat, logement(f"L{rang}"))
        assert (decision.regle, decision.portee) == (Regle.PLUS_EN_RETARD, Portee.CREDITS)
        assert decision.ecart_max <= decision.borne
        etat = decision.etat


def test_a_return_that_is_charged_spends_the_turn() -> None:
    oriente = orienter(suite(rendu_compte=True), logement("R")).etat
    rendu = rendre(oriente, "R")
    assert rendu.credits == oriente.credits
    assert rendu.suite_reguliere
    encore = orienter(rendu, logement("R"))
    assert encore.retenu != "bailleur"


def test_a_return_restores_the_floor_too() -> None:
    hors_qpv = Strate("qpv", "hors_qpv")
    regles = regler({"": PARTS}, Methode.MULTI_AXES, planchers=[(hors_qpv, "etat", Fraction(3, 10))])
    avant = orienter(etat_initial(regles, 2026), logement("A", hors_qpv)).etat
    rendu = rendre(orienter(avant, logement("R", hors_qpv)).etat, "R")
    assert rendu.planchers_dus == avant.planchers_dus


def test_a_dwelling_is_charged_or_returned_once() -> None:
    etat = orienter(suite(), logement("L1")).etat
    with pytest.raises(OrientationRefusee, match="déjà orienté"):
        orienter(etat, logement("L1"))
    impute = imputer(etat, "L1")
    for suite_a_donner in (imputer, rendre):
        with pytest.raises(OrientationRefusee, match="n'est pas en cours"):
            suite_a_donner(impute, "L1")


def test_an_agent_may_choose_otherwise_with_a_reason() -> None:
    decision = retenir(suite(), logement("L1"), "commune", "relogement urgent demandé par la commune")
    assert (decision.suggestion, decision.retenu) == ("bailleur", "commune")
    assert decision.motif == "relogement urgent demandé par la commune"
    assert decision.portee is Portee.DECISION
    assert decision.etat.credit("commune") == Fraction(-4, 5)
    ensuite = orienter(decision.etat, logement("L2"))
    assert (ensuite.regle, ensuite.portee) == (Regle.PLUS_EN_RETARD, Portee.CREDITS)
    assert ensuite.ecart_max <= ensuite.borne


def test_choosing_the_suggestion_keeps_the_theorem() -> None:
    decision = retenir(suite(), logement("L1"), "bailleur", "d'accord")
    assert decision.portee is Portee.SUITE
    assert decision.etat.suite_reguliere


@pytest.mark.parametrize(
    ("choix", "motif", "phrase"), [("commune", "  ", "motive"), ("epci", "voilà", "choisissez parmi")]
)
def test_a_choice_without_reason_or_right_is_refused(choix: str, motif: str, phrase: str) -> None:
    with pytest.raises(OrientationRefusee, match=phrase):
        retenir(suite(), logement("L1"), choix, motif)


def test_a_choice_that_leaves_the_sequence_is_paid_back() -> None:
    etat = suite()
    for rang in range(4):
        etat = retenir(etat, logement(f"A{rang}"), "commune", "urgence").etat
    assert etat.credit("commune") == Fraction(-32, 10)
    recus = [orienter(etat := orienter(etat, logement(f"B{r}")).etat, logement("x")).retenu for r in range(14)]
    assert recus.count("commune") == 0
    assert etat.ecart_max() < 1


def test_new_shares_keep_the_credits_and_count_from_their_day() -> None:
    etat = apres(suite(), 5)
    nouvelles = {"etat": Fraction(1, 3), "commune": Fraction(1, 6), "epci": Fraction(1, 6), "bailleur": Fraction(1, 3)}
    change = changer_parts(etat, {"": nouvelles})
    assert change.regles.titulaires == ("etat", "commune", "bailleur", "epci")
    assert [change.credit(nom) for nom in PARTS] == [etat.credit(nom) for nom in PARTS]
    assert change.credit("epci") == 0
    suivante = orienter(change, logement("N"))
    assert sum(suivante.etat.credits[GLOBALE]) == 0
    assert suivante.etat.credit("epci") in {Fraction(1, 6), Fraction(-5, 6)}
    assert suivante.portee is Portee.CREDITS
    assert suivante.ecart_max <= suivante.borne


def test_a_holder_that_leaves_keeps_its_counters_and_receives_nothing() -> None:
    etat = changer_parts(apres(suite(), 5), {"": {"etat": Fraction(1, 2), "bailleur": Fraction(1, 2)}})
    avant = etat.credit("commune")
    for rang in range(10, 30):
        decision = orienter(etat, logement(f"L{rang}"))
        assert decision.retenu != "commune"
        assert not next(c for c in decision.compteurs if c.titulaire == "commune").eligible
        etat = decision.etat
    assert etat.credit("commune") == avant


def test_shares_changed_before_the_first_dwelling_keep_the_theorem() -> None:
    etat = changer_parts(suite(), {"": {"etat": Fraction(1, 2), "bailleur": Fraction(1, 2)}})
    assert orienter(etat, logement("L1")).portee is Portee.SUITE


def test_the_year_ends_and_the_credits_go_where_the_parameter_says() -> None:
    etat = suite()
    for rang in range(6):
        etat = retenir(etat, logement(f"A{rang}"), "commune", "urgence").etat
    # credits after 6: 1.8, -4.8, 3.0
    zero = changer_exercice(etat, 2027, ReportSolde.REMISE_A_ZERO)
    assert set(zero.credits[GLOBALE]) == {0}
    assert orienter(zero, logement("N")).portee is Portee.SUITE
    entier = changer_exercice(etat, 2027, ReportSolde.INTEGRAL)
    assert entier.credits == etat.credits
    plafonne = changer_exercice(etat, 2027, ReportSolde.PLAFONNE)
    assert [plafonne.credit(nom) for nom in PARTS] == [Fraction(4, 10), Fraction(-1), Fraction(6, 10)]
    for suivant in (zero, entier, plafonne):
        assert (suivant.exercice, suivant.rang, suivant.recus[GLOBALE]) == (2027, 0, (0, 0, 0))
        assert suivant.en_cours == etat.en_cours


@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=8))
def test_a_carry_over_of_at_most_one_keeps_the_sum_at_zero(valeurs: list[int]) -> None:
    credits_ = (*valeurs, -sum(valeurs))
    noms = [f"h{i}" for i in range(len(credits_))]
    regles = regler({"": {nom: Fraction(1, len(noms)) for nom in noms}}, Methode.MULTI_AXES)
    etat = EtatOrientation(regles, 2026, denominateur=100, credits={GLOBALE: credits_})
    reporte = changer_exercice(etat, 2027, ReportSolde.PLAFONNE)
    assert sum(reporte.credits[GLOBALE]) == 0
    assert reporte.ecart_max() <= 1
    if etat.ecart_max() <= 1:
        assert reporte.credits[GLOBALE] == credits_
    for avant, ensuite in zip(credits_, reporte.credits[GLOBALE], strict=True):
        assert avant * ensuite >= 0


def test_a_dwelling_of_last_year_returned_this_year_moves_no_counter_of_this_year() -> None:
    etat = changer_exercice(apres(suite(), 3), 2027, ReportSolde.REMISE_A_ZERO)
    rendu = rendre(etat, "L1")
    assert rendu.credits == etat.credits
    assert sum(rendu.rendus) == 1


def test_a_year_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="ne suit pas"):
        changer_exercice(suite(), 2026, ReportSolde.INTEGRAL)
