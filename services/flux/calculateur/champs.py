"""The types of the calculator's inputs: exact numbers, shares, days; each refuses with a sentence and a remedy."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from annotated_types import MaxLen, MinLen
from pydantic import PlainValidator, StrictBool, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.flux.calculateur.lecture import NombreRefuse
from services.flux.domain.arrondi import Departage

GRAND = 10**9
"""Largest count that is a count: above it a typing error is more likely than a park."""

T = TypeVar("T")


def refus(code: str, message: str, remede: str) -> PydanticCustomError:
    """A fault to raise from a validator; braces of the data are kept as they are."""
    return PydanticCustomError(code, "{message}", {"message": message, "remede": remede})


def _exact(valeur: Any) -> Fraction:
    if isinstance(valeur, NombreRefuse):
        raise refus(
            "nombre-refuse", f"« {valeur.texte[:20]} » n'est pas un nombre fini et raisonnable.", "Corrigez-le."
        )
    if isinstance(valeur, bool) or not isinstance(valeur, int | Decimal | Fraction):
        raise refus(
            "type-faux", "Il faut un nombre ici.", "Écrivez un nombre, sans guillemets, le point pour décimale."
        )
    if isinstance(valeur, Decimal) and not valeur.is_finite():
        raise refus("nombre-refuse", "Il faut un nombre fini.", "Corrigez-le.")
    return Fraction(valeur)


def _borne(valeur: Fraction, minimum: int, maximum: int) -> Fraction:
    if valeur < minimum:
        code = "negatif" if minimum == 0 else "trop-petit"
        raise refus(code, f"{_dire(valeur)} est au-dessous de {minimum}.", f"Donnez au moins {minimum}.")
    if valeur > maximum:
        raise refus("trop-grand", f"{_dire(valeur)} est au-dessus de {maximum}.", f"Donnez au plus {maximum}.")
    return valeur


def _dire(valeur: Fraction) -> str:
    return str(valeur) if valeur.denominator == 1 else str(Decimal(valeur.numerator) / Decimal(valeur.denominator))


def _reel(minimum: int, maximum: int) -> Callable[[Any], Fraction]:
    return lambda valeur: _borne(_exact(valeur), minimum, maximum)


def _entier(minimum: int, maximum: int) -> Callable[[Any], int]:
    def lire(valeur: Any) -> int:
        exact = _borne(_exact(valeur), minimum, maximum)
        if exact.denominator != 1:
            raise refus("non-entier", f"{_dire(exact)} n'est pas un nombre entier.", "Donnez un nombre entier.")
        return exact.numerator

    return lire


def _pourcentage(valeur: Any) -> Fraction:
    return _borne(_exact(valeur), 0, 100) / 100


def _jour(valeur: Any) -> date:
    if not isinstance(valeur, str):
        raise refus("type-faux", "Il faut une date ici.", "Écrivez-la AAAA-MM-JJ, entre guillemets.")
    try:
        jour = date.fromisoformat(valeur)
    except ValueError:
        raise refus("date-fausse", f"« {valeur[:20]} » n'est pas une date.", "Écrivez-la AAAA-MM-JJ.") from None
    if not 1950 <= jour.year <= 2200:
        raise refus("date-fausse", f"L'année {jour.year} est hors de propos.", "Vérifiez l'année.")
    return jour


def _schema(genre: str, minimum: int, maximum: int) -> WithJsonSchema:
    return WithJsonSchema({"type": genre, "minimum": minimum, "maximum": maximum})


Nombre = Annotated[Fraction, PlainValidator(_reel(0, GRAND)), _schema("number", 0, GRAND)]
Compte = Annotated[int, PlainValidator(_entier(0, GRAND)), _schema("integer", 0, GRAND)]
Effectif = Annotated[int, PlainValidator(_entier(1, GRAND)), _schema("integer", 1, GRAND)]
Annee = Annotated[int, PlainValidator(_entier(1950, 2200)), _schema("integer", 1950, 2200)]
Longueur = Annotated[int, PlainValidator(_entier(1, 10_000)), _schema("integer", 1, 10_000)]
Duree = Annotated[Fraction, PlainValidator(_reel(0, 99)), _schema("number", 0, 99)]
Coefficient = Annotated[Fraction, PlainValidator(_reel(0, 100)), _schema("number", 0, 100)]
Pourcentage = Annotated[Fraction, PlainValidator(_pourcentage), _schema("number", 0, 100)]
"""Read in percent, kept as a share in [0, 1]."""
Jour = Annotated[date, PlainValidator(_jour), WithJsonSchema({"type": "string", "format": "date"})]
Nom = Annotated[str, StringConstraints(min_length=1, max_length=100, strict=True)]
Texte = Annotated[str, StringConstraints(min_length=1, max_length=1000, strict=True, strip_whitespace=True)]
Oui = StrictBool

Table = Annotated[dict[Nom, T], MinLen(1), MaxLen(1000)]
Liste = Annotated[list[T], MinLen(1), MaxLen(200_000)]


Parts = Annotated[dict[Nom, Pourcentage], MinLen(1), MaxLen(1000)]
"""Share of each holder, in listed order; what they must sum to is a check of the kind (`somme`)."""

Contrepartie = Literal["GARANTIE", "TERRAIN", "FINANCEMENT", "DROIT_ETAT"]

_DEPARTAGES = {
    "larger exact value, then listed order": Departage.VALEUR,
    "larger share, then listed order": Departage.VALEUR,
    "listed order": Departage.ORDRE,
    "valeur": Departage.VALEUR,
    "ordre": Departage.ORDRE,
}


def _departage(valeur: Any) -> Departage | tuple[str, ...]:
    if isinstance(valeur, list) and valeur and all(isinstance(nom, str) for nom in valeur):
        if len(set(valeur)) < len(valeur):
            raise refus("ordre-faux", "Un titulaire est nommé deux fois.", "Nommez chacun une fois.")
        return tuple(valeur)
    if isinstance(valeur, str) and valeur in _DEPARTAGES:
        return _DEPARTAGES[valeur]
    permis = " ; ".join(f"« {texte} »" for texte in _DEPARTAGES)
    raise refus(
        "departage-inconnu", "Cette règle de départage n'existe pas.", f"{permis} ; ou la liste des titulaires."
    )


TieBreak = Annotated[
    Departage | tuple[str, ...],
    PlainValidator(_departage),
    WithJsonSchema({"anyOf": [{"enum": list(_DEPARTAGES)}, {"type": "array", "items": {"type": "string"}}]}),
]
"""A sentence, or an agreed order of all holders (after the larger value)."""
