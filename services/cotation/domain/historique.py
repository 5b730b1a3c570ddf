"""The successive scores of a demande for a place, and the changes between them (design.md §8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.cotation.domain.decimales import EXACT
from services.cotation.domain.journal import CotationClose, CotationEtablie, CotationRetiree


@dataclass(frozen=True, slots=True)
class Changement:
    """One change of score. numero: from 1, the first one since the score was first established."""

    numero: int
    avant: CotationEtablie
    apres: CotationEtablie

    @property
    def difference(self) -> Decimal:
        """Points gained (or lost, below 0)."""
        return EXACT.subtract(Decimal(self.apres.total), Decimal(self.avant.total))


def lieux_notes(journal: Sequence[object]) -> list[str]:
    """Every place that was ever scored, in the order of its first score."""
    return list(dict.fromkeys(e.lieu for e in journal if isinstance(e, CotationEtablie)))


def changements(journal: Sequence[object], lieu: str) -> list[Changement]:
    """The changes of the score of a place, the oldest first; none before the second score, nor from before a closing or a
    wish withdrawn.

    journal: the events of the demande's stream. Of scores established again without changing, the last one is compared.
    """
    found: list[Changement] = []
    avant: CotationEtablie | None = None
    for evenement in journal:
        if isinstance(evenement, CotationClose):
            avant = None
        elif isinstance(evenement, CotationRetiree):
            avant = None if evenement.lieu == lieu else avant
        elif isinstance(evenement, CotationEtablie) and evenement.lieu == lieu:
            if avant is not None and _vue(avant) != _vue(evenement):
                found.append(Changement(len(found) + 1, avant, evenement))
            avant = evenement
    return found


def _vue(etablie: CotationEtablie) -> tuple[object, ...]:
    return etablie.version, etablie.total, etablie.provisoire, etablie.hors
