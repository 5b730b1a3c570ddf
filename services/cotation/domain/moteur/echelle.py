"""Exact passage between decimals and scaled integers: `entier(6.4, 1) == 64`, `decimal(64, 1) == 6.4`."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from functools import lru_cache

_EXACT = Context(prec=4096, traps=[Inexact, InvalidOperation])


def decimales(valeur: Decimal) -> int:
    """Digits after the point that `valeur` really uses: 2 for 1.250, 0 for 100."""
    denominateur = Fraction(valeur).denominator
    nombre = 0
    while 10**nombre % denominateur:
        nombre += 1
    return nombre


def echelle(valeurs: Iterable[Decimal]) -> int:
    """Smallest number of decimals that writes every value exactly (0 when there is none)."""
    return max((decimales(valeur) for valeur in valeurs), default=0)


@lru_cache(maxsize=8192)
def entier(valeur: Decimal | int, decimales_: int) -> int:
    """`valeur * 10**decimales_`, exactly; ValueError when that is no integer."""
    produit = Fraction(valeur) * 10**decimales_
    if produit.denominator != 1:
        raise ValueError(f"{valeur} does not fit {decimales_} decimals")
    return int(produit.numerator)


def decimal(valeur: int, decimales_: int) -> Decimal:
    """`valeur / 10**decimales_`, exactly, whatever the caller's decimal context."""
    return _EXACT.scaleb(Decimal(valeur), -decimales_) if decimales_ else Decimal(valeur)
