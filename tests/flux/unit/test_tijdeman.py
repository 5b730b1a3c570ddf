"""Algorithm A and the quota method: the bounds proved by exhaustion on small cases and by a long random walk.

Setting of the random walk on 2 shared cores: 1,000,000 steps, 2 to 9 holders, denominators up to 10,000: 2 to 4 s.
"""

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest

from services.flux.domain.orientation import quota, tijdeman
from services.flux.domain.orientation.decision import Portee
from services.flux.domain.orientation.etat import LogementAOrienter, etat_initial
from services.flux.domain.orientation.orienter import imputer, orienter
from services.flux.domain.orientation.regles import GLOBALE, Methode, ReglesInvalides, regler

PAS = 60


def compositions(total: int, n: int) -> Iterator[tuple[int, ...]]:
    """Every way to write `total` as n ordered positive parts."""
    if n == 1:
        yield (total,)
        return
    for tete in range(1, total - n + 2):
        for reste in compositions(total - tete, n - 1):
            yield (tete, *reste)


PETITS_CAS = [parts for n in range(2, 6) for unite in range(n, 13) for parts in compositions(unite, n)]


def test_there_are_as_many_small_cases_as_mathematics_says() -> None:
    assert len(PETITS_CAS) == 66 + 220 + 495 + 792
    assert len(set(PETITS_CAS)) == len(PETITS_CAS)


@pytest.mark.parametrize("methode", [Methode.TIJDEMAN, Methode.QUOTA])
def test_the_bound_holds_on_every_small_case(methode: Methode) -> None:
    """All ordered shares of 2 to 5 holders with a denominator up to 12, 60 steps, through `orienter` itself."""
    logements = [LogementAOrienter(str(k), "") for k in range(PAS)]
    for parts in PETITS_CAS:
        unite = sum(parts)
        regles = regler({"": {f"h{i}": Fraction(a, unite) for i, a in enumerate(parts)}}, methode)
        etat = etat_initial(regles, 2026)
        borne = tijdeman.borne(len(parts)) if methode is Methode.TIJDEMAN else None
        for k, logement in enumerate(logements, start=1):
            decision = orienter(etat, logement)
            etat = imputer(decision.etat, logement.id)
            credits_, echelle = etat.credits[GLOBALE], etat.denominateur
            pire = max(map(abs, credits_))
            if borne is None:
                assert pire < echelle, (parts, k)
            else:
                assert pire * borne.denominator <= borne.numerator * echelle, (parts, k)
        assert decision.portee is Portee.SUITE
        exacts = [PAS * a * echelle - x * unite * echelle for a, x in zip(parts, etat.recus[GLOBALE], strict=True)]
        assert [c * unite for c in credits_] == exacts


def test_the_bound_of_tijdeman_is_reached() -> None:
    """So a smaller one would be false: 1 − 1/(2n−2) is 1/2 for two holders with equal shares."""
    regles = regler({"": {"a": Fraction(1, 2), "b": Fraction(1, 2)}}, Methode.TIJDEMAN)
    decision = orienter(etat_initial(regles, 2026), LogementAOrienter("1", ""))
    assert decision.ecart_max == decision.borne == Fraction(1, 2)


def test_the_bound_holds_over_a_million_random_steps() -> None:
    hasard = random.Random(20261122)
    pas = 0
    while pas < 1_000_000:
        n = hasard.randint(2, 9)
        parts = [hasard.randint(1, 10_000 // n) for _ in range(n)]
        unite, double = sum(parts), 2 * n - 2
        limite = unite * (double - 1)
        credits_, titulaires = [0] * n, range(n)
        for _ in range(1_000):
            credits_ = [c + a for c, a in zip(credits_, parts, strict=True)]
            credits_[tijdeman.choisir(credits_, unite, parts, titulaires)] -= unite
            assert double * max(credits_) <= limite, parts
            assert -double * min(credits_) <= limite, parts
        pas += 1_000


def test_the_quota_method_stays_strictly_within_one_over_random_steps() -> None:
    hasard = random.Random(7)
    for _ in range(200):
        n = hasard.randint(2, 9)
        parts = [hasard.randint(1, 10_000 // n) for _ in range(n)]
        unite = sum(parts)
        credits_, recus = [0] * n, [0] * n
        for _ in range(500):
            credits_ = [c + a for c, a in zip(credits_, parts, strict=True)]
            choisi = quota.choisir(credits_, recus, parts, range(n))
            credits_[choisi] -= unite
            recus[choisi] += 1
            assert max(map(abs, credits_)) < unite, parts


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
