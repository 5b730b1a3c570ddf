"""Algorithm A and the quota method on the cases that fix their edges; their bounds are proved in tests/flux/preuves."""

from fractions import Fraction

import pytest

from services.flux.domain.orientation import tijdeman
from services.flux.domain.orientation.etat import LogementAOrienter, etat_initial
from services.flux.domain.orientation.orienter import orienter
from services.flux.domain.orientation.regles import Methode, ReglesInvalides, regler


def test_the_bound_of_tijdeman_is_reached() -> None:
    """So a smaller one would be false: 1 − 1/(2n−2) is 1/2 for two holders with equal shares."""
    regles = regler({"": {"a": Fraction(1, 2), "b": Fraction(1, 2)}}, Methode.TIJDEMAN)
    decision = orienter(etat_initial(regles, 2026), LogementAOrienter("1", ""))
    assert decision.ecart_max == decision.borne == Fraction(1, 2)


def test_counters_that_no_sequence_gives_are_refused_by_the_rule_itself() -> None:
    with pytest.raises(tijdeman.SuiteRompue):
        tijdeman.choisir([-100, -100, -100], 100, [30, 30, 40], range(3))


def test_a_holder_alone_receives_everything_and_one_without_a_share_nothing() -> None:
    for methode in (Methode.TIJDEMAN, Methode.QUOTA):
        regles = regler({"": {"bailleur": Fraction(1), "commune": Fraction(0)}}, methode)
        etat = etat_initial(regles, 2026)
        for k in range(3):
            decision = orienter(etat, LogementAOrienter(str(k), ""))
            assert (decision.retenu, decision.ecart_max) == ("bailleur", 0)
            etat = decision.etat


def test_a_sequence_holds_one_perimeter() -> None:
    parts = {"A": {"etat": Fraction(1)}, "B": {"etat": Fraction(1)}}
    with pytest.raises(ReglesInvalides, match="par périmètre"):
        regler(parts, Methode.TIJDEMAN)


@pytest.mark.parametrize(
    "parts",
    [{}, {"A": {"etat": Fraction(1, 2)}}, {"A": {"etat": Fraction(3, 2), "commune": Fraction(-1, 2)}}],
)
def test_shares_that_do_not_make_a_whole_are_refused(parts: dict[str, dict[str, Fraction]]) -> None:
    with pytest.raises(ReglesInvalides):
        regler(parts, Methode.TIJDEMAN)
