"""How long demandes have been waiting: the steady state of deposits, attributions and non-renewals.

The block `anciennete` of distributions.json asks to simulate rather than to draw. With a constant monthly flow, the
month-by-month simulation has a closed form: the stock of age m is the flow times the share that survived m months.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from demo import donnees
from demo.territoire import EUROMETROPOLE_DE_STRASBOURG, MULHOUSE_ALSACE_AGGLOMERATION
from demo.tirages import Table

MOIS_MAXIMUM = 180

_ZONES = {EUROMETROPOLE_DE_STRASBOURG: ("national", "B1"), MULHOUSE_ALSACE_AGGLOMERATION: ("detendu", "B2_C")}
"""Rows of the block used for each EPCI (renewal, hazard of attribution): an assumption."""


@cache
def mois_en_attente(epci: str) -> Table[int]:
    """Whole months since deposit of an active demande of this EPCI."""
    bloc = donnees.defauts()["anciennete"]
    renouvellement, hasard = _ZONES[epci]
    return Table(survie(bloc["renouvellement"][renouvellement], bloc["hasard_mensuel_attribution"][hasard]))


def survie(renouvellement: Mapping[str, Any], hasard_mensuel: float) -> dict[int, float]:
    """Share of the deposits of m months ago that are still active, for each m below `MOIS_MAXIMUM`."""
    part, parts = 1.0, {}
    for mois in range(MOIS_MAXIMUM):
        if mois and mois % 12 == 0:
            part *= renouvellement["1er_anniversaire" if mois == 12 else "suivants"]
        parts[mois] = part
        part *= 1 - hasard_mensuel
    return parts
