"""What frames a grid without entering the calculation: territory, dates, tie-break, similarity, waiting time, local facts,
indicators, worked examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from services.cotation.domain.preuve import NiveauPreuve


@dataclass(frozen=True, slots=True)
class Territoire:
    """Whom the grid belongs to. code: INSEE or SIREN code of the territory; communes: its communes, when listed."""

    type: str
    nom: str
    code: str | None = None
    communes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dates:
    """The life of a version (G17): voted, published, in force from, until (excluded)."""

    adoptee_le: date | None = None
    publiee_le: date | None = None
    applicable_du: date | None = None
    applicable_au: date | None = None


@dataclass(frozen=True, slots=True)
class Departage:
    """One key of the tie-break between equal notes."""

    champ: str
    decroissant: bool


@dataclass(frozen=True, slots=True)
class Similarite:
    """What makes two applications analogous (D18). effectif_minimal: below it, the class is widened."""

    cle: tuple[str, ...] = ("territoire", "lieu", "typologie", "plafond", "segment")
    effectif_minimal: int = 10


@dataclass(frozen=True, slots=True)
class Delai:
    """How the observed waiting time is measured (D14, D19). periode_mois: months of attributions observed."""

    indicateur: str = "moyenne"
    periode_mois: int = 12
    cle: tuple[str, ...] = ("typologie", "lieu")


@dataclass(frozen=True, slots=True)
class FaitLocal:
    """A fact that a region adds to the situation catalogue (design.md section 2).

    champ: a path under `local.`. type: one of `contracts.situation.TypeFait`. codes: the closed list of a coded fact.
    """

    champ: str
    libelle: str
    type: str
    unite: str | None = None
    codes: tuple[str, ...] = ()
    saisi_par: tuple[str, ...] = ()
    preuve: NiveauPreuve = NiveauPreuve.DECLARE


@dataclass(frozen=True, slots=True)
class Indicateur:
    """A figure shown beside the note and never counted in it (G20)."""

    champ: str
    libelle: str
    unite: str | None = None


@dataclass(frozen=True, slots=True)
class Exemple:
    """A worked example: the grid is refused when it does not come out.

    le: day of the evaluation, or None (then no date is compared with today: any day gives the same result).
    total: None when `hors_cotation` is expected. lignes: expected value of counted rules, by rule id; a rule given as
    None is expected not to count.
    """

    id: str
    faits: Mapping[str, Any]
    total: Decimal | None
    le: date | None = None
    lignes: Mapping[str, Decimal | None] = field(default_factory=lambda: MappingProxyType({}))
    facteur: Decimal | None = None
    provisoire: bool | None = None
    hors_cotation: str | None = None
