"""What both formats write the same way: lists, blocs, rules, exclusion groups."""

from collections.abc import Callable
from typing import TypeVar

from services.cotation.domain.grille import Bloc, Bornes, Groupe, ModeGroupe, Regle
from services.cotation.domain.lecture.conditions import LecteurConditions
from services.cotation.domain.lecture.mots import FORMAT_0_1, Mots
from services.cotation.domain.lecture.noeud import Noeud
from services.cotation.domain.lecture.regles import LecteurRegles, lire_bornes_propres

T = TypeVar("T")
REGLES_MAX = 500
ELEMENTS_MAX = 500


def liste(noeud: Noeud, lire: Callable[[Noeud], T], maximum: int = ELEMENTS_MAX) -> tuple[T, ...]:
    """Each item of an optional list, read; empty when absent or refused."""
    return () if noeud.absent else tuple(lire(fils) for fils in noeud.elements(maximum))


def lire_regles(noeud: Noeud, conditions: LecteurConditions) -> tuple[Regle, ...]:
    """The rules of a grid, at least one."""
    lecteur = LecteurRegles(conditions)
    return tuple(lecteur.regle(fils) for fils in noeud.elements(REGLES_MAX, minimum=1))


def lire_bloc_de(noeud: Noeud, mots: Mots) -> Bloc:
    """One bloc, with its own floor and cap in 1.0."""
    propres = () if mots.format == FORMAT_0_1 else ("bornes",)
    noeud.objet({"id", mots.libelle, *propres, *mots.annotations})
    bornes = lire_bornes_propres(noeud.fils("bornes"), mots) if propres else None
    return Bloc(noeud.fils("id").identifiant(), noeud.fils(mots.libelle).texte(), bornes or Bornes())


def lire_groupe(noeud: Noeud, conditions: LecteurConditions) -> Groupe:
    """One exclusion group; `field` (0.1) or `champ` (1.0) names the single-choice fact of a declared group."""
    mots = conditions.mots
    noeud.objet({"id", "mode", mots.regles, mots.champ, *mots.annotations})
    mode = noeud.fils("mode").mot(mots.modes_groupe, ModeGroupe.MAX, "mode")
    champ = noeud.fils(mots.champ)
    if not champ.absent and mode is not ModeGroupe.DECLAREE:
        champ.faute("cle-inconnue", "Seul un groupe « déclaré » lit la case cochée.", "Ôter le champ.")
    return Groupe(
        id=noeud.fils("id").identifiant(),
        mode=mode,
        regles=tuple(fils.texte() for fils in noeud.fils(mots.regles).elements(REGLES_MAX, minimum=1)),
        champ=None if champ.absent else conditions.chemin(champ),
    )
