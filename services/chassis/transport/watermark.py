"""How far a journal was read, said on the partitions of a topic that its last events did not reach.

A feed tells every reader the cursor that it reached; a topic tells only the partitions where an event falls. Without these
records, a reader of twelve partitions could not say that it holds all that was written up to a cursor (ADR 5).
"""

from collections.abc import Iterable

from services.chassis.journal.cursor import Cursor

_HEADER = "logis-curseur-lu"


def headers_of(reached: Cursor) -> list[tuple[str, bytes]]:
    """The headers of a record without key nor value: nothing at or before the cursor will follow on its partition."""
    return [(_HEADER, str(reached).encode())]


def cursor_of(headers: Iterable[tuple[str, bytes]]) -> Cursor | None:
    """The cursor that a record tells; None when it is an event."""
    return next((Cursor.parse(value.decode()) for name, value in headers if name == _HEADER), None)
