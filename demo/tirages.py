"""Drawing from weights: cumulative tables made once, one uniform number a draw."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from math import exp
from statistics import NormalDist
from typing import Generic, TypeVar

T = TypeVar("T")

Uniforme = Callable[[], float]
"""The next number of [0, 1[ of the seeded stream."""

_MARGES_EGALES = 1e-9
_PASSES = 500


class Table(Generic[T]):
    """Values with their weights (any positive sum); `tirer` is one comparison tree and one uniform number."""

    __slots__ = ("_cumuls", "parts", "valeurs")

    def __init__(self, poids: Mapping[T, float]) -> None:
        """Raises ValueError when no weight is positive."""
        utiles = {valeur: float(masse) for valeur, masse in poids.items() if masse > 0}
        if not utiles:
            raise ValueError("Une table de tirage demande au moins un poids positif.")
        somme = sum(utiles.values())
        self.valeurs = tuple(utiles)
        self.parts = {valeur: masse / somme for valeur, masse in utiles.items()}
        self._cumuls = list(accumulate(self.parts.values()))[:-1]

    def tirer(self, uniforme: Uniforme) -> T:
        """One value."""
        return self.valeurs[bisect_right(self._cumuls, uniforme())]


def entier(uniforme: Uniforme, bas: int, haut: int) -> int:
    """An integer of [bas, haut], each as likely."""
    return bas + int(uniforme() * (haut - bas + 1))


def quantiles_lognormale(mu: float, sigma: float, pas: int = 4096) -> tuple[float, ...]:
    """The quantiles of a log-normal law at the middles of `pas` equal steps: drawing one is drawing from the law."""
    normale = NormalDist(mu, sigma)
    return tuple(exp(normale.inv_cdf((rang + 0.5) / pas)) for rang in range(pas))


def ajuster(
    noyau: Sequence[Sequence[float]], lignes: Sequence[float], colonnes: Sequence[float]
) -> tuple[tuple[float, ...], ...]:
    """The joint law nearest to `noyau` with both margins given (iterative proportional fitting).

    noyau: plausibility of each pair, >= 0; lignes, colonnes: the two margins, each rescaled to 1.
    Raises ValueError when the zeros of the kernel forbid the margins.
    """
    cibles_l = [masse / sum(lignes) for masse in lignes]
    cibles_c = [masse / sum(colonnes) for masse in colonnes]
    loi = [[float(masse) for masse in ligne] for ligne in noyau]
    for _ in range(_PASSES):
        for ligne, cible in zip(loi, cibles_l, strict=True):
            facteur = cible / sum(ligne)
            ligne[:] = [masse * facteur for masse in ligne]
        sommes = [sum(colonne) for colonne in zip(*loi, strict=True)]
        if all(abs(somme - cible) < _MARGES_EGALES for somme, cible in zip(sommes, cibles_c, strict=True)):
            return tuple(tuple(ligne) for ligne in loi)
        facteurs = [cible / somme for somme, cible in zip(sommes, cibles_c, strict=True)]
        for ligne in loi:
            ligne[:] = [masse * facteur for masse, facteur in zip(ligne, facteurs, strict=True)]
    raise ValueError("Les marges ne peuvent pas être atteintes : trop de couples sont interdits.")
