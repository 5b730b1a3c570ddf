"""Faults of floors and caps: one that cuts a single rule, or that has nothing to cut."""

from collections.abc import Iterator
from decimal import Decimal

from services.cotation.domain.faute import Faute
from services.cotation.domain.grille import (
    Bornes,
    Coefficient,
    Cumul,
    Effet,
    Nature,
    Points,
    Regle,
    Tranches,
    Variantes,
)
from services.cotation.domain.lecture import Lecture
from services.cotation.domain.lecture.mots import FORMAT_0_1


def amplitude(effet: Effet) -> tuple[Decimal | None, Decimal | None]:
    """Lowest and highest points that an effect may give; None on the side that only the facts bound."""
    match effet:
        case Points(valeur=valeur) | Coefficient(valeur=valeur):
            return valeur, valeur
        case Variantes(variantes=variantes):
            valeurs = [variante.valeur for variante in variantes]
            return min(valeurs, default=None), max(valeurs, default=None)
        case Tranches(tranches=tranches, cumulatif=cumulatif):
            valeurs = []
            for tranche in tranches:
                valeurs.append(tranche.valeur + (valeurs[-1] if cumulatif and valeurs else 0))
            return min(valeurs, default=None), max(valeurs, default=None)
        case Cumul(valeur=valeur, plafond=plafond):
            return (plafond, None) if valeur < 0 else (None, plafond)


def fautes_de_bornes(lecture: Lecture) -> Iterator[Faute]:
    """Every fault of this kind."""
    grille = lecture.grille
    portees = {bloc.id: bloc.bornes for bloc in grille.blocs}
    par_bloc: dict[str, list[Regle]] = {bloc.id: [] for bloc in grille.blocs}
    for rang, regle in enumerate(grille.regles):
        par_bloc.setdefault(regle.bloc, []).append(regle)
        if regle.nature is Nature.COEFFICIENT:
            if regle.bornes is not None:
                yield _sans_objet(f"{lecture.pointeur_regle(rang)}/bornes")
            continue
        pointeur = lecture.pointeur_regle(rang)
        if isinstance(regle.effet, Cumul):
            yield from _plafond_du_cumul(regle.effet, f"{pointeur}/{lecture.mots.cumul}/{lecture.mots.plafond}")
        yield from _coupe(regle.id, amplitude(regle.effet), grille.bornes_de(regle), pointeur, "d'un critère")
        if regle.id != grille.regle_de_base:
            du_bloc = portees.get(regle.bloc, Bornes())
            yield from _coupe(
                regle.id, amplitude(regle.effet), _plafond(du_bloc), pointeur, f"du bloc « {regle.bloc} »"
            )
            yield from _coupe(regle.id, amplitude(regle.effet), _plafond(grille.bornes_total), pointeur, "du total")
    yield from _effets(lecture)
    for rang, bloc in enumerate(grille.blocs):
        sans_points = [r for r in par_bloc[bloc.id] if r.nature is Nature.COEFFICIENT or r.id == grille.regle_de_base]
        if sans_points and (bloc.bornes.mini is not None or bloc.bornes.maxi is not None):
            ancien = lecture.mots.format == FORMAT_0_1
            yield _sans_objet(f"/caps/bloc/{bloc.id}" if ancien else f"/blocs/{rang}/bornes")


def _plafond_du_cumul(cumul: Cumul, pointeur: str) -> Iterator[Faute]:
    if cumul.plafond is not None and cumul.plafond * cumul.valeur < 0:
        yield Faute(
            "plafond-de-signe-contraire",
            pointeur,
            "Le plafond du cumul n'a pas le signe de sa valeur : le critère ne donnerait jamais que ce plafond.",
            "Un cumul positif a un plafond positif, un malus un plafond négatif.",
        )


def _plafond(bornes: Bornes) -> Bornes:
    """A floor under a sum may well be above one malus: other points make up for it; only its cap cuts a single rule."""
    return Bornes(maxi=bornes.maxi)


def _effets(lecture: Lecture) -> Iterator[Faute]:
    ancien = lecture.mots.format == FORMAT_0_1
    for rang, effet in enumerate(lecture.grille.effets_evenements):
        pointeur = "/decay" if ancien else f"/effets_evenements/{rang}"
        valeurs = (effet.valeur, effet.valeur)
        yield from _coupe(effet.id, valeurs, lecture.grille.bornes_regle, pointeur, "d'un critère")


def _coupe(
    nom: str, valeurs: tuple[Decimal | None, Decimal | None], bornes: Bornes, pointeur: str, quoi: str
) -> Iterator[Faute]:
    bas, haut = valeurs
    if haut is not None and bornes.maxi is not None and haut > bornes.maxi:
        yield _faute(nom, haut, bornes.maxi, pointeur, f"le plafond {quoi}")
    if bas is not None and bornes.mini is not None and bas < bornes.mini:
        yield _faute(nom, bas, bornes.mini, pointeur, f"le plancher {quoi}")


def _faute(nom: str, valeur: Decimal, borne: Decimal, pointeur: str, quoi: str) -> Faute:
    return Faute(
        "borne-sous-un-critere",
        pointeur,
        f"« {nom} » peut donner {valeur} points à lui seul, et {quoi} est {borne}.",
        "Baisser les points du critère, ou déplacer la borne : en l'état ces points ne seraient jamais donnés.",
    )


def _sans_objet(pointeur: str) -> Faute:
    return Faute(
        "borne-sans-objet",
        pointeur,
        "Une borne en points porte ici sur des coefficients ou sur la base.",
        "Borner le total, ou séparer les critères à points dans un autre bloc.",
    )
