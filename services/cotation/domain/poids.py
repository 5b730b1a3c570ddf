"""Weights built from an ordering of criteria: the method of the Franche-Comté workshops.

The partners agree on an order, not on figures: the criteria from the most to the least important, ties allowed, with wider
gaps where a step matters more. Points then follow, whole, within the convention that no criterion exceeds 50 (shared note
`cotation.md` section 3, "Lessons from five western grids").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MAXIMUM = 50
CRITERES_MAX = 500
ECART_MAX = 100


class OrdreInvalide(ValueError):
    """An ordering that gives no weights; `fautes` are French sentences, each with its remedy."""

    def __init__(self, fautes: Sequence[str]) -> None:
        self.fautes = tuple(fautes)
        super().__init__(" ".join(self.fautes))


@dataclass(frozen=True, slots=True)
class Rang:
    """Criteria of equal importance, and how many steps separate them from the next rank (1 when nothing is said)."""

    criteres: tuple[str, ...]
    ecart: int = 1


@dataclass(frozen=True, slots=True)
class Poids:
    """Points of one criterion. cumul_garanti: whatever the lower criteria are, that many together never reach it."""

    critere: str
    points: int
    rang: int
    cumul_garanti: int


@dataclass(frozen=True, slots=True)
class Bareme:
    """Weights in the order given, and the orderings that they keep: `A > B`, then `A > B + C` where it holds."""

    poids: tuple[Poids, ...]
    ordres: tuple[str, ...]


def poids_selon_ordre(rangs: Sequence[Rang], *, maximum: int = MAXIMUM) -> Bareme:
    """Whole points for ranks given from the most to the least important: the first gets `maximum`, the last at least 1.

    maximum: 1 to 1,000; a negative one gives maluses, the heaviest first. Points of a rank are floor(maximum × depth / depth
    of the first rank), where the depth of a rank is the sum of the gaps from below it, the last rank having depth 1: so
    two ranks never meet as long as the depth fits in `maximum`. Raises OrdreInvalide otherwise.
    """
    plafond, signe = abs(maximum), -1 if maximum < 0 else 1
    _controler(rangs, plafond)
    profondeurs = _profondeurs(rangs)
    points = [plafond * profondeur // profondeurs[0] for profondeur in profondeurs]
    dessous = [
        sorted((points[j] for j in range(i + 1, len(rangs)) for _ in rangs[j].criteres), reverse=True)
        for i in range(len(rangs))
    ]
    poids = tuple(
        Poids(critere, signe * points[i], i + 1, _cumul_garanti(points[i], dessous[i]))
        for i, rang in enumerate(rangs)
        for critere in rang.criteres
    )
    return Bareme(poids, tuple(_ordres(rangs, points)))


def _profondeurs(rangs: Sequence[Rang]) -> list[int]:
    profondeurs = [1]
    for rang in reversed(rangs[:-1]):
        profondeurs.append(profondeurs[-1] + rang.ecart)
    return profondeurs[::-1]


def _cumul_garanti(points: int, dessous: Sequence[int]) -> int:
    total = 0
    for combien, valeur in enumerate(dessous):
        total += valeur
        if total >= points:
            return combien
    return len(dessous)


def _ordres(rangs: Sequence[Rang], points: Sequence[int]) -> list[str]:
    noms = [" = ".join(rang.criteres) for rang in rangs]
    simples = [f"{gauche} > {droite}" for gauche, droite in pairwise(noms)]
    sommes = [
        f"{noms[i]} > {noms[i + 1]} + {noms[i + 2]}"
        for i in range(len(rangs) - 2)
        if points[i] > points[i + 1] + points[i + 2] and len(rangs[i + 1].criteres) == len(rangs[i + 2].criteres) == 1
    ]
    return simples + sommes


def _controler(rangs: Sequence[Rang], plafond: int) -> None:
    fautes: list[str] = []
    criteres = [critere for rang in rangs for critere in rang.criteres]
    if not rangs or not all(rang.criteres for rang in rangs):
        fautes.append("L'ordre est vide, ou un rang l'est : donner au moins un critère par rang.")
    if len(criteres) > CRITERES_MAX:
        fautes.append(f"Plus de {CRITERES_MAX} critères : en garder {CRITERES_MAX} au plus.")
    doubles = sorted({critere for critere in criteres if criteres.count(critere) > 1}) if not fautes else []
    fautes += [f"« {double} » est dans l'ordre deux fois : ne le garder qu'à une place." for double in doubles]
    if any(not 1 <= rang.ecart <= ECART_MAX for rang in rangs):
        fautes.append(f"Un écart est un nombre entier de 1 à {ECART_MAX}.")
    if not 1 <= plafond <= 1_000:
        fautes.append("Le maximum est un nombre entier de 1 à 1000 (ou de -1000 à -1 pour des malus).")
    if not fautes and _profondeurs(rangs)[0] > plafond:
        fautes.append(
            f"L'ordre demande {_profondeurs(rangs)[0]} échelons et {plafond} points n'en offrent pas tant : réunir des"
            " critères au même rang, ou réduire les écarts."
        )
    if fautes:
        raise OrdreInvalide(fautes)
