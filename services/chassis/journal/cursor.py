"""Where a reader stands in a journal."""

import re
from typing import NamedTuple, Self

FORM = r"(\d{1,9})\.(\d{1,19})\.(\d{1,19})"
_FORM = re.compile(rf"^{FORM}$")
_BIGGEST = 2**63 - 1


class InvalidCursor(ValueError):
    """The text is not a cursor that a journal of Logis gave."""


class Cursor(NamedTuple):
    """A place between two events: every event at or before it has been read.

    epoch: rises when the database is another physical history (restored dump, failover), >= 0.
    xid: 64-bit identifier of the writing transaction, >= 0.
    position: sequence number inside the journal, >= 0.
    The three are always compared together, as a row, here and in SQL (engineering.md §5).
    """

    epoch: int
    xid: int
    position: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.xid}.{self.position}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor written in `text`. Raises InvalidCursor."""
        match = _FORM.match(text)
        if match is None:
            raise InvalidCursor(f"« {text[:80]} » n'est pas un curseur de journal (forme attendue : 1.1234.5678).")
        cursor = cls(*map(int, match.groups()))
        if max(cursor) > _BIGGEST:
            raise InvalidCursor(f"« {text} » dépasse ce qu'un journal peut contenir.")
        return cursor


ORIGIN = Cursor(0, 0, 0)
