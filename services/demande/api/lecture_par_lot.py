"""The body of a reading by batch: what is asked of many demandes at once, or every reason why it is refused."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

import msgspec

from contracts.problems import Fault
from services.chassis.http.refusals import CorpsIllisible, DonneesInvalides

T = TypeVar("T")

MOST_DEMANDES = 1_000
_LONGEST_PURPOSE = 200


def corps(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """The body, in the contract's shape. Raises CorpsIllisible, DonneesInvalides."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as invalid:
        raise DonneesInvalides(
            "La lecture demandée n'a pas la forme attendue.", errors=(Fault("", "forme", str(invalid)),)
        ) from invalid
    except msgspec.DecodeError as unreadable:
        raise CorpsIllisible("Le corps n'est pas du JSON : vérifiez-le.") from unreadable


def finalite_dite(finalite: str) -> None:
    """Check that the reading says its purpose, which the access journal keeps. Raises DonneesInvalides."""
    if not 1 <= len(finalite.strip()) <= _LONGEST_PURPOSE:
        raise DonneesInvalides(
            f"Dites pourquoi vous lisez ces données, en {_LONGEST_PURPOSE} caractères au plus.",
            errors=(Fault("/finalite", "longueur", f"de 1 à {_LONGEST_PURPOSE} caractères"),),
        )


def identifiants(demandes: Sequence[str]) -> list[UUID]:
    """The demandes asked, 1,000 at the most. Raises DonneesInvalides."""
    if len(demandes) > MOST_DEMANDES:
        raise DonneesInvalides(
            f"Une lecture porte sur {MOST_DEMANDES} demandes au plus : faites-en plusieurs.",
            errors=(Fault("/demandes", "trop-long", f"au plus {MOST_DEMANDES}"),),
        )
    try:
        return [UUID(demande) for demande in demandes]
    except ValueError as invalid:
        raise DonneesInvalides(
            "Un identifiant de demande n'est pas un UUID.", errors=(Fault("/demandes", "identifiant", "UUID attendu"),)
        ) from invalid
