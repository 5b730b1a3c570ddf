"""Sealing bytes for one subject in one place: AES-256-GCM, bound to where it stands."""

import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open with its own key: it was altered, or moved from another place."""


def seal(key: bytes, place: bytes, clear: bytes) -> bytes:
    """Ciphertext of `clear` (12 random bytes, then the sealed bytes with their tag). place: what it is bound to."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, place)


def unseal(key: bytes, place: bytes, sealed: bytes) -> bytes:
    """The clear bytes. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
    except InvalidTag as altered:
        raise SealBroken(f"sealed value at {place!r} does not open") from altered


def unseal_known(keys: Mapping[str, bytes], subject: str, place: bytes, sealed: bytes) -> bytes | None:
    """The clear bytes, or None when the subject's key is gone (the person was erased)."""
    key = keys.get(subject)
    return None if key is None else unseal(key, place, sealed)
