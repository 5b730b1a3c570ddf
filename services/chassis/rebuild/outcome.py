"""What a rebuild says."""

import hashlib
from dataclasses import dataclass
from typing import Any

MOST_TOLD = 20


class NotNow(Exception):
    """The rebuild cannot be concluded for now: the sentence says why, what was built is kept."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A table rebuilt: how many rows it has, how many were not the same in the table that people read, and which."""

    table: str
    rows: int
    differing: int
    first: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As `--json` says it."""
        return {
            "table": self.table,
            "lignes": self.rows,
            "ecarts": self.differing,
            "premiers_ecarts": list(self.first[:MOST_TOLD]),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was compared, whether it was put in place, and how long writers were held back."""

    compared: tuple[Compared, ...]
    flipped: bool
    locked_seconds: float


def hashed(*parts: str) -> str:
    """One name for what a rebuild is made from."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
