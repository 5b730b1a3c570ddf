"""The facts of one place wished, as the engine reads them: the demande's, then those of the place."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from contracts.situation.fait import Provenance
from contracts.situation.lecture import FaitLu, Situation

Faits = dict[str, Any]


def faits_du_lieu(situation: Situation, lieu: str) -> Faits:
    """Nested objects by dotted path (docs/cotation.md §1); a fact of the place stands in front of the demande's."""
    return _ranger(situation.lieux[lieu].faits, _ranger(situation.faits, {}))


def faits_des_lieux(situation: Situation) -> Iterator[tuple[str, Faits]]:
    """The same for every place wished, in order; what they share is arranged once, and is not to be written to."""
    communs = _ranger(situation.faits, {})
    for lieu, lu in situation.lieux.items():
        yield lieu, _ranger(lu.faits, communs)


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


def _ranger(lus: Mapping[str, FaitLu], communs: Faits) -> Faits:
    """Facts in their objects, over others: an object of `communs` is shared until something is written to it."""
    faits = dict(communs)
    neufs: dict[tuple[str, ...], Faits] = {(): faits}
    for chemin, lu in lus.items():
        branches, feuille = _pas(chemin)
        (neufs.get(branches) or _ouvrir(branches, neufs))[feuille] = lu.valeur
    return faits


def _ouvrir(branches: tuple[str, ...], neufs: dict[tuple[str, ...], Faits]) -> Faits:
    """The object at the end of these branches, ours to write to."""
    if branches not in neufs:
        parent = _ouvrir(branches[:-1], neufs)
        neufs[branches] = parent[branches[-1]] = dict(parent.get(branches[-1], ()))
    return neufs[branches]


@lru_cache(maxsize=1_024)
def _pas(chemin: str) -> tuple[tuple[str, ...], str]:
    *branches, feuille = chemin.split(".")
    return tuple(branches), feuille
