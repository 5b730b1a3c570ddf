"""One case of the campaign: a grid, a day, and situations drawn for them."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from services.cotation.domain.grille import Grille
from tests.cotation.campagne.grilles import grilles
from tests.cotation.campagne.situations import Faits, Reservoir, situations
from tests.cotation.campagne.vocabulaire import JOURS_D_EVALUATION

SITUATIONS_PAR_GRILLE = 10


@dataclass(frozen=True, slots=True)
class Cas:
    """A grid, the day of the evaluation, and ten situations."""

    grille: Grille
    as_of: date
    situations: tuple[Faits, ...]

    def empreinte(self) -> int:
        """Equal for equal cases, within one process."""
        return hash(repr((self.grille, self.as_of, self.situations)))


@st.composite
def cas(draw: st.DrawFn, ecrite: Grille | None = None) -> Cas:
    """Any grid of the language, or that one, with situations that stand around its thresholds."""
    as_of = draw(st.sampled_from(JOURS_D_EVALUATION))
    grille = draw(grilles(as_of)) if ecrite is None else ecrite
    reservoir = Reservoir.de(grille, as_of)
    return Cas(grille, as_of, tuple(draw(situations(reservoir)) for _ in range(SITUATIONS_PAR_GRILLE)))
