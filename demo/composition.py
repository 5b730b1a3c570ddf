"""How households are made: size, couple, children, and the age of the demandeur."""

from functools import cache
from typing import NamedTuple

from demo import donnees
from demo.tirages import Table, Uniforme, ajuster

AGES = {
    "<25": (18, 24),
    "25-29": (25, 29),
    "30-39": (30, 39),
    "40-49": (40, 49),
    "50-59": (50, 59),
    "60-69": (60, 69),
    ">=70": (70, 91),
}
"""Bounds of the age classes of distributions.json, in completed years."""

_PLAUSIBILITE = {
    "seul": (12, 14, 14, 13, 15, 18, 14),
    "couple": (9, 16, 14, 8, 16, 22, 15),
    "une_ou_deux": (8, 16, 40, 26, 10, 0.3, 0.02),
    "trois_et_plus": (1, 9, 46, 36, 8, 0.2, 0.01),
    "autre": (6, 10, 25, 30, 22, 6, 1),
}
"""How plausible each age class is for each kind of household, before both margins are met: an assumption."""

_REPARTITION_DES_NOMBREUX = {6: 0.7, 7: 0.2, 8: 0.1}
"""Sizes behind the class 6+: an assumption."""


class Composition(NamedTuple):
    """Size, whether a couple holds the lease, children, other persons à charge (parents, relatives)."""

    taille: int
    couple: bool
    enfants: int
    autres: int

    @property
    def genre(self) -> str:
        """The kind of household: `seul`, `couple`, `mono`, `autre`."""
        if self.autres:
            return "autre"
        if self.couple:
            return "couple"
        return "mono" if self.enfants else "seul"

    @property
    def famille(self) -> str:
        """The kind used for ages: `seul`, `couple`, `une_ou_deux` or `trois_et_plus` children, `autre`."""
        if self.autres:
            return "autre"
        if self.enfants:
            return "une_ou_deux" if self.enfants <= 2 else "trois_et_plus"
        return "couple" if self.couple else "seul"


def composer(uniforme: Uniforme) -> tuple[Composition, str]:
    """A composition and the age class of its demandeur."""
    composition = _loi().tirer(uniforme)
    return composition, _classes_d_age()[composition].tirer(uniforme)


@cache
def _loi() -> Table[Composition]:
    """Every composition with its weight: `taille_menage` times `composition_sachant_taille`."""
    tailles = donnees.poids(donnees.defauts()["taille_menage"]["poids"])
    nombreuses = tailles.pop("6+")
    exactes = {int(taille): masse for taille, masse in tailles.items()}
    exactes |= {taille: nombreuses * part for taille, part in _REPARTITION_DES_NOMBREUX.items()}
    lois: dict[Composition, float] = {Composition(1, couple=False, enfants=0, autres=0): exactes.pop(1)}
    for taille, masse in exactes.items():
        for nom, part in _sachant(taille).items():
            lois[_lire(nom, taille)] = masse * part
    return Table(lois)


def _sachant(taille: int) -> dict[str, float]:
    return donnees.poids(donnees.defauts()["composition_sachant_taille"][str(taille) if taille < 6 else "6+"])


def _lire(nom: str, taille: int) -> Composition:
    if nom == "autre":
        return Composition(taille, couple=False, enfants=0, autres=taille - 1)
    couple = nom.startswith("couple")
    return Composition(taille, couple=couple, enfants=taille - 2 if couple else taille - 1, autres=0)


@cache
def _classes_d_age() -> dict[Composition, Table[str]]:
    """Age class by composition; over all households, exactly the weights of `age_demandeur`."""
    parts = dict.fromkeys(_PLAUSIBILITE, 0.0)
    for composition, masse in _loi().parts.items():
        parts[composition.famille] += masse
    marges = donnees.poids(donnees.defauts()["age_demandeur"])
    loi = ajuster(list(_PLAUSIBILITE.values()), list(parts.values()), [marges[classe] for classe in AGES])
    tables = {famille: Table(dict(zip(AGES, ligne, strict=True))) for famille, ligne in zip(parts, loi, strict=True)}
    return {composition: tables[composition.famille] for composition in _loi().valeurs}
