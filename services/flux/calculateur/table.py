"""The table of kinds: one entry each, in the order of `calculer --liste`."""

from typing import Any

from services.flux.calculateur.genre import Genre
from services.flux.calculateur.genres import (
    assiettes,
    comptes,
    conversions,
    etat,
    garanties,
    objectifs,
    orientations,
    parts,
)
from services.flux.calculateur.genres import plafonds as plafonds_

TABLE: dict[str, Genre[Any]] = {
    genre.kind: genre
    for famille in (assiettes, parts, etat, conversions, garanties, plafonds_, objectifs, comptes, orientations)
    for genre in famille.GENRES
}
