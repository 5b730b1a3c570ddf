"""Faults of reasoning: a rule that can never apply, a variant never reached, bands that overlap or leave a gap."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.condition import (
    ANCIENNETE,
    Champ,
    Condition,
    Feuille,
    Mesure,
    MoisDepuis,
    NombreDe,
    Non,
    Operateur,
    Toutes,
    feuilles,
)
from services.cotation.domain.faute import Faute, Gravite
from services.cotation.domain.grille import Grille, Groupe, ModeGroupe, Points, Regle, Tranche, Tranches, Variantes
from services.cotation.domain.lecture import Lecture
from services.cotation.domain.verification.satisfiabilite import Domaine, Domaines, possible

GROUPE_MAX = 40
"""Rules of a group compared two by two."""
REMEDE_JAMAIS = "Corriger la condition, ou retirer le critère."


class DomainesConnus(Domaines):
    """Domains read from the catalogue: whole numbers, bounds; counts and months are never negative."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def de(self, mesure: Mesure) -> Domaine:
        """What is known of a measure."""
        if isinstance(mesure, NombreDe | MoisDepuis) or mesure == Champ(ANCIENNETE):
            return Domaine(entier=True, mini=Decimal(0))
        fait = self._catalogue.faits.get(mesure.chemin)
        if fait is None or fait.bornes is None:
            return Domaine()
        return Domaine(fait.decimales == 0, *fait.bornes)


def fautes_de_logique(lecture: Lecture) -> Iterator[Faute]:
    """Every fault of this kind."""
    domaines = DomainesConnus(lecture.catalogue)
    for rang, regle in enumerate(lecture.grille.regles):
        pointeur = lecture.pointeur_regle(rang)
        if lecture.est_cassee(pointeur):
            continue
        if isinstance(regle.effet, Tranches):
            yield from _tranches(regle.effet, f"{pointeur}/{lecture.mots.tranches}")
        if not possible(regle.quand, domaines):
            yield Faute(
                "critere-impossible",
                f"{pointeur}/{lecture.mots.quand}",
                f"Aucune situation ne remplit la condition de « {regle.id} ».",
                REMEDE_JAMAIS,
            )
            continue
        yield from _hors_portee(lecture.grille, regle, domaines, pointeur)
        if isinstance(regle.effet, Variantes):
            ici = f"{pointeur}/{lecture.mots.variantes}"
            yield from _variantes(regle, regle.effet, domaines, ici)
        if isinstance(regle.effet, Tranches):
            yield from _tranches_jamais(regle, regle.effet, domaines, f"{pointeur}/{lecture.mots.tranches}")
    for rang, groupe in enumerate(lecture.grille.groupes):
        yield from _masquees(lecture.grille, groupe, domaines, f"/{lecture.mots.groupes}/{rang}/{lecture.mots.regles}")


def _hors_portee(grille: Grille, regle: Regle, domaines: Domaines, pointeur: str) -> Iterator[Faute]:
    for motif in grille.hors_cotation:
        if not possible(Toutes((regle.quand, Non(motif.quand))), domaines):
            yield Faute(
                "critere-hors-portee",
                pointeur,
                f"Toute demande qui remplit « {regle.id} » est hors cotation ({motif.libelle}).",
                REMEDE_JAMAIS,
            )


def _variantes(regle: Regle, effet: Variantes, domaines: Domaines, pointeur: str) -> Iterator[Faute]:
    avant: list[Condition] = []
    for rang, variante in enumerate(effet.variantes):
        if not possible(Toutes((regle.quand, variante.quand, *(Non(autre) for autre in avant))), domaines):
            yield Faute(
                "variante-inatteignable",
                f"{pointeur}/{rang}",
                f"Cette variante de « {regle.id} » ne peut jamais servir : une variante écrite avant elle l'emporte, ou"
                " la condition du critère l'exclut.",
                "Changer l'ordre ou la condition : la première variante vraie l'emporte.",
            )
        avant.append(variante.quand)


def _tranches(effet: Tranches, pointeur: str) -> Iterator[Faute]:
    for rang, tranche in enumerate(effet.tranches):
        if tranche.mini is not None and tranche.maxi is not None and tranche.mini >= tranche.maxi:
            yield Faute(
                "tranche-vide",
                f"{pointeur}/{rang}",
                f"La tranche de {tranche.mini} à {tranche.maxi} ne contient aucune valeur (le maximum est exclu).",
                "Écrire un minimum plus petit que le maximum.",
            )
    for rang, (gauche, droite) in enumerate(pairwise(effet.tranches), start=1):
        yield from _jointure(gauche, droite, f"{pointeur}/{rang}")


def _jointure(gauche: Tranche, droite: Tranche, pointeur: str) -> Iterator[Faute]:
    fin, debut = gauche.maxi, droite.mini
    if fin is None or debut is None or debut < fin:
        yield Faute(
            "tranches-chevauchantes",
            pointeur,
            f"Cette tranche commence {f'à {debut}' if debut is not None else 'sans minimum'}, avant la fin de la"
            f" précédente ({fin if fin is not None else 'sans maximum'}).",
            "Écrire les tranches dans l'ordre croissant ; le minimum de l'une est le maximum de la précédente.",
        )
    elif debut > fin:
        yield Faute(
            "tranches-trouees",
            pointeur,
            f"Rien n'est dit de {fin} à {debut}.",
            f"Commencer cette tranche à {fin}, ou ajouter une tranche à 0 point.",
        )


def _tranches_jamais(regle: Regle, effet: Tranches, domaines: Domaines, pointeur: str) -> Iterator[Faute]:
    atteintes = [possible(Toutes((regle.quand, *_dans(effet.mesure, tranche))), domaines) for tranche in effet.tranches]
    if not any(atteintes):
        yield Faute(
            "critere-impossible",
            pointeur,
            f"Quand la condition de « {regle.id} » est remplie, aucune tranche ne peut l'être.",
            REMEDE_JAMAIS,
        )
        return
    for rang, atteinte in enumerate(atteintes):
        if not atteinte:
            yield Faute(
                "tranche-inatteignable",
                f"{pointeur}/{rang}",
                "La condition du critère, ou l'étendue du fait, empêche d'atteindre cette tranche.",
                "La retirer, ou élargir la condition.",
                Gravite.AVERTISSEMENT,
            )


def _dans(mesure: Mesure, tranche: Tranche) -> Iterator[Condition]:
    if tranche.mini is not None:
        yield Feuille(mesure, Operateur.SUPERIEUR_OU_EGAL, (tranche.mini,))
    if tranche.maxi is not None:
        yield Feuille(mesure, Operateur.INFERIEUR, (tranche.maxi,))


def _masquees(grille: Grille, groupe: Groupe, domaines: Domaines, pointeur: str) -> Iterator[Faute]:
    """A rule that another of its group beats each time it holds never counts."""
    regles = {regle.id: regle for regle in grille.regles}
    presentes = [(place, regles[nom]) for place, nom in enumerate(groupe.regles[:GROUPE_MAX]) if nom in regles]
    for place, regle in presentes:
        for autre_place, autre in presentes:
            if autre is regle or not _l_emporte(groupe.mode, autre, autre_place, regle, place):
                continue
            if any(feuilles(regle.quand)) and not possible(Toutes((regle.quand, Non(autre.quand))), domaines):
                yield Faute(
                    "critere-masque",
                    f"{pointeur}/{place}",
                    f"« {regle.id} » ne compterait jamais : chaque fois qu'il s'applique, « {autre.id} » l'emporte.",
                    "Changer l'ordre du groupe, les points ou les conditions.",
                )
                break


def _l_emporte(mode: ModeGroupe, autre: Regle, autre_place: int, regle: Regle, place: int) -> bool:
    """Whether `autre` always beats `regle` when both hold; a rule that evidence may stop never surely does."""
    sans_effet_certain = isinstance(autre.effet, Tranches | Variantes) or autre.desactivee is not None
    if sans_effet_certain or autre.preuve.exigence.rang > autre.preuve.presumee.rang:
        return False
    if mode is ModeGroupe.PREMIERE:
        return autre_place < place
    if not isinstance(autre.effet, Points) or not isinstance(regle.effet, Points):
        return False
    if autre.effet.valeur == regle.effet.valeur:
        return mode in (ModeGroupe.MAX, ModeGroupe.MIN) and autre_place < place
    gagne_haut = autre.effet.valeur > regle.effet.valeur
    return (mode is ModeGroupe.MAX and gagne_haut) or (mode is ModeGroupe.MIN and not gagne_haut)
