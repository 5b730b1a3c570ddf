"""Ceilings on shares, with the dated derogations that lift them (F7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from services.flux.domain.parametres import (
    DEROGATION_ANNEES_MAX,
    PART_ETAT_AGENTS_MAX,
    PART_ETAT_HORS_QPV_MIN,
    PART_ETAT_MAX,
    PART_GARANTIES_MAX,
)


class Plafond(StrEnum):
    """Codes of the rules, as in flux-examples.json; the last one is ours."""

    ETAT = "ETAT_GT_30"
    ETAT_AGENTS = "ETAT_AGENTS_GT_5"
    GARANTIES = "COLLECTIVITES_GARANTIE_GT_20"
    ETAT_HORS_QPV = "ETAT_HORS_QPV_LT_30"
    DEROGATION_TROP_LONGUE = "DEROGATION_GT_1_AN"


@dataclass(frozen=True, slots=True)
class Derogation:
    """A préfet's order lifting a ceiling of the State from `du` to `au`, both included, up to its own figures.

    A share left at None: that ceiling is lifted without a figure of its own when the other one is None too, else it
    stays as the law says.
    """

    arrete: str
    du: date
    au: date
    part_etat: Fraction | None = None
    part_etat_agents: Fraction | None = None

    def couvre(self, jour: date) -> bool:
        """True on each day of the order."""
        return self.du <= jour <= self.au


@dataclass(frozen=True, slots=True)
class PartsControlees:
    """Shares in [0, 1] that a rule bounds; None when the caller does not state one, which is then not checked."""

    etat: Fraction | None = None
    etat_agents: Fraction | None = None
    garanties: Fraction | None = None
    etat_hors_qpv: Fraction | None = None
    stipulation_hors_qpv: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken: its code, the share or days found, the limit on the day of control, the article."""

    plafond: Plafond
    valeur: Fraction
    limite: Fraction
    article: str


def controler(
    parts: PartsControlees, derogations: Sequence[Derogation] = (), le: date | None = None
) -> list[Violation]:
    """Every rule that the shares break on the day `le` (the rules in force today when None), in the order of the codes.

    An order counts only on a day that it covers, and never beyond one year. It does not touch the guarantees.
    Source: CCH R441-5-2 I and II, R441-5-3; flux.md F7, L13–L15, L19.
    """
    actives = [d for d in derogations if le is not None and d.couvre(le) and not est_trop_longue(d)]
    releves = (
        _maximum(Plafond.ETAT, parts.etat, _limite(PART_ETAT_MAX.le(le), actives, agents=False), "CCH R441-5-2 I"),
        _maximum(
            Plafond.ETAT_AGENTS,
            parts.etat_agents,
            _limite(PART_ETAT_AGENTS_MAX.le(le), actives, agents=True),
            "CCH R441-5-2 I",
        ),
        _maximum(Plafond.GARANTIES, parts.garanties, PART_GARANTIES_MAX.le(le), "CCH R441-5-3"),
        _hors_qpv(parts, PART_ETAT_HORS_QPV_MIN.le(le)),
        *(_trop_longue(d) for d in derogations if est_trop_longue(d)),
    )
    return [violation for violation in releves if violation is not None]


def est_trop_longue(derogation: Derogation) -> bool:
    """True when the order runs beyond one year, day for day (R441-5-2 I)."""
    return derogation.au >= _un_an_apres(derogation.du)


def _un_an_apres(jour: date) -> date:
    annee = jour.year + DEROGATION_ANNEES_MAX.le(jour)
    return date(annee, 3, 1) if (jour.month, jour.day) == (2, 29) else jour.replace(year=annee)


def _limite(legale: Fraction, actives: list[Derogation], *, agents: bool) -> Fraction:
    limites = [legale]
    for derogation in actives:
        propre, autre = derogation.part_etat, derogation.part_etat_agents
        if agents:
            propre, autre = autre, propre
        if propre is not None:
            limites.append(propre)
        elif autre is None:
            limites.append(Fraction(1))
    return max(limites)


def _maximum(plafond: Plafond, valeur: Fraction | None, limite: Fraction, article: str) -> Violation | None:
    return Violation(plafond, valeur, limite, article) if valeur is not None and valeur > limite else None


def _hors_qpv(parts: PartsControlees, minimum: Fraction) -> Violation | None:
    valeur = parts.etat_hors_qpv
    if valeur is None or valeur >= minimum or parts.stipulation_hors_qpv:
        return None
    return Violation(Plafond.ETAT_HORS_QPV, valeur, minimum, "CCH R441-5-2 II")


def _trop_longue(derogation: Derogation) -> Violation:
    permis = (_un_an_apres(derogation.du) - derogation.du).days
    jours = (derogation.au - derogation.du).days + 1
    return Violation(Plafond.DEROGATION_TROP_LONGUE, Fraction(jours), Fraction(permis), "CCH R441-5-2 I")
