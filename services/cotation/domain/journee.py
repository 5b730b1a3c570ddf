"""The days that the scoring's clock has closed: every score is what it is on the last of them, or on a later day."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class JourneeClose:
    """What time moves up to `le` has moved. revues: scores that the clock established again that day."""

    le: date
    revues: int
