"""Bounds on the size of a grid, hence on the code generated from it."""

from collections.abc import Iterator

from services.cotation.domain.condition import Condition, Feuille, NombreDe, Non, Toujours, Toutes, Une
from services.cotation.domain.grille import Grille, Tranches, Variantes
from services.cotation.domain.moteur.erreurs import GrilleTropGrande

NOEUDS_MAX = 20_000
"""Leaves, steps, variants and group members that one grid may hold in all: about 2 MB of generated code."""
PROFONDEUR_MAX = 60
"""Depth of nested conditions, well below the recursion limits of the Python compiler."""


def _conditions(grille: Grille) -> Iterator[Condition]:
    for regle in grille.regles:
        yield regle.quand
        if isinstance(regle.effet, Variantes):
            yield from (variante.quand for variante in regle.effet.variantes)
    yield from (motif.quand for motif in grille.hors_cotation)
    for remise in grille.remises_a_zero:
        yield remise.seulement_si or Toujours()
    for effet in grille.effets_evenements:
        yield effet.seulement_si or Toujours()


def verifier_taille(grille: Grille) -> None:
    """Raise GrilleTropGrande when a grid would generate too much code, or nest too deep."""
    taille = len(grille.regles) + len(grille.effets_evenements) + sum(len(groupe.regles) for groupe in grille.groupes)
    taille += sum(len(regle.effet.tranches) for regle in grille.regles if isinstance(regle.effet, Tranches))
    for condition in _conditions(grille):
        taille += _taille(condition, PROFONDEUR_MAX)
    if taille > NOEUDS_MAX:
        raise GrilleTropGrande(
            f"La grille compte {taille} conditions, tranches et membres de groupes ; le moteur en accepte {NOEUDS_MAX}. "
            "Regroupez les conditions semblables (« parmi », « contient un de ») ou scindez les critères."
        )


def _taille(condition: Condition, profondeur: int) -> int:
    if profondeur == 0:
        raise GrilleTropGrande(
            f"Une condition est imbriquée sur plus de {PROFONDEUR_MAX} niveaux. Écrivez-la à plat, avec « toutes » et « une »."
        )
    match condition:
        case Toutes(conditions=parts) | Une(conditions=parts):
            return 1 + sum(_taille(part, profondeur - 1) for part in parts)
        case Non(condition=part):
            return 1 + _taille(part, profondeur - 1)
        case Feuille(mesure=NombreDe(seulement_si=interne), valeurs=valeurs) if interne is not None:
            return 1 + len(valeurs) + _taille(interne, profondeur - 1)
        case Feuille(valeurs=valeurs):
            return 1 + len(valeurs)
        case _:
            return 1
