"""Exact results at the edge: whole numbers as integers, others rounded to four places, as JSON without any float."""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import msgspec

Valeur: TypeAlias = "bool | int | str | Fraction | Sequence[Valeur] | Mapping[str, Valeur] | None"
Resultat: TypeAlias = dict[str, Valeur]

DECIMALES = 4
ECHELLE = 10_000
_JSON = msgspec.json.Encoder(decimal_format="number")
_PRECIS = Context(prec=80)


def arrondi_affiche(valeur: Fraction) -> int | Decimal:
    """A whole number as int, any other as Decimal of at most four places, half away from zero, no trailing zero."""
    entier = (2 * ECHELLE * abs(valeur.numerator) + valeur.denominator) // (2 * valeur.denominator)
    entier = -entier if valeur < 0 else entier
    if entier % ECHELLE == 0:
        return entier // ECHELLE
    decimal: Decimal = _PRECIS.normalize(Decimal(entier).scaleb(-DECIMALES, _PRECIS))
    return decimal


def dire(valeur: Fraction) -> str:
    """The same number in a French sentence."""
    return str(arrondi_affiche(valeur)).replace(".", ",")


def afficher(valeur: Valeur) -> Any:
    """The same structure with numbers as they are shown."""
    if isinstance(valeur, Fraction):
        return arrondi_affiche(valeur)
    if isinstance(valeur, Mapping):
        return {str(cle): afficher(contenu) for cle, contenu in valeur.items()}
    if isinstance(valeur, str) or not isinstance(valeur, Sequence):
        return valeur
    return [afficher(contenu) for contenu in valeur]


def en_json(valeur: Valeur, *, indente: bool = False) -> str:
    """JSON text of a result."""
    octets = _JSON.encode(afficher(valeur))
    return (msgspec.json.format(octets, indent=2) if indente else octets).decode()


def pourcent(part: Fraction) -> Fraction:
    """A share in percent."""
    return 100 * part


def pourcents(parts: Mapping[str, Fraction]) -> dict[str, Valeur]:
    """Shares in percent."""
    return {nom: 100 * part for nom, part in parts.items()}


def dictionnaire(valeurs: Mapping[str, Any]) -> dict[str, Valeur]:
    """A mapping of the domain as part of a result."""
    return dict(valeurs)
