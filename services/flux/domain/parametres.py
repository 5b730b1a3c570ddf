"""The figures that the law sets on reservations, dated, each with its article: no other file writes one.

Those that several services read (days to answer, candidates a dwelling, time to designate) are in contracts.parametres.

`surete` follows the domain file: R read in the source, r read in part, S read in a seed, K known but to be re-read on
Légifrance before it becomes a hard rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JourDeLAnnee:
    """A day that comes back each year, such as 28 February."""

    mois: int
    jour: int

    def __str__(self) -> str:
        return f"{self.mois:02d}-{self.jour:02d}"

    def en(self, annee: int) -> date:
        """That day in `annee`."""
        return date(annee, self.mois, self.jour)


@dataclass(frozen=True, slots=True)
class Version(Generic[T]):
    """One value of a parameter from `du` (included) to `au` (included; None: still in force)."""

    valeur: T
    du: date
    au: date | None
    article: str
    surete: str


@dataclass(frozen=True, slots=True)
class Parametre(Generic[T]):
    """A figure of the law with all its dated versions, oldest first."""

    code: str
    libelle: str
    unite: str
    versions: tuple[Version[T], ...]

    def le(self, jour: date | None = None) -> T:
        """Value in force on `jour`; the newest one when no day is given, the oldest one before the first date."""
        return self.version(jour).valeur

    def version(self, jour: date | None = None) -> Version[T]:
        """Version in force on `jour`, with its article (same rule as `le`)."""
        if jour is None:
            return self.versions[-1]
        return next((v for v in reversed(self.versions) if v.du <= jour), self.versions[0])


FLUX_2020 = date(2020, 2, 22)
"""Décret 2020-145 of 20/02/2020, in force the day after its publication."""

PART_ETAT_MAX = Parametre(
    "part-etat-max",
    "Part maximale de l'État dans le flux annuel du bailleur",
    "part",
    (Version(Fraction(30, 100), FLUX_2020, None, "CCH R441-5-2 I", "R"),),
)
PART_ETAT_AGENTS_MAX = Parametre(
    "part-etat-agents-max",
    "Part maximale des agents civils et militaires de l'État, comprise dans la précédente",
    "part",
    (Version(Fraction(5, 100), FLUX_2020, None, "CCH R441-5-2 I", "R"),),
)
PART_ETAT_HORS_QPV_MIN = Parametre(
    "part-etat-hors-qpv-min",
    "Part minimale de l'État hors QPV, sauf stipulation contraire",
    "part",
    (Version(Fraction(30, 100), FLUX_2020, None, "CCH R441-5-2 II", "R"),),
)
DEROGATION_ANNEES_MAX = Parametre(
    "derogation-annees-max",
    "Durée maximale d'un arrêté préfectoral dérogeant aux plafonds de l'État",
    "annees",
    (Version(1, FLUX_2020, None, "CCH R441-5-2 I", "R"),),
)
PART_GARANTIES_MAX = Parametre(
    "part-garanties-max",
    "Part maximale des collectivités au titre des garanties d'emprunt, ensemble",
    "part",
    (Version(Fraction(20, 100), FLUX_2020, None, "CCH R441-5-3", "R (figure), K (exact base)"),),
)
OBJECTIF_PREMIER_QUARTILE = Parametre(
    "objectif-premier-quartile",
    "Part des baux hors QPV due au premier quartile et aux relogés NPNRU, faute d'accord de la CIL",
    "part",
    (Version(Fraction(25, 100), date(2017, 1, 29), None, "CCH L441-1 (loi 2017-86)", "R / K (date)"),),
)
OBJECTIF_PRIORITAIRES = Parametre(
    "objectif-prioritaires",
    "Part des attributions de chaque réservataire due aux ménages prioritaires",
    "part",
    (Version(Fraction(25, 100), date(2017, 1, 29), None, "CCH L441-1, L441-2-3", "R / K (date)"),),
)
OBJECTIF_AUTRES_QUARTILES_QPV = Parametre(
    "objectif-autres-quartiles-qpv",
    "Part des attributions en QPV visant les trois autres quartiles, faute d'accord de la CIL",
    "part",
    (Version(Fraction(50, 100), date(2017, 1, 29), None, "CCH L441-1", "K"),),
)
BILAN_ECHEANCE = Parametre(
    "bilan-echeance",
    "Dernier jour pour transmettre le bilan et le prévisionnel aux réservataires",
    "jour de l'annee",
    (Version(JourDeLAnnee(2, 28), FLUX_2020, None, "CCH R441-5 I, R441-5-1", "R"),),
)
CHIFFRES_MINISTERE_ECHEANCE = Parametre(
    "chiffres-ministere-echeance",
    "Dernier jour avant lequel les chiffres annuels vont au ministère",
    "jour de l'annee",
    (Version(JourDeLAnnee(2, 15), date(2011, 11, 28), None, "arrêté du 28/11/2011 art. 1", "R (successor to check)"),),
)
CONVERSION_ECHEANCE = Parametre(
    "conversion-echeance",
    "Dernier jour pour convertir les conventions de stock en flux",
    "date",
    (
        Version(date(2021, 11, 24), date(2018, 11, 24), date(2022, 2, 22), "loi ELAN art. 114", "R"),
        Version(date(2023, 11, 24), date(2022, 2, 23), None, "loi 3DS 2022-217", "R"),
    ),
)


def parametres() -> Iterator[Parametre[object]]:
    """Every parameter of this file, in the order in which it is written: what a page of sources shows."""
    for valeur in globals().values():
        if isinstance(valeur, Parametre):
            yield valeur
