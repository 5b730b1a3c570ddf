"""What the scoring publishes."""

from datetime import date

import msgspec

SERVICE = "cotation"


class GrilleAdoptee(msgspec.Struct, frozen=True):
    """A grid was adopted by its EPCI (SIREN). version: hash of its canonical content."""

    epci: str
    grille: str
    version: str
    adoptee_le: date


class GrillePubliee(msgspec.Struct, frozen=True):
    """A grid is in force from `effet` on: every demande that wishes a place of the EPCI is scored again."""

    epci: str
    grille: str
    version: str
    effet: date


class CotationEtablie(msgspec.Struct, frozen=True, omit_defaults=True):
    """The score of one demande for one place wished. lieu: `commune` or `commune:quartier`; total: exact decimal, as text.

    cause: what moved it: `initiale`, `correction`, `fait`, `preuve`, `label`, `refus`, `temps`, `grille` (design.md §8).
    hors_cotation: the grid does not score this demande there, and the total says nothing.
    """

    demande: str
    lieu: str
    grille: str
    version: str
    situation: int
    total: str
    provisoire: bool
    au: date
    cause: str
    hors_cotation: bool = False


class LigneRevue(msgspec.Struct, frozen=True, array_like=True):
    """One score that time alone moved: (demande, lieu, total, avant, situation, provisoire).

    avant: the total that it had; the same as `total` when only its lines moved. situation: version of the facts that it
    rests on. Whoever keeps scores keeps the one of the highest (situation, au): it may come before `cotation.etablie`.
    """

    demande: str
    lieu: str
    total: str
    avant: str = ""
    situation: int = 0
    provisoire: bool = False


class CotationsRevues(msgspec.Struct, frozen=True):
    """Scores moved by time alone, at most 1,000 lines an event."""

    grille: str
    version: str
    au: date
    lignes: tuple[LigneRevue, ...]


class JourneeClose(msgspec.Struct, frozen=True):
    """Time has moved every score that it moves up to `le`: one event a day."""

    le: date


class ClassementArrete(msgspec.Struct, frozen=True):
    """The ranking shown for a dwelling is kept. empreinte: SHA-256 of its lines, in hexadecimal."""

    classement: str
    mise_a_disposition: str
    au: date
    candidats: int
    empreinte: str


TYPES: dict[str, type[msgspec.Struct]] = {
    "grille.adoptee.v1": GrilleAdoptee,
    "grille.publiee.v1": GrillePubliee,
    "cotation.etablie.v1": CotationEtablie,
    "cotation.revues.v1": CotationsRevues,
    "cotation.journee-close.v1": JourneeClose,
    "classement.arrete.v1": ClassementArrete,
}
