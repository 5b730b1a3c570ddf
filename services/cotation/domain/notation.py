"""Scoring one demande: each place wished by the grid in force there, and what changed since the last score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from contracts.situation.lecture import Situation
from services.cotation.domain.classe import Voile, classes_du_lieu
from services.cotation.domain.comparaison import Cas, Cause, Comparaison, Evaluer, cause_principale, comparer
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.faits import faits_corriges, faits_des_lieux, faits_du_lieu
from services.cotation.domain.grille import Grille
from services.cotation.domain.journal import CotationEtablie, CotationRetiree, CotationRevue
from services.cotation.domain.resultat import Constat, Resultat

INITIALE = "initiale"


class GrilleEnVigueur(Protocol):
    """A published grid, compiled. version: SHA-256 of its content."""

    @property
    def grille(self) -> Grille: ...

    @property
    def version(self) -> str: ...

    def evaluer(self, faits: Mapping[str, object], as_of: date) -> Resultat: ...

    def constater(self, faits: Mapping[str, object], as_of: date) -> Constat: ...

    def apports(self, faits: Mapping[str, object], as_of: date) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class NoteConnue:
    """The score that stands for a place: what a new one is compared with."""

    version: str
    total: Decimal
    provisoire: bool
    hors: str | None
    au: date
    classes: tuple[str, ...]
    situation: int


@dataclass(frozen=True, slots=True)
class Avant:
    """The situations and the grids behind the scores that stand, to tell the cause of a change.

    situations: by (demande, version, day of the score), as they were that day, those that can still be read.
    """

    situations: Mapping[tuple[UUID, int, date], Situation]
    notes: Mapping[str, NoteConnue]
    grilles: Mapping[str, GrilleEnVigueur]


def noter(
    situation: Situation, grilles: Mapping[str, GrilleEnVigueur], avant: Avant, au: date, voile: Voile
) -> list[CotationEtablie | CotationRetiree]:
    """The scores to establish: one per place whose EPCI has a grid, when it is new or not the same as the one that stands;
    and those to withdraw, of the places wished no more. Nothing against a score of newer facts, or of a later day.

    grilles: by EPCI (SIREN), those in force on the day `au`; avant.grilles: by version, those of the scores that stand.
    """
    etablies = [
        replace(une.etablie, cause=_cause(situation, une.etablie.lieu, une.grille, avant, au))
        for une in _evaluees(situation, grilles, avant, au, voile)
        if une.change
    ]
    return [*etablies, *_retirees(situation, avant, au)]


def revoir(
    situation: Situation, grilles: Mapping[str, GrilleEnVigueur], avant: Avant, au: date, voile: Voile
) -> list[CotationEtablie | CotationRetiree]:
    """The same on a day when nothing was declared: scores, or lines under an unchanged total, that time moved.

    A `CotationRevue` for each that time alone moved and that is scored before and after, its batch left to the caller.
    """
    revues: list[CotationEtablie | CotationRetiree] = []
    for une in _evaluees(situation, grilles, avant, au, voile):
        lieu = une.etablie.lieu
        if une.connue is not None and _le_temps_seul(une.connue, situation, une.faits, une.grille):
            if une.change or _lignes_bougent(situation, lieu, une.faits, une.grille, avant, au):
                revues.append(_par_le_temps(une.etablie, une.connue))
        elif une.change:
            revues.append(replace(une.etablie, cause=_cause(situation, lieu, une.grille, avant, au)))
    return [*revues, *_retirees(situation, avant, au)]


@dataclass(frozen=True, slots=True)
class _Evaluee:
    """The score of a place, its cause not told yet, beside the one that stands."""

    etablie: CotationEtablie
    faits: Mapping[str, object]
    grille: GrilleEnVigueur
    connue: NoteConnue | None

    @property
    def change(self) -> bool:
        """Whether it is new, or not the same as the one that stands."""
        return self.connue is None or _vue(self.etablie) != _vue_connue(self.connue)


def _evaluees(
    situation: Situation, grilles: Mapping[str, GrilleEnVigueur], avant: Avant, au: date, voile: Voile
) -> Iterator[_Evaluee]:
    """Each place that a grid in force scores, unless the score that stands there is more recent."""
    for lieu, faits in faits_des_lieux(situation):
        grille, connue = grilles.get(situation.lieux[lieu].epci or ""), avant.notes.get(lieu)
        if grille is not None and not _est_plus_recente(connue, situation, au):
            etablie = _etablir(situation, lieu, grille, grille.constater(faits, au), au, voile)
            yield _Evaluee(etablie, faits, grille, connue)


def _retirees(situation: Situation, avant: Avant, au: date) -> list[CotationRetiree]:
    """The scores of the places wished no more."""
    return [
        CotationRetiree(lieu, situation.version, au)
        for lieu, connue in avant.notes.items()
        if lieu not in situation.lieux and not _est_plus_recente(connue, situation, au)
    ]


def _est_plus_recente(connue: NoteConnue | None, situation: Situation, au: date) -> bool:
    return connue is not None and (connue.situation, connue.au) > (situation.version, au)


def _le_temps_seul(
    connue: NoteConnue, situation: Situation, faits: Mapping[str, object], grille: GrilleEnVigueur
) -> bool:
    """Whether nothing but time may move the score that stands: neither the grid changed, nor a fact that counts in it."""
    if connue.version != grille.version:
        return False
    if connue.situation == situation.version:
        return True
    return grille.constater(faits, connue.au) == (connue.total, connue.provisoire, connue.hors)


def _lignes_bougent(
    situation: Situation, lieu: str, faits: Mapping[str, object], grille: GrilleEnVigueur, avant: Avant, au: date
) -> bool:
    """Whether a line brings something else than on the day of the score that stands."""
    connue = avant.notes[lieu]
    passee = avant.situations.get((UUID(situation.demande_id), connue.situation, connue.au))
    if passee is None or lieu not in passee.lieux:
        return False
    return grille.apports(faits_du_lieu(passee, lieu), connue.au) != grille.apports(faits, au)


def _par_le_temps(notee: CotationEtablie, connue: NoteConnue) -> CotationEtablie:
    if (notee.hors is None) != (connue.hors is None) or notee.hors is not None:
        return replace(notee, cause=Cause.TEMPS.value)
    return CotationRevue(
        **{champ.name: getattr(notee, champ.name) for champ in fields(notee)} | {"cause": Cause.TEMPS.value}
    )


def _etablir(
    situation: Situation, lieu: str, grille: GrilleEnVigueur, constat: Constat, au: date, voile: Voile
) -> CotationEtablie:
    return CotationEtablie(
        lieu=lieu,
        grille=grille.grille.id,
        version=grille.version,
        situation=situation.version,
        total=ecrire(constat.total),
        provisoire=constat.provisoire,
        au=au,
        cause=INITIALE,
        hors=constat.hors,
        classes=() if constat.hors else classes_du_lieu(situation, lieu, grille.grille, voile),
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
    return comparer(*_cas(avant, apres, lieu), _evaluer(avant, apres))


def _cause(situation: Situation, lieu: str, grille: GrilleEnVigueur, avant: Avant, au: date) -> str:
    """The cause that moved the score most, in the order of design.md §8 when two move it as much."""
    connue = avant.notes.get(lieu)
    ancienne = avant.grilles.get(connue.version) if connue else None
    passee = avant.situations.get((UUID(situation.demande_id), connue.situation, connue.au)) if connue else None
    if connue is None or ancienne is None or passee is None or lieu not in passee.lieux:
        return INITIALE
    gauche, droite = Notee(ancienne, passee, connue.au), Notee(grille, situation, au)
    cause = cause_principale(
        *_cas(gauche, droite, lieu),
        _evaluer(gauche, droite),
        lambda laquelle, faits, le: _notee(gauche, droite, laquelle).grille.constater(faits, le).total,
    )
    return cause.value if cause else "fait"


def _cas(avant: Notee, apres: Notee, lieu: str) -> tuple[Cas, Cas]:
    corriges = faits_corriges(avant.situation, apres.situation, lieu)
    return (
        Cas(avant.grille.grille, faits_du_lieu(avant.situation, lieu), avant.au),
        Cas(
            apres.grille.grille,
            faits_du_lieu(apres.situation, lieu),
            apres.au,
            corriges,
            vieilli=avant.situation.version == apres.situation.version,
        ),
    )


def _notee(avant: Notee, apres: Notee, grille: Grille) -> Notee:
    return avant if grille is avant.grille.grille else apres


def _evaluer(avant: Notee, apres: Notee) -> Evaluer:
    return lambda grille, faits, le: _notee(avant, apres, grille).grille.evaluer(faits, le)
