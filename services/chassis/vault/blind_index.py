"""Blind index: finding a personal value without writing it."""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """HMAC-SHA256 under a key kept with the key-encryption keys, outside PostgreSQL. key: 32 bytes, never rotated: changing
    it would mean reading every value again."""

    key: bytes

    def of(self, kind: str, *values: str) -> str:
        """The index, 64 hexadecimal digits, of a value of a kind (`numero-unique`, `identite`…). Case, accents, spaces and
        punctuation do not count: two spellings of one name meet."""
        message = "\x1f".join((kind, *map(_plain, values)))
        return hmac.new(self.key, message.encode(), hashlib.sha256).hexdigest()


def _plain(value: str) -> str:
    if value.isascii() and value.isalnum():
        return value.lower()
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    return "".join(character for character in decomposed if character.isalnum())
