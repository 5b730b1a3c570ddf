"""Numbers and days as a French reader expects them."""

from datetime import date
from fractions import Fraction

_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_FINE = "\u202f"


def entier(nombre: int) -> str:
    """12 345, by groups of three."""
    return f"{nombre:,}".replace(",", _FINE)


def decimal(nombre: str | Fraction, decimales: int = 2, *, signe: bool = False) -> str:
    """An exact number, as text or fraction, rounded to be read: 12,75. signe: with its + too; zero has none."""
    arrondi = round(Fraction(nombre), decimales)
    ecrit = f"{float(arrondi):+.{decimales}f}" if signe and arrondi else f"{float(arrondi):.{decimales}f}"
    return ecrit.replace(".", ",").replace("-", "−")


def jour(iso: str) -> str:
    """28 novembre 2026."""
    le = date.fromisoformat(iso)
    return f"{'1er' if le.day == 1 else le.day} {_MOIS[le.month - 1]} {le.year}"


def rang(nombre: int) -> str:
    """1er, 2e…"""
    return "1er" if nombre == 1 else f"{nombre}e"


def pluriel(nombre: int, mot: str, mots: str | None = None) -> str:
    """1 bail, 6 baux."""
    return f"{entier(nombre)} {mot if nombre < 2 else mots or mot + 's'}"
