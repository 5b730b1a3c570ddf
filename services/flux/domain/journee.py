"""The days that the ledger's clock has closed: every deadline up to them has had its effect."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class JourneeClose:
    """Every deadline that had passed on `le` has had its effect. rendus: dwellings given back by the clock that day."""

    le: date
    rendus: int
