"""Signatures of webhooks: Standard Webhooks 1.0, symmetric (`v1`, HMAC-SHA256) and asymmetric (`v1a`, Ed25519)."""

import base64
import secrets
from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks.webhooks import Webhook

_SECRET_BYTES = 32


class Secret(msgspec.Struct, frozen=True):
    """A shared secret, `whsec_` and base64. jusqu_a: when it stops signing; None: it is the current one."""

    valeur: str
    jusqu_a: datetime | None = None


class Trousseau(msgspec.Struct, frozen=True):
    """What signs for one subscription. secrets: the current one first; ed25519: private seed, 32 bytes."""

    secrets: tuple[Secret, ...]
    ed25519: bytes

    @property
    def courant(self) -> str:
        """The secret to give to the receiver."""
        return self.secrets[0].valeur

    @property
    def cle_publique(self) -> str:
        """The public key of the asymmetric signature, `whpk_` and base64: it is no secret."""
        public = Ed25519PrivateKey.from_private_bytes(self.ed25519).public_key()
        return "whpk_" + base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def renouvele(self, jusqu_a: datetime) -> "Trousseau":
        """A new secret; the former one still signs until then, older ones no more."""
        return Trousseau((_secret(), Secret(self.courant, jusqu_a)), self.ed25519)


def nouveau_trousseau() -> Trousseau:
    """Fresh secrets."""
    return Trousseau((_secret(),), secrets.token_bytes(_SECRET_BYTES))


def signer(trousseau: Trousseau, identifiant: UUID, corps: bytes, a: datetime) -> dict[str, str]:
    """The three headers of a call made at `a` (aware): identifier, instant, every signature still valid then."""
    instant = str(int(a.timestamp()))
    valides = [secret.valeur for secret in trousseau.secrets if secret.jusqu_a is None or a < secret.jusqu_a]
    signatures = [Webhook(secret).sign(str(identifiant), a, corps.decode()) for secret in valides]
    signe = f"{identifiant}.{instant}.".encode() + corps
    asymetrique = Ed25519PrivateKey.from_private_bytes(trousseau.ed25519).sign(signe)
    signatures.append("v1a," + base64.b64encode(asymetrique).decode())
    return {
        "webhook-id": str(identifiant),
        "webhook-timestamp": instant,
        "webhook-signature": " ".join(signatures),
    }


def _secret() -> Secret:
    return Secret("whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode())
