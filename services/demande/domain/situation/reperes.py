"""The local thresholds that some facts need."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reperes:
    """What the region sets and the facts need.

    seuils_premier_quartile: euros a year by consumption unit, by SIREN of EPCI (arrêté of the year).
    delais_anormalement_longs: months by (département, codelist type_logement), from the préfet's orders (L441-1-4).
    """

    seuils_premier_quartile: Mapping[str, int] = field(default_factory=dict)
    delais_anormalement_longs: Mapping[tuple[str, str], int] = field(default_factory=dict)
