"""Algorithm A: the chairman assignment of Tijdeman, for fixed shares and every holder eligible, in integers.

Holder r with share `parts[r] / unite` has received x_r of the first k dwellings; its credit is
`(k·λ_r − x_r)·denominateur`, the k-th dwelling being credited. It may be served once its credit reaches c = 1/(2n−2),
and must be before it passes 1 − c: among those that may, the earliest deadline is served.
Source: R. Tijdeman, The chairman assignment problem, Discrete Mathematics 32 (1980); flux.md §8.
"""

from collections.abc import Sequence
from fractions import Fraction


def borne(n: int) -> Fraction:
    """Largest deviation that Tijdeman proves for n holders with a positive share: 1 − 1/(2n−2); 0 when alone."""
    return Fraction(2 * n - 3, 2 * n - 2) if n > 1 else Fraction(0)


def choisir(credits_: Sequence[int], denominateur: int, parts: Sequence[int], candidats: Sequence[int]) -> int:
    """Index of the holder to serve.

    credits_: by holder, after the credit of this dwelling, over `denominateur`. parts: share numerators.
    candidats: the n holders with a positive share, in tie order after the larger share. Never empty of eligible
    holders as long as every decision followed this rule with the same shares (Tijdeman 1980).
    """
    double = 2 * len(candidats) - 2
    if double == 0:
        return candidats[0]
    retenu, marge_retenue, part_retenue = -1, 0, 1
    seuil = double * denominateur - denominateur
    for r in candidats:
        du = double * credits_[r]
        if du < denominateur:
            continue
        marge, part = seuil - du, parts[r]
        ecart = marge * part_retenue - marge_retenue * part
        if retenu < 0 or ecart < 0 or (ecart == 0 and part > part_retenue):
            retenu, marge_retenue, part_retenue = r, marge, part
    if retenu < 0:
        raise SuiteRompue("Aucun titulaire n'a acquis son tour : la suite n'a pas été menée par cette règle.")
    return retenu


class SuiteRompue(ValueError):
    """The counters do not come from a sequence of algorithm A: its theorem does not hold for them."""
