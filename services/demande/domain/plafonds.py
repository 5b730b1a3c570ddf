"""Ceilings of resources by category of household, zone and financing, at the year in force (R441-1)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from contracts import territoire
from contracts.listes import est_dans, noms, table

SUPPLEMENT = "+"
DERNIERE_CATEGORIE = 6


class Financement(StrEnum):
    """Financing of a dwelling, from the lowest ceilings up."""

    PLAI = "PLAI"
    PLUS = "PLUS"
    PLS = "PLS"


class Zone(StrEnum):
    """Zone of a dwelling for the ceilings. Source: arrêté du 29 juillet 1987."""

    PARIS_LIMITROPHES = "paris_communes_limitrophes"
    IDF_HORS_PARIS = "idf_hors_paris"
    AUTRES_REGIONS = "autres_regions"


class PlafondInconnu(LookupError):
    """No table of ceilings was in force on that day."""


@lru_cache(maxsize=4096)
def zone(code_commune: str) -> Zone:
    """Zone of the commune of a dwelling; an arrondissement has the zone of its commune. Raises TerritoireInconnu."""
    une = territoire.commune(code_commune)
    if est_dans("zone_paris_limitrophes", une.arrondissement_de or une.code):
        return Zone.PARIS_LIMITROPHES
    return Zone.IDF_HORS_PARIS if une.region == territoire.ILE_DE_FRANCE else Zone.AUTRES_REGIONS


@lru_cache(maxsize=4096)
def plafond(categorie: int, zone_: Zone, financement: Financement, le: date) -> int:
    """Ceiling in whole euros a year, to compare with the fiscal income of N-2.

    categorie: from 1; above 6, the ceiling of 6 plus the supplement for each more.
    le: the table in force that day holds until the next one is published (1 January of each year).
    Source: arrêté du 19 décembre 2025 (VLOL2534266A). Raises PlafondInconnu before it, ValueError when categorie < 1.
    """
    if categorie < 1:
        raise ValueError("Une catégorie de ménage commence à 1.")
    montants = _table_en_vigueur(le)[financement.value]
    base = int(montants[str(min(categorie, DERNIERE_CATEGORIE))][zone_.value]["montant"])
    supplement = int(montants[SUPPLEMENT][zone_.value]["montant"])
    return base + max(0, categorie - DERNIERE_CATEGORIE) * supplement


def _table_en_vigueur(le: date) -> Mapping[str, Any]:
    debut, montants = max((t for t in _tables() if t[0] <= le), key=lambda t: t[0], default=(None, None))
    if debut is None or montants is None:
        premier = min(jour for jour, _ in _tables())
        raise PlafondInconnu(
            f"Les plafonds connus commencent le {premier.isoformat()} : aucun n'est connu pour le {le.isoformat()}."
        )
    return montants


@cache
def _tables() -> tuple[tuple[date, Mapping[str, Any]], ...]:
    """Every yearly table with its first day: `plafonds_ressources*.json`, one file a year."""
    lues = (table(nom) for nom in noms() if nom.startswith("plafonds_ressources"))
    return tuple((date.fromisoformat(une["en_vigueur"]), une) for une in lues)
