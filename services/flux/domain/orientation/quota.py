"""The quota method of Balinski and Young: within quota and house-monotone, for fixed shares, in integers.

Source: M. Balinski, H. P. Young, Quotatone Apportionment Methods, Mathematics of Operations Research 4(1) (1979);
flux.md §8.
"""

from collections.abc import Sequence
from fractions import Fraction

BORNE_STRICTE = Fraction(1)
"""The deviation of every holder stays strictly below this."""


def choisir(credits_: Sequence[int], recus: Sequence[int], parts: Sequence[int], candidats: Sequence[int]) -> int:
    """Index of the holder to serve: the largest `λ/(x+1)` among those still below their quota (credit > 0).

    credits_: by holder, after the credit of this dwelling. recus: dwellings received so far in the sequence.
    candidats: holders with a positive share, in tie order after the larger share.
    """
    retenu = -1
    for r in candidats:
        if credits_[r] <= 0:
            continue
        if retenu < 0:
            retenu = r
            continue
        ecart = parts[r] * (recus[retenu] + 1) - parts[retenu] * (recus[r] + 1)
        if ecart > 0 or (ecart == 0 and parts[r] > parts[retenu]):
            retenu = r
    return retenu
