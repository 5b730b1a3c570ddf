"""The public keys that sign tokens: a JWKS, from a file or an address, read again when it must be and not more."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey

from services.chassis.telemetry.failures import failure

_FETCH_SECONDS = 5.0
_LARGEST_BYTES = 262_144
_REFRESH_SECONDS = 10.0  # a flood of unknown key identifiers costs one reading in that time
_STALE_SECONDS = 300.0  # a key withdrawn by the issuer is no longer accepted after that time

log = structlog.get_logger(__name__)

PublicKey = OKPKey | ECKey


class KeySource(Protocol):
    """Where the keys of an issuer are found."""

    async def key(self, kid: str) -> PublicKey | None:
        """The public key of that identifier, None when the issuer has none."""

    async def ready(self) -> bool:
        """Whether there is at least one key."""


class Jwks:
    """A JWKS. When it cannot be read, the keys already known stay in use: tokens outlive a pause of their issuer."""

    def __init__(self, location: str, clock: Callable[[], float] = time.monotonic) -> None:
        """location: an `http(s)://` address, or the path of a file."""
        self._location = location
        self._clock = clock
        self._keys: dict[str, PublicKey] = {}
        self._tried = self._read = float("-inf")
        self._turn = asyncio.Lock()

    async def key(self, kid: str) -> PublicKey | None:
        if kid not in self._keys or self._clock() - self._read > _STALE_SECONDS:
            await self._refresh()
        return self._keys.get(kid)

    async def ready(self) -> bool:
        if not self._keys:
            await self._refresh()
        return bool(self._keys)

    async def _refresh(self) -> None:
        async with self._turn:
            if self._clock() - self._tried < _REFRESH_SECONDS:
                return
            self._tried = self._clock()
            try:
                self._keys = usable_keys(await self._fetch())
                self._read = self._clock()
            except (httpx.HTTPError, OSError, ValueError, JoseError) as error:
                log.warning("jwks-unreadable", failure=failure(error))

    async def _fetch(self) -> bytes:
        if not self._location.startswith(("http://", "https://")):
            return await asyncio.to_thread(Path(self._location).read_bytes)
        async with httpx.AsyncClient(timeout=_FETCH_SECONDS) as client:
            answer = await client.get(self._location, headers={"Accept": "application/json"})
            answer.raise_for_status()
        if len(answer.content) > _LARGEST_BYTES:
            raise ValueError("the JWKS is larger than any issuer's")
        return answer.content


def usable_keys(document: bytes) -> dict[str, PublicKey]:
    """The signing keys of a JWKS that Logis accepts, by identifier: Ed25519 and P-256, public part only.

    Any other is left out, above all `oct`: a shared secret must never validate a token. Raises ValueError, JoseError.
    """
    keys: dict[str, PublicKey] = {}
    for found in msgspec.json.decode(document, type=dict[str, list[dict[str, Any]]]).get("keys", []):
        curve, kid = (found.get("kty"), found.get("crv")), found.get("kid")
        if curve in {("OKP", "Ed25519"), ("EC", "P-256")} and isinstance(kid, str) and found.get("use", "sig") == "sig":
            public = {name: value for name, value in found.items() if name != "d"}
            key = JWKRegistry.import_key(public)
            assert isinstance(key, (OKPKey, ECKey))
            keys[kid] = key
    return keys
