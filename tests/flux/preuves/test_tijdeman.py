"""Algorithm A and the quota method: the bounds proved by exhaustion on small cases and by a long random walk.

Run by `make test`, not by `make check`: with the small cases these take 8 s or so.
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
from services.flux.domain.orientation.regles import GLOBALE, Methode, regler

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
