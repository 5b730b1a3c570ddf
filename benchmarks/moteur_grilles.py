"""Grids in the manner of the national module, drawn by a seed: what the engine's benchmarks score.

At least a fifth of the criteria each: scales by steps, coded lists, any/all conditions, multi-valued criteria; the rest are
numbers, boxes and seniority by the month. Three blocs, every rule within ±50, a cap per bloc, exclusion groups, a quarter of
the rules with evidence. Points are whole, as in the five western grids (shared note on cotation, section 3).
"""

import json
import random
from collections.abc import Callable
from typing import Any

from benchmarks.moteur_vocabulaire import BOOLEENS, CODES, LISTES, NOMBRES
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture import lire_grille

GRAINE = 2026
BLOCS = ("national", "local", "histoire")
Objet = dict[str, Any]


def grille_nationale(criteres: int, graine: int = GRAINE) -> Grille:
    """A grid of that many criteria, read like any other."""
    return lire_grille(json.dumps(document(criteres, graine)))


def document(criteres: int, graine: int = GRAINE) -> Objet:
    """The same, as a `cotation-grid/0.1` document."""
    hasard = random.Random(graine)
    cinquieme = -(-criteres // 5)
    genres = [genre for genre in (_bareme, _liste, _condition, _variantes) for _ in range(cinquieme)]
    genres += [_simple] * (criteres - len(genres))
    hasard.shuffle(genres)
    regles = [_regle(hasard, rang, genre) for rang, genre in enumerate(genres)]
    return {
        "format": "cotation-grid/0.1",
        "id": f"nationale-{criteres}",
        "name": f"Grille d'essai de {criteres} critères",
        "territory": {"type": "epci", "name": "Essai"},
        "year": 2026,
        "status": "draft",
        "completeness": "generated",
        "sources": [],
        "segment": "all",
        "scope": {"territory_match": "wished_location", "out_of_scope": []},
        "aggregation": {"mode": "additive"},
        "caps": {
            "rule_max": 50,
            "rule_min": -50,
            "bloc": {"local": {"max": 90, "min": -50}},
            "total_max": None,
            "total_min": 0,
        },
        "blocs": [{"id": bloc, "label": bloc} for bloc in BLOCS],
        "rules": regles,
        "exclusion_groups": _groupes(regles),
        "decay": [],
        "unknown": [],
    }


def _regle(hasard: random.Random, rang: int, genre: Callable[[random.Random], Objet]) -> Objet:
    corps = genre(hasard)
    preuve = hasard.choice(("document", "label")) if hasard.random() < 0.25 else "declared"
    entete = {"id": f"C{rang:02}", "label": f"Critère {rang}", "bloc": BLOCS[rang % len(BLOCS)], "evidence": preuve}
    return entete | {"when": {"always": True}} | corps


def _points(hasard: random.Random) -> int:
    return hasard.choice((2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 50))


def _bareme(hasard: random.Random) -> Objet:
    champ, seuils = hasard.choice([(champ, nombre.seuils) for champ, nombre in NOMBRES.items()])
    bornes = sorted(hasard.sample(seuils, min(len(seuils), hasard.randint(4, 6))))
    valeurs = sorted(hasard.sample(range(1, 51), len(bornes)))
    pas = zip(bornes, [*bornes[1:], None], valeurs, strict=True)
    return {"bands": [{"min": bas, "max": haut, "points": points} for bas, haut, points in pas], "field": champ}


def _liste(hasard: random.Random) -> Objet:
    return {"when": _feuille_liste(hasard), "points": _points(hasard)}


def _feuille_liste(hasard: random.Random) -> Objet:
    champ, codes = hasard.choice(list(LISTES.items()))
    return {"field": champ, "op": "contains_any", "value": sorted(hasard.sample(codes, hasard.randint(1, 4)))}


def _feuille(hasard: random.Random) -> Objet:
    genre = hasard.randrange(4)
    if genre == 0:
        return _feuille_liste(hasard)
    if genre == 1:
        champ, codes = hasard.choice(list(CODES.items()))
        return {
            "field": champ,
            "op": "in",
            "value": sorted(hasard.sample(codes, min(len(codes), hasard.randint(1, 4)))),
        }
    if genre == 2:
        return {"field": hasard.choice(BOOLEENS), "op": "eq", "value": True}
    champ, nombre = hasard.choice(list(NOMBRES.items()))
    return {"field": champ, "op": hasard.choice(("gte", "gt", "lte", "lt")), "value": hasard.choice(nombre.seuils)}


def _condition(hasard: random.Random) -> Objet:
    dehors, dedans = hasard.choice((("any", "all"), ("all", "any")))
    fils: list[Objet] = [_feuille(hasard) for _ in range(hasard.randint(1, 2))]
    fils.append({dedans: [_feuille(hasard), _feuille(hasard)]})
    if hasard.random() < 0.3:
        fils[0] = {"not": fils[0]}
    return {"when": {dehors: fils}, "points": hasard.choice((-1, 1, 1, 1)) * _points(hasard)}


def _variantes(hasard: random.Random) -> Objet:
    champ, codes = hasard.choice(list(CODES.items()))
    choisis = hasard.sample(codes, min(len(codes), hasard.randint(2, 4)))
    suite: list[Objet] = [
        {"when": {"field": champ, "op": "eq", "value": code}, "points": _points(hasard)} for code in choisis
    ]
    if hasard.random() < 0.5:
        suite.append({"when": _feuille(hasard), "points": _points(hasard)})
    return {"when": _feuille(hasard) if hasard.random() < 0.5 else {"always": True}, "variants": suite}


def _simple(hasard: random.Random) -> Objet:
    if hasard.random() < 0.2:
        return {"accrual": {"per": "month", "value": 1, "field": "demande.anciennete_mois", "cap": 48}}
    return {"when": _feuille(hasard), "points": _points(hasard)}


def _groupes(regles: list[Objet]) -> list[Objet]:
    """Groups of three close criteria: one "first" and, by turns, "max" over fixed points and over scales."""
    fixes = [regle["id"] for regle in regles if regle.get("points", 0) > 0]
    baremes = [regle["id"] for regle in regles if "bands" in regle]
    groupes = [("premier", "first", fixes[:3]), ("fixes", "max", fixes[3:6]), ("baremes", "max", baremes[:3])]
    if len(regles) > 40:
        groupes += [("fixes2", "max", fixes[6:10]), ("baremes2", "max", baremes[3:6])]
    return [{"id": nom, "mode": mode, "rules": ids} for nom, mode, ids in groupes]
