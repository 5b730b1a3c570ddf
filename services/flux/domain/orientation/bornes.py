"""How far "most behind first" can let a holder drift: bounds proved from the counters themselves.

Write S_j for the sum of the j largest credits after a decision (S_n = 0). A decision credits 1 dwelling in all to the
eligible holders and debits 1 from the eligible holder with the largest credit. Two invariants, each by induction on
decisions, whatever the shares of each dwelling (they may change at every step):

* every holder eligible: if S_j <= j·(H_n − H_j) + δ for all j before, then also after. Take the j largest, T. If the
  holder served is in T, T gained at most 1 and lost 1. Else the one served was above each of T, so T holds at most
  j/(j+1) of S_{j+1} + 1, and j/(j+1)·((j+1)(H_n − H_{j+1}) + 1) = j(H_n − H_j). With j = 1 nobody is more than
  H_n − 1 + δ behind; with j = n − 1 nobody is more than 1 − 1/n + δ ahead.
* any eligible set: if S_j <= j(n − j) + δ for all j before, then also after. If the holder served, r, is not in T, let
  e be the least of the eligible in T (none: T did not move). T is at most S_{j+1} + 1 − v, and at most S_{j−1} + 1 + u,
  with u <= v the credits of e and r before the debit; half the sum of the two is at most
  ((j+1)(n−j−1) + (j−1)(n−j+1))/2 + δ + 1 = j(n−j) + δ. So nobody is more than n − 1 + δ behind or ahead.

δ is the smallest slack that makes the invariant true of the counters in hand (0 for counters at rest), so the bound
holds after a past that no rule governed: an agent's choice against the suggestion, a change of shares, a carry-over.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import lcm


def harmonique(n: int) -> Fraction:
    """Largest drift from rest with n holders all eligible: max(H_n − 1, 1 − 1/n)."""
    return max(_h(n) - 1, 1 - Fraction(1, n))


def certificat(credits_: Sequence[int], denominateur: int, *, tous_eligibles: bool) -> Fraction:
    """Drift that "most behind first" cannot exceed from these counters on, while the same kind of eligibility lasts.

    credits_: by holder, sum 0, over `denominateur`, before the decision. Source: the proof above (ours).
    """
    n = len(credits_)
    base = harmonique(n) if tous_eligibles else Fraction(n - 1)
    facteur, limites = _limites(n, tous_eligibles)
    marge = cumul = 0
    for j, credit in enumerate(sorted(credits_, reverse=True)[:-1]):
        cumul += credit
        marge = max(marge, cumul * facteur - limites[j] * denominateur)
    return base + Fraction(marge, facteur * denominateur)


def de_la_decision(credits_: Sequence[Fraction], parts: Mapping[int, Fraction]) -> Fraction:
    """Largest deviation that this one decision could leave, whichever eligible holder it served.

    credits_: by holder, before the decision, in dwellings. parts: what it credits, by index of the eligible.
    """
    autres = [abs(credit) for r, credit in enumerate(credits_) if r not in parts]
    servis = [max(abs(credits_[r] + part), abs(credits_[r] + part - 1)) for r, part in parts.items()]
    return max(*autres, *servis, Fraction(0))


@cache
def _h(n: int) -> Fraction:
    return sum((Fraction(1, i) for i in range(1, n + 1)), Fraction(0))


@cache
def _limites(n: int, tous_eligibles: bool) -> tuple[int, tuple[int, ...]]:
    """The n − 1 limits on S_1 … S_{n−1} as integers over one factor."""
    if not tous_eligibles:
        return 1, tuple(j * (n - j) for j in range(1, n))
    facteur = lcm(*range(1, n + 1))
    return facteur, tuple(int(facteur * j * (_h(n) - _h(j))) for j in range(1, n))
