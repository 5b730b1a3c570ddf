"""Personal facts in a read model: one column holding several parts, each sealed under the key of whom it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from services.chassis.vault.sealing import seal, unseal_known

_Stored = dict[str, tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class SealedParts:
    """Reads and writes such a column. table: its name, part of what the values are bound to."""

    table: str

    def seal(self, row: str, parts: Mapping[str, tuple[str, Any]], keys: Mapping[str, bytes]) -> bytes:
        """The column's bytes. row: the row's key; parts: {part: (subject, value)}."""
        return msgspec.msgpack.encode(
            {
                part: (subject, seal(keys[subject], self._place(row, part), msgspec.json.encode(value)))
                for part, (subject, value) in parts.items()
            }
        )

    def merge(self, old: bytes, new: bytes) -> bytes:
        """The column once the parts of `new` replace those of the same name in `old`."""
        return msgspec.msgpack.encode(_stored(old) | _stored(new))

    def subjects(self, column: bytes) -> Iterable[str]:
        """The subjects whose keys open the column."""
        return {subject for subject, _ in _stored(column).values()}

    def open(self, row: str, column: bytes, keys: Mapping[str, bytes]) -> dict[str, bytes]:
        """The parts that still open, as JSON bytes; a part whose key is gone is absent. Raises SealBroken."""
        opened = {
            part: unseal_known(keys, subject, self._place(row, part), ciphertext)
            for part, (subject, ciphertext) in _stored(column).items()
        }
        return {part: clear for part, clear in opened.items() if clear is not None}

    def _place(self, row: str, part: str) -> bytes:
        return f"{self.table}\x1f{row}\x1f{part}".encode()


def _stored(column: bytes) -> _Stored:
    return msgspec.msgpack.decode(column, type=_Stored) if column else {}
