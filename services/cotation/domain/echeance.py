"""When time alone may next move a score: never later than it does (design.md §8, "scores moved by time alone").

What depends on the day in an evaluation is a number of whole months since a date, or whether a date has come: both change on
the monthly anniversaries of the dates that the grid reads, and on no other day (docs/cotation.md §1, "Months"). The next of
them is exact for points by the month, and early for bands: a day too many is looked at, none is missed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Protocol

from contracts.situation.lecture import LieuLu, Situation
from services.cotation.domain.calendrier import ajouter_mois, mois_entre
from services.cotation.domain.condition import DEPOT, Condition, Feuille, Mesure, MoisDepuis, NombreDe, Non, Toutes, Une
from services.cotation.domain.evenements import jour
from services.cotation.domain.grille import Cumul, EffetEvenement, Grille, RemiseAZero, Tranches, Variantes

Lire = Callable[[str], Any]
"""The fact at a dotted path, None when it is absent."""


@dataclass(frozen=True, slots=True)
class Temporels:
    """The paths of a situation through which the day enters a score. dates: of one date; listes: of events."""

    dates: frozenset[str]
    listes: frozenset[str]


class GrilleDatee(Protocol):
    """A grid that knows what it reads of time."""

    @property
    def temporels(self) -> Temporels: ...


def temporels(grille: Grille) -> Temporels:
    """Those of a grid: the deposit, which seniority starts from, the dates that months are counted from, the lists of events."""
    lues = [mesure for condition in _conditions(grille) for mesure in _mesures(condition)]
    for regle in grille.regles:
        if isinstance(regle.effet, Cumul | Tranches):
            lues += _avec_son_compte(regle.effet.mesure)
    dates = {mesure.chemin for mesure in lues if isinstance(mesure, MoisDepuis)}
    listes = {mesure.chemin for mesure in lues if isinstance(mesure, NombreDe)}
    evenements = {une.evenements for une in _sur_evenements(grille)}
    return Temporels(frozenset({DEPOT, *dates}), frozenset({*listes, *evenements}))


def prochaine_echeance(lus: Temporels, lire: Lire, au: date) -> date | None:
    """The first day after `au` on which time alone may move the score of these facts; None: it never does."""
    dates = [found for chemin in lus.dates if (found := jour(lire(chemin))) is not None]
    dates += [found for chemin in lus.listes for found in _dates_dans(lire(chemin))]
    return min((found for une in dates if (found := _anniversaire_apres(une, au)) is not None), default=None)


def echeances_de(situation: Situation, grilles: Mapping[str, GrilleDatee], au: date) -> dict[str, date | None]:
    """The same for each place that a grid in force scores, the ageing of its facts included. grilles: by EPCI."""
    vieillissement = situation.valable_jusqu_au and situation.valable_jusqu_au + timedelta(days=1)
    found = {}
    for nom, lieu in situation.lieux.items():
        if (grille := grilles.get(lieu.epci or "")) is not None:
            notee = prochaine_echeance(grille.temporels, partial(_lu, situation, lieu), au)
            found[nom] = min((un for un in (notee, vieillissement) if un is not None), default=None)
    return found


def _lu(situation: Situation, lieu: LieuLu, chemin: str) -> Any:
    found = lieu.faits.get(chemin) or situation.faits.get(chemin)
    return found and found.valeur


def _anniversaire_apres(depuis: date, au: date) -> date | None:
    """The first monthly anniversary of a date after a day, the date itself when it is to come."""
    if depuis > au:
        return depuis
    try:
        return ajouter_mois(depuis, mois_entre(depuis, au) + 1)
    except ValueError:  # past the last day of the calendar
        return None


def _dates_dans(valeur: Any) -> Iterator[date]:
    """Every date of a list of events, however deep."""
    if isinstance(valeur, Mapping):
        for sous_valeur in valeur.values():
            yield from _dates_dans(sous_valeur)
    elif isinstance(valeur, list | tuple):
        for sous_valeur in valeur:
            yield from _dates_dans(sous_valeur)
    elif (found := jour(valeur)) is not None:
        yield found


def _conditions(grille: Grille) -> Iterator[Condition]:
    for motif in grille.hors_cotation:
        yield motif.quand
    for regle in grille.regles:
        yield regle.quand
        if isinstance(regle.effet, Variantes):
            yield from (variante.quand for variante in regle.effet.variantes)
    for une in _sur_evenements(grille):
        if une.seulement_si is not None:
            yield une.seulement_si


def _sur_evenements(grille: Grille) -> list[RemiseAZero | EffetEvenement]:
    return [*grille.remises_a_zero, *grille.effets_evenements]


def _mesures(condition: Condition) -> Iterator[Mesure]:
    """Every measure of a condition, those inside event counts included."""
    match condition:
        case Feuille(mesure=mesure):
            yield from _avec_son_compte(mesure)
        case Toutes(conditions=parts) | Une(conditions=parts):
            for part in parts:
                yield from _mesures(part)
        case Non(condition=part):
            yield from _mesures(part)


def _avec_son_compte(mesure: Mesure) -> Iterator[Mesure]:
    yield mesure
    if isinstance(mesure, NombreDe) and mesure.seulement_si is not None:
        yield from _mesures(mesure.seulement_si)
