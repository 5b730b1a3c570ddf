"""A scoring grid as the engines read it: immutable, already checked, every choice made explicit.

Source: shared note `cotation.md` section 5 (G1 to G20); the meaning of each part is `docs/cotation.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from services.cotation.domain.cadre import (
    Dates,
    Delai,
    Departage,
    Exemple,
    FaitLocal,
    Indicateur,
    Similarite,
    Territoire,
)
from services.cotation.domain.condition import ANCIENNETE, Condition, Mesure
from services.cotation.domain.preuve import NIVEAUX, NiveauPreuve, Preuve, SansPreuve

__all__ = [
    "NIVEAUX",
    "Bloc",
    "Bornes",
    "Coefficient",
    "Cumul",
    "Dates",
    "Delai",
    "Departage",
    "Derogation",
    "Effet",
    "EffetEvenement",
    "Exemple",
    "FaitLocal",
    "Grille",
    "Groupe",
    "HorsCotation",
    "Indicateur",
    "Mode",
    "ModeGroupe",
    "Nature",
    "NiveauPreuve",
    "Points",
    "Portee",
    "Preuve",
    "Regle",
    "RegleDeBloc",
    "RemiseAZero",
    "SansPreuve",
    "Segment",
    "Similarite",
    "Territoire",
    "Tranche",
    "Tranches",
    "Variante",
    "Variantes",
    "nature_de",
]


class Nature(StrEnum):
    """What a value is: points to add, or a coefficient on the base (G2)."""

    POINTS = "points"
    COEFFICIENT = "coefficient"


@dataclass(frozen=True, slots=True)
class Bornes:
    """Floor and cap in points; None: no limit. `*_sans` keeps "the source says there is none" apart from "unknown"."""

    mini: Decimal | None = None
    maxi: Decimal | None = None
    mini_sans: bool = False
    maxi_sans: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A fixed number of signed points (G1)."""

    valeur: Decimal


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient on the base (G2); 1 is neutral."""

    valeur: Decimal


@dataclass(frozen=True, slots=True)
class Cumul:
    """Points per whole unit of a measure (G3): `floor(measure) * valeur`.

    par: the unit told to people ("mois", "passage"). plafond: bound of the product on the side of `valeur` (a cap when
    valeur >= 0, a floor when valeur < 0); None: none.
    """

    mesure: Mesure
    valeur: Decimal
    par: str = "mois"
    plafond: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tranche:
    """One step of a scale: mini <= measure < maxi; None leaves that side open."""

    mini: Decimal | None
    maxi: Decimal | None
    valeur: Decimal


@dataclass(frozen=True, slots=True)
class Tranches:
    """A step function of a measure (G4): tranches sorted, disjoint, contiguous.

    cumulatif: the values of the step reached and of those below it add up (points only).
    """

    mesure: Mesure
    tranches: tuple[Tranche, ...]
    nature: Nature = Nature.POINTS
    cumulatif: bool = False


@dataclass(frozen=True, slots=True)
class Variante:
    """One value of a multi-valued criterion."""

    quand: Condition
    valeur: Decimal
    libelle: str | None = None


@dataclass(frozen=True, slots=True)
class Variantes:
    """A multi-valued criterion (G6): the first variant whose condition holds gives its value, the others nothing."""

    variantes: tuple[Variante, ...]
    nature: Nature


Effet = Points | Coefficient | Cumul | Tranches | Variantes


def nature_de(effet: Effet) -> Nature:
    """Whether an effect gives points or a coefficient."""
    match effet:
        case Coefficient():
            return Nature.COEFFICIENT
        case Tranches(nature=nature) | Variantes(nature=nature):
            return nature
        case _:
            return Nature.POINTS


@dataclass(frozen=True, slots=True)
class Derogation:
    """Who accepted that a sensitive criterion be used, why and when (D30)."""

    acteur: str
    motif: str
    le: date | None = None


@dataclass(frozen=True, slots=True)
class Regle:
    """One criterion: a condition, one effect, and what proves it.

    bornes: the rule's own floor and cap; None: those of the grid. desactivee: why the criterion does not count for now
    (G19), None when it does. sensible: offence, health or behaviour data (D30).
    """

    id: str
    libelle: str
    bloc: str
    quand: Condition
    effet: Effet
    preuve: Preuve = field(default_factory=Preuve)
    bornes: Bornes | None = None
    desactivee: str | None = None
    sensible: bool = False
    derogation: Derogation | None = None
    explication: str | None = None

    @property
    def nature(self) -> Nature:
        """Points or coefficient."""
        return nature_de(self.effet)


@dataclass(frozen=True, slots=True)
class Bloc:
    """A family of criteria, with the floor and cap of the sum of its points (G10)."""

    id: str
    libelle: str
    bornes: Bornes = field(default_factory=Bornes)


class ModeGroupe(StrEnum):
    """Which rule of an exclusion group counts (G8)."""

    MAX = "max"
    MIN = "min"
    PREMIERE = "premiere"
    DECLAREE = "declaree"


@dataclass(frozen=True, slots=True)
class Groupe:
    """Rules of which one at most counts.

    champ: for DECLAREE, the path of the fact that names the rule whose box is ticked; None: the conditions of the
    rules are the boxes, so none counts when several hold.
    """

    id: str
    mode: ModeGroupe
    regles: tuple[str, ...]
    champ: str | None = None


@dataclass(frozen=True, slots=True)
class RegleDeBloc:
    """Bloc `ecarte` counts for nothing as soon as bloc `si_points_dans` gives points (G9)."""

    ecarte: str
    si_points_dans: str


@dataclass(frozen=True, slots=True)
class RemiseAZero:
    """Events that make seniority start again on their date (G11).

    evenements: path of the list. seulement_si: which events do; None: all.
    """

    evenements: str
    seulement_si: Condition | None = None


@dataclass(frozen=True, slots=True)
class EffetEvenement:
    """Points that events give or take, until they expire (G11, G12).

    expire_mois: an event counts while fewer than that many whole months have gone by since it; None: for ever.
    par_evenement: the value is counted once per event; otherwise once in all.
    """

    id: str
    libelle: str
    evenements: str
    valeur: Decimal
    bloc: str | None = None
    seulement_si: Condition | None = None
    expire_mois: int | None = None
    par_evenement: bool = True


@dataclass(frozen=True, slots=True)
class HorsCotation:
    """A reason for which a file is not scored (G14, G15, G16), tried in the order of the grid."""

    code: str
    libelle: str
    quand: Condition


class Mode(StrEnum):
    """How counted rules make a total."""

    ADDITIF = "additif"
    BASE_PAR_COEFFICIENTS = "base_par_coefficients"


class Segment(StrEnum):
    """Who the grid is for (D10: two grids at most per territory)."""

    TOUS = "tous"
    PRIMO_DEMANDEUR = "primo_demandeur"
    MUTATION = "mutation"


class Portee(StrEnum):
    """Which places wished are scored (G15)."""

    LIEU_SOUHAITE = "lieu_souhaite"
    PREMIER_CHOIX = "premier_choix"


@dataclass(frozen=True, slots=True)
class Grille:
    """One version of one territory's grid; (id, version) names it.

    regle_de_base: id of the base rule when `mode` is BASE_PAR_COEFFICIENTS, else None. bornes_regle: floor and cap of
    every rule and event effect that gives points and has none of its own. format: the format it was read from.
    """

    id: str
    nom: str
    format: str
    territoire: Territoire
    mode: Mode
    regles: tuple[Regle, ...]
    blocs: tuple[Bloc, ...]
    version: str = "1"
    statut: str = "brouillon"
    regle_de_base: str | None = None
    segment: Segment = Segment.TOUS
    portee: Portee = Portee.LIEU_SOUHAITE
    hors_cotation: tuple[HorsCotation, ...] = ()
    bornes_regle: Bornes = field(default_factory=Bornes)
    bornes_total: Bornes = field(default_factory=Bornes)
    groupes: tuple[Groupe, ...] = ()
    regles_de_bloc: tuple[RegleDeBloc, ...] = ()
    remises_a_zero: tuple[RemiseAZero, ...] = ()
    effets_evenements: tuple[EffetEvenement, ...] = ()
    dates: Dates = field(default_factory=Dates)
    departage: tuple[Departage, ...] = (Departage(ANCIENNETE, decroissant=True),)
    similarite: Similarite = field(default_factory=Similarite)
    delai: Delai = field(default_factory=Delai)
    textes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    faits_locaux: tuple[FaitLocal, ...] = ()
    indicateurs: tuple[Indicateur, ...] = ()
    exemples: tuple[Exemple, ...] = ()

    def regle(self, identifiant: str) -> Regle:
        """The rule of that id; KeyError when the grid has none."""
        for regle in self.regles:
            if regle.id == identifiant:
                return regle
        raise KeyError(identifiant)

    def bornes_de(self, regle: Regle) -> Bornes:
        """Floor and cap that apply to a rule's points: its own, else the grid's."""
        return self.bornes_regle if regle.bornes is None else regle.bornes
