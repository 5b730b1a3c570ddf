"""Exact decimals as the world reads them: `6.4`, `16`, `-30`."""

from decimal import Context, Decimal

EXACT = Context(prec=100)
"""For sums and products of scores: wider than any that the bounds of a grid and of a fact allow, so nothing is rounded."""


def ecrire(valeur: Decimal) -> str:
    """The shortest plain writing of a finite decimal: no exponent, no superfluous zero, no negative zero."""
    texte = format(valeur, "f")
    if "." in texte:
        texte = texte.rstrip("0").rstrip(".")
    return "0" if texte in ("-0", "") else texte


def ecrire_fr(valeur: Decimal, *, signe: bool = False) -> str:
    """The same for a French sentence: decimal comma, true minus sign; `signe` writes the plus too."""
    texte = ecrire(valeur).replace(".", ",").replace("-", "−")
    return f"+{texte}" if signe and valeur > 0 else texte
