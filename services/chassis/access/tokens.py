"""Validating a bearer token (RFC 7519, RFC 8725) against the issuer's keys."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry

from services.chassis.access.identity import Identity
from services.chassis.access.keys import KeySource, PublicKey
from services.chassis.http.refusals import JetonAbsent, JetonInvalide

_LARGEST_CHARACTERS = 8_192
_PROVEN_KEPT = 1_000  # a signature is checked once by token and key; dates and audience at each call
_SCOPE_PREFIX = "logis:"
_CHALLENGE = 'Bearer realm="logis"'
# Which algorithms each kind of key may verify: chosen by the key, never by the token. No `none`, no shared secret.
_ALGORITHMS = {"OKP": ("EdDSA", "Ed25519"), "EC": ("ES256",)}


class _Allowed(JWSRegistry):
    """The closed list. The library warns of the name EdDSA (RFC 9864 renames it), which every issuer still writes."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if self.allowed is None or name not in self.allowed:
            raise UnsupportedAlgorithmError(f"algorithm {name} is not accepted")
        return self.algorithms[name]


class TokenVerifier:
    """issuer, audience: the only ones accepted; leeway_seconds: clock skew forgiven, both ways."""

    def __init__(
        self,
        keys: KeySource,
        *,
        issuer: str,
        audience: str,
        leeway_seconds: int = 30,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._now = now
        self._leeway = leeway_seconds
        self._issuer = issuer
        self._audience = audience
        self._proven: OrderedDict[str, tuple[str, PublicKey, dict[str, Any]]] = OrderedDict()

    async def ready(self) -> bool:
        """Whether tokens can be validated: a check for `/health/ready`."""
        return await self._keys.ready()

    async def authenticate(self, authorization: str | None) -> Identity:
        """The identity that an `Authorization` header proves. Raises JetonAbsent, JetonInvalide."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise JetonAbsent(
                "Cette adresse demande un jeton : envoyez l'en-tête « Authorization: Bearer … ».",
                headers={"WWW-Authenticate": _CHALLENGE},
            )
        return await self.verify(token.strip())

    async def verify(self, token: str) -> Identity:
        """The identity in a token. Raises JetonInvalide."""
        try:
            claims = await self._claims(token)
        except ExpiredTokenError as expired:
            raise _invalid("Le jeton a expiré : demandez-en un nouveau.") from expired
        except (JoseError, ValueError, RecursionError) as refused:
            raise _invalid(
                "Le jeton n'est pas valable pour ce service : vérifiez son émetteur et son public."
            ) from refused
        return _identity(claims)

    async def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > _LARGEST_CHARACTERS:
            raise ValueError("the token is larger than any of ours")
        claims = await self._known(token) or await self._proof(token)
        self._registry().validate(claims)
        return claims

    async def _known(self, token: str) -> dict[str, Any] | None:
        """The claims of a token whose signature was checked by a key that is still its issuer's."""
        kid, key, claims = self._proven.get(token, ("", None, None))
        return claims if key is not None and await self._keys.key(kid) is key else None

    async def _proof(self, token: str) -> dict[str, Any]:
        raw = token.encode("ascii")
        header = jws.extract_compact(raw).headers()
        if str(header.get("typ", "JWT")).lower() not in {"jwt", "at+jwt"}:
            raise ValueError("not an access token")
        kid = header.get("kid")
        key = await self._keys.key(kid) if isinstance(kid, str) else None
        if key is None:
            raise ValueError("the issuer has no such key")
        claims = _decode(raw, key)
        self._proven[token] = (str(kid), key, claims)
        if len(self._proven) > _PROVEN_KEPT:
            self._proven.popitem(last=False)
        return claims

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._now()),
            leeway=self._leeway,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )


def _decode(raw: bytes, key: PublicKey) -> dict[str, Any]:
    return jwt.decode(raw, key, registry=_Allowed(algorithms=_ALGORITHMS[key.key_type])).claims


def _identity(claims: dict[str, Any]) -> Identity:
    """Roles come as the list `roles`, or as scopes `logis:<role>` where an issuer can only give scopes."""
    organisation, roles, scope = claims.get("organisation"), claims.get("roles", []), claims.get("scope", "")
    if not isinstance(organisation, str) or not organisation:
        raise _invalid("Le jeton ne nomme pas d'organisation.")
    if not isinstance(scope, str) or not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise _invalid("Les rôles du jeton sont illisibles.")
    scoped = {name.removeprefix(_SCOPE_PREFIX) for name in scope.split() if name.startswith(_SCOPE_PREFIX)}
    return Identity(claims["sub"], organisation, frozenset(roles) | scoped)


def _invalid(detail: str) -> JetonInvalide:
    return JetonInvalide(detail, headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'})
