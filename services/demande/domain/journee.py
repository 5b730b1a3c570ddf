"""The days that the register's clock has closed: every delay up to the last of them has had its effect."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Actes:
    """What a clock did of a day. silences: offers refused for want of an answer; preavis, echues, radiees: demandes."""

    silences: int = 0
    preavis: int = 0
    echues: int = 0
    radiees: int = 0

    def plus(self, autres: "Actes") -> "Actes":
        """Both together."""
        return Actes(
            self.silences + autres.silences,
            self.preavis + autres.preavis,
            self.echues + autres.echues,
            self.radiees + autres.radiees,
        )


@dataclass(frozen=True, slots=True)
class JourneeClose:
    """Every delay that had run out on `le` has had its effect."""

    le: date
    actes: Actes
