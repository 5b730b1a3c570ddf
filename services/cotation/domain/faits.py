"""The facts of one place wished, as the engine reads them: the demande's, then those of the place."""

from typing import Any

from contracts.situation.fait import Provenance
from contracts.situation.lecture import FaitLu, Situation


def faits_du_lieu(situation: Situation, lieu: str) -> dict[str, Any]:
    """Nested objects by dotted path (docs/cotation.md §1); a fact of the place stands in front of the demande's."""
    faits: dict[str, Any] = {}
    for chemin, lu in _lus(situation, lieu).items():
        _poser(faits, chemin, lu.valeur)
    return faits


def faits_corriges(avant: Situation, apres: Situation, lieu: str) -> frozenset[str]:
    """The paths whose declared value was replaced by another one, read on a document: corrections by an authorised agent."""
    anciens = _lus(avant, lieu)
    return frozenset(
        chemin
        for chemin, lu in _lus(apres, lieu).items()
        if lu.provenance is Provenance.VERIFIEE
        and (ancien := anciens.get(chemin)) is not None
        and ancien.provenance is Provenance.DECLAREE
        and ancien.valeur != lu.valeur
    )


def _lus(situation: Situation, lieu: str) -> dict[str, FaitLu]:
    return situation.faits | situation.lieux[lieu].faits


def _poser(faits: dict[str, Any], chemin: str, valeur: Any) -> None:
    *branches, feuille = chemin.split(".")
    noeud: Any = faits
    for branche in branches:
        noeud = noeud.setdefault(branche, {})
    noeud[feuille] = valeur
