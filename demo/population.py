"""The population of the demonstration: seeded, reproducible, each demande drawn by itself.

Demande number `rang` depends on (seed, day, rang) alone: ten thousand are the first of a hundred thousand, any one can
be made again, and nothing is kept in memory. Weights come from `demo/data/distributions.json` (assumptions, not
statistics); no person is real.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from random import Random

from demo.dossier import CAPACITE, dessiner
from demo.modele import Demande


class PopulationTropGrande(ValueError):
    """More demandes than sequence numbers."""


class Population:
    """All the demandes of a seed on a day.

    graine: any integer >= 0; le: the day on which the register is photographed; bailleurs: SIREN of the landlords by
    département, told by part of their tenants. Raises PopulationTropGrande above `CAPACITE`.
    """

    def __init__(
        self, demandes: int, *, graine: int, le: date, bailleurs: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        if not 0 <= demandes <= CAPACITE:
            raise PopulationTropGrande(f"Une population compte de 0 à {CAPACITE} demandes, et non {demandes}.")
        self.demandes = demandes
        self.graine = graine
        self.le = le
        self._bailleurs = bailleurs or {}
        self._alea = Random()  # noqa: S311  (reproducible on purpose: nothing here is a secret)

    def __len__(self) -> int:
        return self.demandes

    def __iter__(self) -> Iterator[Demande]:
        return (self.demande(rang) for rang in range(self.demandes))

    def demande(self, rang: int) -> Demande:
        """The demande of this place, 0 <= rang < CAPACITE; it may lie after the population's last one.

        Raises PopulationTropGrande when there is no such place.
        """
        if not 0 <= rang < CAPACITE:
            raise PopulationTropGrande(f"Une demande porte un rang de 0 à {CAPACITE - 1}, et non {rang}.")
        self._alea.seed(self.graine * CAPACITE + rang)
        return dessiner(self._alea.random, rang, self.le, self._bailleurs)
