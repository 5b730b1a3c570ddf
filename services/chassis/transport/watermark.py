"""What the records of a topic say of the journal, in their headers: how far it was read, and what comes before them.

A feed tells every reader the cursor that it reached; a topic tells only the partitions where an event falls. Without watermarks,
a reader of twelve partitions could not say that it holds all that was written up to a cursor (ADR 5). And without the cursor
that precedes it, a record would look the same whether those before it were read, or lost (ADR 6).
"""

from collections.abc import Iterable

from services.chassis.journal.cursor import ORIGIN, Cursor

_READ = "logis-curseur-lu"
_PRECEDING = "logis-curseur-precedent"

Headers = list[tuple[str, bytes]]


def following(cursor: Cursor) -> Headers:
    """What each record says: all events of its partition up to the cursor come before it."""
    return [(_PRECEDING, str(cursor).encode())]


def watermark(reached: Cursor) -> Headers:
    """What a record without key nor value says: no event of its partition up to the cursor comes after it."""
    return [(_READ, str(reached).encode())]


def preceding(headers: Iterable[tuple[str, bytes]]) -> Cursor:
    """The cursor that a record follows."""
    return _told(headers, _PRECEDING) or ORIGIN


def cursor_of(headers: Iterable[tuple[str, bytes]]) -> Cursor | None:
    """The cursor that a watermark tells; None when the record is an event."""
    return _told(headers, _READ)


def _told(headers: Iterable[tuple[str, bytes]], header: str) -> Cursor | None:
    return next((Cursor.parse(value.decode()) for name, value in headers if name == header), None)
