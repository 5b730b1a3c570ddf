"""Scoring one demande: each place wished by the grid in force there, and what changed since the last score."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from contracts.situation.lecture import Situation
from services.cotation.domain.classe import Voile, classes_du_lieu
from services.cotation.domain.comparaison import Cas, Comparaison, comparer
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.faits import faits_corriges, faits_du_lieu
from services.cotation.domain.grille import Grille
from services.cotation.domain.journal import CotationEtablie, CotationRetiree
from services.cotation.domain.resultat import Resultat

INITIALE = "initiale"


class GrilleEnVigueur(Protocol):
    """A published grid, compiled. version: SHA-256 of its content."""

    @property
    def grille(self) -> Grille: ...

    @property
    def version(self) -> str: ...

    def evaluer(self, faits: Mapping[str, object], as_of: date) -> Resultat: ...


@dataclass(frozen=True, slots=True)
class NoteConnue:
    """The score that stands for a place: what a new one is compared with."""

    version: str
    total: Decimal
    provisoire: bool
    hors: str | None
    au: date
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avant:
    """The situation and the grid behind the scores that stand, to tell the cause of a change; None: never scored."""

    situation: Situation | None
    notes: Mapping[str, NoteConnue]
    grilles: Mapping[str, GrilleEnVigueur]


def noter(
    situation: Situation, grilles: Mapping[str, GrilleEnVigueur], avant: Avant, au: date, voile: Voile
) -> list[CotationEtablie | CotationRetiree]:
    """The scores to establish: one per place whose EPCI has a grid, when it is new or not the same as the one that stands;
    and those to withdraw, of the places wished no more.

    grilles: by EPCI (SIREN), those in force on the day `au`; avant.grilles: by version, those of the scores that stand.
    """
    etablies = []
    for lieu, lu in situation.lieux.items():
        grille = grilles.get(lu.epci or "")
        if grille is None:
            continue
        etablie = _etablir(situation, lieu, grille, au, voile)
        connue = avant.notes.get(lieu)
        if connue is None or _vue(etablie) != _vue_connue(connue):
            etablies.append(replace(etablie, cause=_cause(situation, lieu, grille, avant, au)))
    retires = [lieu for lieu in avant.notes if lieu not in situation.lieux]
    return [*etablies, *(CotationRetiree(lieu, situation.version, au) for lieu in retires)]


def _etablir(situation: Situation, lieu: str, grille: GrilleEnVigueur, au: date, voile: Voile) -> CotationEtablie:
    resultat = grille.evaluer(faits_du_lieu(situation, lieu), au)
    hors = resultat.hors_cotation.code if resultat.hors_cotation else None
    return CotationEtablie(
        lieu=lieu,
        grille=grille.grille.id,
        version=grille.version,
        situation=situation.version,
        total=ecrire(resultat.total),
        provisoire=resultat.provisoire,
        au=au,
        cause=INITIALE,
        hors=hors,
        classes=() if hors else classes_du_lieu(situation, lieu, grille.grille, voile),
    )


def _vue(etablie: CotationEtablie) -> tuple[object, ...]:
    return etablie.version, Decimal(etablie.total), etablie.provisoire, etablie.hors, etablie.classes


def _vue_connue(note: NoteConnue) -> tuple[object, ...]:
    return note.version, note.total, note.provisoire, note.hors, note.classes


@dataclass(frozen=True, slots=True)
class Notee:
    """What a score came out of."""

    grille: GrilleEnVigueur
    situation: Situation
    au: date


def comparer_notes(avant: Notee, apres: Notee, lieu: str) -> Comparaison:
    """Why the score of a place moved, cause by cause (design.md §8): the points of the causes sum to the difference."""
    return comparer(
        Cas(avant.grille.grille, faits_du_lieu(avant.situation, lieu), avant.au),
        Cas(
            apres.grille.grille,
            faits_du_lieu(apres.situation, lieu),
            apres.au,
            faits_corriges(avant.situation, apres.situation, lieu),
        ),
        lambda grille, faits, le: (avant if grille is avant.grille.grille else apres).grille.evaluer(faits, le),
    )


def _cause(situation: Situation, lieu: str, grille: GrilleEnVigueur, avant: Avant, au: date) -> str:
    """The cause that moved the score most, in the order of design.md §8 when two move it as much."""
    connue = avant.notes.get(lieu)
    ancienne = avant.grilles.get(connue.version) if connue else None
    if connue is None or ancienne is None or avant.situation is None or lieu not in avant.situation.lieux:
        return INITIALE
    gauche, droite = Notee(ancienne, avant.situation, connue.au), Notee(grille, situation, au)
    comparaison = comparer_notes(gauche, droite, lieu)
    parts = [part for part in comparaison.parts if part.points]
    return max(parts, key=lambda part: abs(part.points)).cause.value if parts else "fait"
