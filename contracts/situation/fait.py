"""One fact of the situation catalogue: what a grid may read of a demande, typed, bounded and sourced."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict, Unpack

from contracts.listes import liste

CHEMIN = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,3}")


class TypeFait(StrEnum):
    """How a value is written in JSON: decimals as strings, dates as ISO strings, lists of codes without order."""

    INT = "int"
    DECIMAL = "decimal"
    BOOL = "bool"
    CODE = "code"
    LISTE_CODES = "liste_codes"
    DATE = "date"
    LISTE_EVENEMENTS = "liste_evenements"


NUMERIQUES = frozenset({TypeFait.INT, TypeFait.DECIMAL})
CODES = frozenset({TypeFait.CODE, TypeFait.LISTE_CODES})


class Portee(StrEnum):
    """What the fact is about: the demande as a whole, or one of the places wished (design.md §2)."""

    DEMANDE = "demande"
    LIEU = "lieu"


class Provenance(StrEnum):
    """Where a value comes from, weakest first. REGISTRE: the register knows it by itself (dates, refusals, wishes)."""

    DECLAREE = "declaree"
    VERIFIEE = "verifiee"
    LABEL = "label"
    REGISTRE = "registre"


DECLARATIVE = (Provenance.DECLAREE, Provenance.VERIFIEE)
DU_REGISTRE = (Provenance.REGISTRE,)
PAR_UN_TIERS = (Provenance.LABEL,)

TERRITOIRE = frozenset({"commune", "departement", "epci"})
"""Names of `liste` whose codes are those of the territory (`contracts.territoire`), not of a coded list."""


class FaitInvalide(ValueError):
    """The description of a fact contradicts itself."""


@dataclass(frozen=True, slots=True)
class Champ:
    """One field of the records of a `liste_evenements`. `type` is never a list."""

    nom: str
    type: TypeFait
    libelle: str
    liste: str | None = None
    unite: str | None = None
    obligatoire: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fait:
    """One entry of the catalogue.

    chemin: dotted path, unique in the catalogue.
    unite: for a number, its unit in words; None for a plain count.
    liste: for codes, the coded list (`contracts.listes`), or one of TERRITOIRE for a code of the territory.
    liste_ouverte: a region may add its own codes to the list.
    codes: the closed list of a coded local fact, written in place of `liste`.
    bornes: for a number, (min, max), both included: outside them the value is an entry error.
    decimales: for a decimal, how many are kept; the value times 10^decimales is an integer.
    provenance: the provenances that the value may have.
    sensible: health, violence, offence or judicial data (RGPD 9 and 10): its reading is logged and a grid that scores
    it must say so. `fondement` is the article that allows scoring it; empty when none is known. When only some codes of
    a list are sensitive, `codes_sensibles` names them.
    derive: computed from other facts; it has the weakest of their provenances.
    champs: for `liste_evenements`, the fields of a record; a numeric comparison on such a fact compares the number of
    records.
    source: where the fact is defined. Raises FaitInvalide when the entry contradicts itself.
    """

    chemin: str
    type: TypeFait
    libelle: str
    source: str
    portee: Portee = Portee.DEMANDE
    unite: str | None = None
    liste: str | None = None
    liste_ouverte: bool = False
    codes: tuple[str, ...] = ()
    bornes: tuple[Decimal, Decimal] | None = None
    decimales: int = 0
    provenance: tuple[Provenance, ...] = DECLARATIVE
    sensible: bool = False
    fondement: str = ""
    derive: bool = False
    champs: tuple[Champ, ...] = ()

    def __post_init__(self) -> None:
        for faux, phrase in self._contradictions():
            if faux:
                raise FaitInvalide(f"Le fait « {self.chemin} » {phrase}.")

    @property
    def codes_sensibles(self) -> frozenset[str]:
        """The codes of its list that are sensitive: all of them when the fact is, else those that the list marks."""
        if self.liste is None or self.liste in TERRITOIRE:
            return frozenset()
        return frozenset(v.code for v in liste(self.liste) if self.sensible or v.attributs.get("sensible"))

    def _contradictions(self) -> tuple[tuple[bool, str], ...]:
        numerique = self.type in NUMERIQUES
        return (
            (not CHEMIN.fullmatch(self.chemin), "n'a pas un chemin pointé en minuscules sans accent"),
            (not self.libelle.strip(), "n'a pas de libellé"),
            (not self.provenance, "n'a aucune provenance possible"),
            (numerique is (self.bornes is None), "doit porter des bornes si c'est un nombre, et seulement alors"),
            (self.bornes is not None and self.bornes[0] > self.bornes[1], "a des bornes inversées"),
            (
                (self.type in CODES) is (self.liste is None and not self.codes),
                "doit nommer une liste si c'est un code, et seulement alors",
            ),
            (self.liste is not None and bool(self.codes), "nomme une liste et donne aussi ses codes"),
            (self.liste_ouverte and self.liste is None, "dit ouverte une liste qu'il ne nomme pas"),
            (self.unite is not None and not numerique, "porte une unité sans être un nombre"),
            ((self.type is TypeFait.DECIMAL) is (self.decimales == 0), "doit dire ses décimales si c'est un décimal"),
            (
                (self.type is TypeFait.LISTE_EVENEMENTS) is (not self.champs),
                "doit décrire ses champs si c'est une liste d'événements, et seulement alors",
            ),
        )


class Options(TypedDict, total=False):
    """What the builders below pass on to Fait."""

    portee: Portee
    unite: str
    liste: str
    liste_ouverte: bool
    provenance: tuple[Provenance, ...]
    sensible: bool
    fondement: str
    derive: bool
    champs: tuple[Champ, ...]


def entier(chemin: str, libelle: str, source: str, /, *, bornes: tuple[int, int], **options: Unpack[Options]) -> Fait:
    """A whole number between two bounds, both included."""
    mini, maxi = bornes
    return Fait(
        chemin=chemin,
        type=TypeFait.INT,
        libelle=libelle,
        source=source,
        bornes=(Decimal(mini), Decimal(maxi)),
        **options,
    )


def decimal(
    chemin: str,
    libelle: str,
    source: str,
    /,
    *,
    bornes: tuple[int, int],
    decimales: int = 2,
    **options: Unpack[Options],
) -> Fait:
    """An exact decimal between two bounds, both included; two decimals unless told."""
    mini, maxi = bornes
    return Fait(
        chemin=chemin,
        type=TypeFait.DECIMAL,
        libelle=libelle,
        source=source,
        bornes=(Decimal(mini), Decimal(maxi)),
        decimales=decimales,
        **options,
    )


def simple(type_: TypeFait, chemin: str, libelle: str, source: str, /, **options: Unpack[Options]) -> Fait:
    """A boolean, a date, a code, a list of codes or a list of events."""
    return Fait(chemin=chemin, type=type_, libelle=libelle, source=source, **options)
