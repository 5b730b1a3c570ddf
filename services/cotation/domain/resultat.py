"""What one evaluation gives: a total, and one line for every rule with the reason it counts or not.

Source: shared note `cotation.md` section 5, "Result record" (duties D17, D24, D25).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from services.cotation.domain.grille import NiveauPreuve


class Role(StrEnum):
    """How a line enters the total."""

    POINTS = "points"
    COEFFICIENT = "coefficient"
    BASE = "base"


class Raison(StrEnum):
    """Why a line counts or not: stable codes, ASCII kebab-case."""

    COMPTEE = "comptee"
    COMPTEE_PROVISOIRE = "comptee-provisoire"
    COMPTEE_BORNEE = "comptee-bornee"
    HORS_COTATION = "hors-cotation"
    REGLE_DESACTIVEE = "regle-desactivee"
    CONDITION_NON_REMPLIE = "condition-non-remplie"
    HORS_BAREME = "hors-bareme"
    PREUVE_MANQUANTE = "preuve-manquante"
    GROUPE_AUTRE_REGLE = "groupe-autre-regle"
    GROUPE_CASE_NON_COCHEE = "groupe-case-non-cochee"
    GROUPE_CASE_AMBIGUE = "groupe-case-ambigue"
    BLOC_ECARTE = "bloc-ecarte"
    AUCUN_EVENEMENT = "aucun-evenement"


class Ligne(NamedTuple):
    """One rule, or one event effect, in a result. (A named tuple: of all that is immutable it is the quickest to make.)

    valeur: points or coefficient given; for a line that does not count, what it would have given, or the neutral value
    (0 point, coefficient 1) when nothing could be established. raison: code; `retenue`: the rule of the same
    group that counts instead, or the bloc whose points set this one aside. faits: each measure read -> value used, None
    when absent. preuve: level obtained. expire_le: first day on which time alone takes the points back.
    """

    regle: str
    bloc: str | None
    libelle: str
    effet: Role
    valeur: Decimal
    compte: bool
    raison: Raison
    faits: Mapping[str, Any] = MappingProxyType({})
    preuve: NiveauPreuve = NiveauPreuve.DECLARE
    provisoire: bool = False
    retenue: str | None = None
    expire_le: date | None = None


@dataclass(frozen=True, slots=True)
class Ajustement:
    """Points added or taken back by a floor or a cap; portee: `bloc:<id>` or `total`."""

    portee: str
    valeur: Decimal


@dataclass(frozen=True, slots=True)
class MotifHorsCotation:
    """Why the file is not scored."""

    code: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Resultat:
    """The score of one situation under one version of a grid on one day.

    total: exact; it equals base * facteur + the points of the other counted points lines + the adjustments (base = 0
    in an additive grid); 0 when `hors_cotation`. lignes: every rule in the grid's order, then every event effect.
    provisoire: a counted line still waits for its evidence.
    """

    grille: str
    version: str
    as_of: date
    total: Decimal
    provisoire: bool
    hors_cotation: MotifHorsCotation | None
    lignes: tuple[Ligne, ...]
    ajustements: tuple[Ajustement, ...] = ()
    facteur: Decimal = Decimal(1)


class Constat(NamedTuple):
    """The score alone: what a result says once its lines are left out. hors: code of the reason out of scope."""

    total: Decimal
    provisoire: bool
    hors: str | None
