"""The facts of one place wished, as the engine reads them: the demande's, then those of the place."""

from typing import Any

from contracts.situation.lecture import Situation


def faits_du_lieu(situation: Situation, lieu: str) -> dict[str, Any]:
    """Nested objects by dotted path (docs/cotation.md §1); a fact of the place stands in front of the demande's."""
    faits: dict[str, Any] = {}
    for lus in (situation.faits, situation.lieux[lieu].faits):
        for chemin, lu in lus.items():
            _poser(faits, chemin, lu.valeur)
    return faits


def _poser(faits: dict[str, Any], chemin: str, valeur: Any) -> None:
    *branches, feuille = chemin.split(".")
    noeud: Any = faits
    for branche in branches:
        noeud = noeud.setdefault(branche, {})
    noeud[feuille] = valeur
