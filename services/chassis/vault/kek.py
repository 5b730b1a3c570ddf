"""Key-encryption keys: what wraps the keys of the vault, kept outside PostgreSQL."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import msgspec

KEY_BYTES = 32


class KekUnavailable(Exception):
    """The key-encryption key named by a wrapped key is not there: it was destroyed, or the ring is the wrong one."""


class KekRing(Protocol):
    """Where key-encryption keys live: a file here; a key-management service implements the same two questions."""

    def current(self) -> tuple[str, bytes]:
        """(identifier, 32 bytes) of the key that wraps new keys."""

    def get(self, kek_id: str) -> bytes:
        """The 32 bytes of a key that is still alive. Raises KekUnavailable."""


class _Content(msgspec.Struct, frozen=True):
    """The ring as written: JSON, keys in base64."""

    current: str
    keys: dict[str, bytes]
    index: bytes


@dataclass(frozen=True, slots=True)
class FileKekRing:
    """A ring in one JSON file, mode 0600. It is replaced whole, never edited in place, so that a reader sees one state."""

    path: Path

    @classmethod
    def create(cls, path: Path) -> Self:
        """The ring at `path`, made with a first key if it is not there yet; two processes may try at once."""
        ring = cls(path)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            first = _new_id()
            draft = ring._draft(
                _Content(first, {first: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))
            )
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        return ring

    def current(self) -> tuple[str, bytes]:
        content = self._read()
        return content.current, content.keys[content.current]

    def get(self, kek_id: str) -> bytes:
        try:
            return self._read().keys[kek_id]
        except KeyError as missing:
            raise KekUnavailable(f"key-encryption key {kek_id} is not in the ring {self.path.name}") from missing

    def index_key(self) -> bytes:
        """The key of the blind indexes (services.chassis.vault.blind_index): it stays through rotations."""
        return self._read().index

    def add(self) -> str:
        """First half of a rotation: a new current key. The old ones still unwrap. Returns its identifier."""
        new = _new_id()
        content = self._read()
        keys = content.keys | {new: secrets.token_bytes(KEY_BYTES)}
        self._draft(_Content(new, keys, content.index)).replace(self.path)
        return new

    def destroy_old(self) -> list[str]:
        """Second half, once every living key is wrapped again: forget every key but the current one.

        What they wrapped, in a backup, a dump or the WAL, is from then on unreadable. Returns their identifiers.
        """
        content = self._read()
        kept = {content.current: content.keys[content.current]}
        self._draft(_Content(content.current, kept, content.index)).replace(self.path)
        return [kek_id for kek_id in content.keys if kek_id != content.current]

    def _read(self) -> _Content:
        return msgspec.json.decode(self.path.read_bytes(), type=_Content)

    def _draft(self, content: _Content) -> Path:
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(content))
            file.flush()
            os.fsync(file.fileno())
        return draft


def _new_id() -> str:
    return f"kek-{secrets.token_hex(4)}"
