"""The situation: the flat catalogue of facts that the register promises to the scoring (design.md §2 and §8).

Adding a fact is one entry in one of the `faits_*` files. Nationality, name and origin are left out on purpose: no grid
may score them. Behaviour records (cotation.md L26) have no national source: a region that holds them declares a local
fact.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from contracts.situation import faits_demande, faits_lieu, faits_logement, faits_menage
from contracts.situation.fait import (
    CODES,
    DECLARATIVE,
    DU_REGISTRE,
    NUMERIQUES,
    PAR_UN_TIERS,
    TERRITOIRE,
    Champ,
    Fait,
    FaitInvalide,
    Portee,
    Provenance,
    TypeFait,
)

__all__ = [
    "CODES",
    "DECLARATIVE",
    "DU_REGISTRE",
    "LOCAL",
    "NUMERIQUES",
    "PAR_UN_TIERS",
    "TERRITOIRE",
    "Champ",
    "Fait",
    "FaitInvalide",
    "Portee",
    "Provenance",
    "TypeFait",
    "avec_faits_locaux",
    "catalogue",
    "chemins_proches",
]

LOCAL = "local."
"""Prefix of the paths that a region declares for itself (design.md §2, local facts)."""


@cache
def catalogue() -> Mapping[str, Fait]:
    """Every national fact by its dotted path, read-only. Raises FaitInvalide when two entries share a path."""
    return _par_chemin(
        [*faits_demande.FAITS, *faits_menage.FAITS, *faits_logement.FAITS, *faits_lieu.FAITS],
    )


def avec_faits_locaux(locaux: Iterable[Fait]) -> Mapping[str, Fait]:
    """The catalogue with a region's own facts. Raises FaitInvalide when one has no `local.` path or repeats another."""
    ajouts = list(locaux)
    for fait in ajouts:
        if not fait.chemin.startswith(LOCAL):
            raise FaitInvalide(f"Le fait local « {fait.chemin} » doit commencer par « {LOCAL} ».")
    return _par_chemin([*catalogue().values(), *ajouts])


def chemins_proches(chemin: str, faits: Mapping[str, Fait] | None = None) -> tuple[str, ...]:
    """Up to three known paths that look like this one, nearest first: for the remedy of an error message."""
    return tuple(get_close_matches(chemin, list(faits if faits is not None else catalogue()), n=3))


def _par_chemin(faits: list[Fait]) -> Mapping[str, Fait]:
    par_chemin = {fait.chemin: fait for fait in faits}
    if len(par_chemin) != len(faits):
        vus: set[str] = set()
        double = next(f.chemin for f in faits if f.chemin in vus or vus.add(f.chemin))  # type: ignore[func-returns-value]
        raise FaitInvalide(f"Le fait « {double} » est déclaré deux fois.")
    return MappingProxyType(par_chemin)
