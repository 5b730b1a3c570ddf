"""Development tokens: signed by a key that never leaves this machine."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from joserfc import jwt
from joserfc.jwk import OKPKey

FOLDER = Path(".logis/jetons")
ISSUER = "logis-local"
LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DevelopmentKeys:
    """A folder with the signing key (`cle.json`, mode 0600) and the public one (`jwks.json`), to be given as LOGIS_JWKS."""

    folder: Path = FOLDER

    @property
    def jwks(self) -> Path:
        return self.folder / "jwks.json"

    def create(self) -> OKPKey:
        """The signing key, made if it is not there yet; two processes may try at once."""
        path = self.folder / "cle.json"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True, auto_kid=True)
            draft = self._draft(msgspec.json.encode(made.as_dict(private=True)))
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        key = OKPKey.import_key(msgspec.json.decode(path.read_bytes()))
        self._draft(msgspec.json.encode({"keys": [key.as_dict(private=False)]})).replace(self.jwks)
        return key

    def sign(
        self, *, organisation: str, roles: list[str], acteur: str, audience: str, now: datetime, duration: timedelta
    ) -> str:
        """A token of `duration`, thirty days at the most."""
        if not timedelta(0) < duration <= LONGEST:
            raise ValueError("a development token lasts thirty days at the most")
        key = self.create()
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": acteur,
            "organisation": organisation,
            "roles": roles,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + duration).timestamp()),
            "jti": secrets.token_hex(8),
        }
        return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=["Ed25519"])

    def _draft(self, content: bytes) -> Path:
        draft = self.folder / f".{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        return draft
