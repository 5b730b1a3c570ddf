"""Every place of a grid where a fact is read, with its JSON pointer and what is expected of the fact."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from services.cotation.domain.condition import (
    Condition,
    Feuille,
    Mesure,
    NombreDe,
    Non,
    Toutes,
    Une,
)
from services.cotation.domain.grille import Cumul, Effet, EffetEvenement, RemiseAZero, Tranches, Variantes
from services.cotation.domain.lecture import Lecture
from services.cotation.domain.lecture.mots import FORMAT_0_1, Mots


@dataclass(frozen=True, slots=True)
class Releve:
    """One reading. feuille: None when the measure feeds an accrual or bands (a number is then expected).

    evenements: the list whose event is at hand, or None. regle: rank of the rule, or None elsewhere in the grid.
    remise: read by the condition of a reset of seniority.
    """

    mesure: Mesure
    pointeur: str
    feuille: Feuille | None = None
    evenements: str | None = None
    regle: int | None = None
    remise: bool = False


def releves(lecture: Lecture) -> Iterator[Releve]:
    """Every reading of the grid: rules, then scope, resets and event effects; those implied by the reader excepted."""
    mots, grille = lecture.mots, lecture.grille
    for rang, regle in enumerate(grille.regles):
        pointeur = lecture.pointeur_regle(rang)
        yield from de_condition(regle.quand, f"{pointeur}/{mots.quand}", mots, None, rang)
        yield from _d_effet(regle.effet, pointeur, mots, rang)
    if mots.format != FORMAT_0_1:
        yield from _hors_cotation(lecture)
    yield from _evenements(lecture)


def de_condition(
    condition: Condition, pointeur: str, mots: Mots, evenements: str | None, regle: int | None = None
) -> Iterator[Releve]:
    """Every reading of a condition written at `pointeur`, those inside event counts included."""
    match condition:
        case Feuille():
            yield from _de_feuille(condition, pointeur, mots, evenements, regle)
        case Toutes(conditions=parties):
            for rang, partie in enumerate(parties):
                yield from de_condition(partie, f"{pointeur}/{mots.toutes}/{rang}", mots, evenements, regle)
        case Une(conditions=parties):
            for rang, partie in enumerate(parties):
                yield from de_condition(partie, f"{pointeur}/{mots.une}/{rang}", mots, evenements, regle)
        case Non(condition=partie):
            yield from de_condition(partie, f"{pointeur}/{mots.non}", mots, evenements, regle)


def _de_feuille(
    feuille: Feuille, pointeur: str, mots: Mots, evenements: str | None, regle: int | None
) -> Iterator[Releve]:
    yield Releve(feuille.mesure, pointeur, feuille, evenements, regle)
    yield from _dans_le_compte(feuille.mesure, pointeur, mots, regle)


def _dans_le_compte(mesure: Mesure, pointeur: str, mots: Mots, regle: int | None) -> Iterator[Releve]:
    if isinstance(mesure, NombreDe) and mesure.seulement_si is not None:
        yield from de_condition(mesure.seulement_si, f"{pointeur}/seulement_si", mots, mesure.chemin, regle)


def _d_effet(effet: Effet, pointeur: str, mots: Mots, regle: int) -> Iterator[Releve]:
    match effet:
        case Cumul(mesure=mesure):
            yield Releve(mesure, f"{pointeur}/{mots.cumul}", regle=regle)
            yield from _dans_le_compte(mesure, f"{pointeur}/{mots.cumul}", mots, regle)
        case Tranches(mesure=mesure):
            yield Releve(mesure, f"{pointeur}/{mots.tranches}", regle=regle)
            yield from _dans_le_compte(mesure, f"{pointeur}/{mots.tranches}", mots, regle)
        case Variantes(variantes=variantes):
            for rang, variante in enumerate(variantes):
                ici = f"{pointeur}/{mots.variantes}/{rang}/{mots.quand}"
                yield from de_condition(variante.quand, ici, mots, None, regle)


def _hors_cotation(lecture: Lecture) -> Iterator[Releve]:
    perimetre = lecture.brut.get("perimetre")
    brutes = perimetre.get("hors_cotation") if isinstance(perimetre, Mapping) else None
    ecrits = len(brutes) if isinstance(brutes, list) else 0
    propres = lecture.grille.hors_cotation[-ecrits:] if ecrits else ()
    for rang, motif in enumerate(propres):
        yield from de_condition(motif.quand, f"/perimetre/hors_cotation/{rang}/quand", lecture.mots, None)


def _evenements(lecture: Lecture) -> Iterator[Releve]:
    mots, grille = lecture.mots, lecture.grille
    if mots.format == FORMAT_0_1:
        yield from _decay(lecture)
        return
    for rang, remise in enumerate(grille.remises_a_zero):
        yield from _d_evenement(remise, f"/remises_a_zero/{rang}", mots)
    for rang, effet in enumerate(grille.effets_evenements):
        yield from _d_evenement(effet, f"/effets_evenements/{rang}", mots)


def _d_evenement(effet: RemiseAZero | EffetEvenement, pointeur: str, mots: Mots) -> Iterator[Releve]:
    yield Releve(NombreDe(effet.evenements), f"{pointeur}/evenements")
    yield from _sur_evenement(effet, f"{pointeur}/seulement_si", mots)


def _sur_evenement(effet: RemiseAZero | EffetEvenement, pointeur: str, mots: Mots) -> Iterator[Releve]:
    if effet.seulement_si is not None:
        for releve in de_condition(effet.seulement_si, pointeur, mots, effet.evenements):
            yield replace(releve, remise=isinstance(effet, RemiseAZero))


def _decay(lecture: Lecture) -> Iterator[Releve]:
    """0.1 writes resets and points in one list: each of the two keeps its order."""
    remises, effets = iter(lecture.grille.remises_a_zero), iter(lecture.grille.effets_evenements)
    decay = lecture.brut.get("decay")
    for rang, brut in enumerate(decay if isinstance(decay, list) else ()):
        genre = brut["effect"].get("kind") if isinstance(brut, dict) and isinstance(brut.get("effect"), dict) else None
        lu = next(remises, None) if genre == "reset_seniority" else next(effets, None)
        if lu is not None:
            yield from _sur_evenement(lu, f"/decay/{rang}/only_if", lecture.mots)
