"""Bearer tokens: only what the issuer signed, for us, now, with a key of its own."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey
from typer.testing import CliRunner

from services.chassis.access import keys as jwks_module
from services.chassis.access import tokens
from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.access.keys import Jwks, PublicKey, usable_keys
from services.chassis.access.tokens import TokenVerifier
from services.chassis.http.refusals import JetonAbsent, JetonInvalide
from services.logis import application

logis = application(["token"])

NOW = 1_800_000_000
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"}, private=True)
P256 = ECKey.generate_key("P-256", {"kid": "ec"}, private=True)
STRANGER = OKPKey.generate_key("Ed25519", {"kid": "ed"}, private=True)
CLAIMS = {
    "iss": "https://emetteur.test",
    "aud": "logis",
    "sub": "agent-7",
    "exp": NOW + 60,
    "nbf": NOW - 60,
    "organisation": "ville-strasbourg",
    "roles": ["guichet"],
}


class Held:
    """Keys held in memory."""

    def __init__(self, *keys: PublicKey) -> None:
        self._keys = {str(key.kid): key for key in keys}

    async def key(self, kid: str) -> PublicKey | None:
        return self._keys.get(kid)

    async def ready(self) -> bool:
        return bool(self._keys)


def verifier(**changes: Any) -> TokenVerifier:
    options = {"issuer": "https://emetteur.test", "audience": "logis", "leeway_seconds": 30, "now": lambda: NOW}
    return TokenVerifier(Held(ED, P256), **options | changes)


def signed(key: Any = ED, alg: str = "Ed25519", header: dict[str, Any] | None = None, **claims: Any) -> str:
    said = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key.kid} | (header or {}), said, key, algorithms=[alg])


def by_hand(header: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(CLAIMS).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(("key", "alg"), [(ED, "Ed25519"), (ED, "EdDSA"), (P256, "ES256")])
async def test_what_the_issuer_signed_is_accepted(key: Any, alg: str) -> None:
    found = await verifier().authenticate(f"Bearer {signed(key, alg)}")
    assert (found.acteur, found.organisation, found.roles) == ("agent-7", "ville-strasbourg", frozenset({"guichet"}))


async def test_roles_may_come_as_scopes() -> None:
    found = await verifier().verify(signed(roles=None, scope="openid logis:bailleur logis:bailleur-lecture"))
    assert found.roles == {"bailleur", "bailleur-lecture"}


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer", "Bearer  "])
async def test_no_token_is_told_how_to_give_one(header: str | None) -> None:
    with pytest.raises(JetonAbsent) as refused:
        await verifier().authenticate(header)
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


def with_the_public_key_as_secret() -> str:
    """Algorithm confusion: HS256 keyed with the public key, which everyone can read (RFC 8725 §2.1)."""
    unsigned = by_hand({"alg": "HS256", "kid": "ec"}).removesuffix(".")
    signature = hmac.digest(P256.as_pem(private=False), unsigned.encode(), "sha256")
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


REFUSED: dict[str, Callable[[], str]] = {
    "another issuer": lambda: signed(iss="https://ailleurs.test"),
    "no issuer": lambda: signed(iss=None),
    "another audience": lambda: signed(aud="autre"),
    "no audience": lambda: signed(aud=None),
    "expired": lambda: signed(exp=NOW - 31),
    "never expires": lambda: signed(exp=None),
    "not yet": lambda: signed(nbf=NOW + 31),
    "issued in the future": lambda: signed(iat=NOW + 3600),
    "expires as a text": lambda: signed(exp="demain"),
    "no subject": lambda: signed(sub=None),
    "no organisation": lambda: signed(organisation=None),
    "organisation as a list": lambda: signed(organisation=["a"]),
    "roles as a text": lambda: signed(roles="guichet"),
    "scope as a list": lambda: signed(scope=["logis:etat"]),
    "signed by a stranger under a known kid": lambda: signed(STRANGER),
    "unknown kid": lambda: signed(header={"kid": "inconnu"}),
    "an ID token": lambda: signed(header={"typ": "id+jwt"}),
    "alg none": lambda: by_hand({"alg": "none", "kid": "ed"}),
    "alg none with a signature": lambda: by_hand({"alg": "None", "kid": "ed"}, b"x" * 64),
    "no kid": lambda: by_hand({"alg": "Ed25519"}, b"x" * 64),
    "ES256 over an Ed25519 key": lambda: by_hand({"alg": "ES256", "kid": "ed"}, b"x" * 64),
    "the public key as a shared secret": with_the_public_key_as_secret,
    "altered": lambda: signed()[:-4] + "AAAA",
    "too long": lambda: signed(remplissage="x" * 9_000),
    "nested too deep": lambda: "eyJhIjo" + "W" * 8_000 + ".e30.e30",
    "not a token": lambda: "a.b",
    "accents": lambda: "é.é.é",
}


@pytest.mark.parametrize("what", REFUSED)
async def test_anything_else_is_refused(what: str) -> None:
    with pytest.raises(JetonInvalide) as refused:
        await verifier().verify(REFUSED[what]())
    assert 'error="invalid_token"' in refused.value.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("another issuer", {"issuer": "https://ailleurs.test"}),
        ("another audience", {"audience": "autre"}),
        ("expired", {"leeway_seconds": 3600}),
        ("not yet", {"leeway_seconds": 3600}),
    ],
)
async def test_each_of_these_is_refused_by_that_rule_alone(what: str, options: dict[str, Any]) -> None:
    assert (await verifier(**options).verify(REFUSED[what]())).acteur == "agent-7"


async def test_with_the_algorithms_opened_to_shared_secrets_one_would_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = OctKey.import_key("un-secret-de-trente-deux-octets-!", {"kid": "partage"})
    monkeypatch.setattr(tokens, "_ALGORITHMS", {"oct": ("HS256",)})
    opened = TokenVerifier(Held(secret), issuer="https://emetteur.test", audience="logis", now=lambda: NOW)  # type: ignore[arg-type]
    assert (await opened.verify(signed(secret, "HS256"))).organisation == "ville-strasbourg"


async def test_the_clock_skew_is_forgiven_up_to_its_bound() -> None:
    assert await verifier().verify(signed(exp=NOW - 29))
    assert await verifier().verify(signed(nbf=NOW + 29))


# --- the keys of the issuer ------------------------------------------------------------------------------------------


def document(*keys: Any) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def test_only_public_signing_keys_are_kept() -> None:
    rsa_like = {"kty": "RSA", "kid": "rsa", "n": "AQ", "e": "AQAB"}
    oct_key = OctKey.import_key("secret-partage-de-trente-deux-octets", {"kid": "oct"}).as_dict()
    for_encryption = ED.as_dict(private=False) | {"use": "enc", "kid": "enc"}
    leaked = ED.as_dict(private=True) | {"kid": "fuite"}
    found = usable_keys(
        json.dumps({"keys": [rsa_like, oct_key, for_encryption, leaked, P256.as_dict(private=False)]}).encode()
    )
    assert set(found) == {"fuite", "ec"}
    assert not any(key.is_private for key in found.values())


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_an_unknown_kid_is_looked_for_once_and_not_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clock = tmp_path / "jwks.json", Clock()
    path.write_bytes(document(ED))
    read: list[str] = []
    source = Jwks(str(path), clock)
    fetch = source._fetch

    async def counted() -> bytes:
        read.append("jwks")
        return await fetch()

    monkeypatch.setattr(source, "_fetch", counted)
    assert await source.key("ed") is not None
    for _ in range(20):
        assert await source.key("inconnu") is None
    assert len(read) == 1, "a flood of unknown identifiers reads the JWKS once"
    path.write_bytes(document(ED, P256))
    clock.now += 11
    assert await source.key("ec") is not None, "a new key is found after the pause"
    path.write_bytes(document(P256))
    clock.now += 301
    assert await source.key("ed") is None, "a withdrawn key is dropped"
    assert len(read) == 3


async def test_without_the_pause_each_unknown_kid_would_read_the_jwks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks_module, "_REFRESH_SECONDS", 0.0)
    path, read = tmp_path / "jwks.json", []
    path.write_bytes(document(ED))
    source = Jwks(str(path), Clock())
    fetch = source._fetch

    async def counted() -> bytes:
        read.append("jwks")
        return await fetch()

    monkeypatch.setattr(source, "_fetch", counted)
    for _ in range(20):
        await source.key("inconnu")
    assert len(read) == 20


async def test_keys_already_known_outlive_a_pause_of_the_issuer(tmp_path: Path) -> None:
    path, clock = tmp_path / "jwks.json", Clock()
    path.write_bytes(document(ED))
    source = Jwks(str(path), clock)
    assert await source.ready()
    path.unlink()
    clock.now += 3_600
    assert await source.key("ed") is not None
    assert not await Jwks(str(path)).ready()


async def test_a_jwks_is_read_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([httpx.Response(503), httpx.Response(200, content=document(ED))])
    transport = httpx.MockTransport(lambda request: next(answers))
    real = httpx.AsyncClient
    monkeypatch.setattr(jwks_module.httpx, "AsyncClient", lambda **options: real(transport=transport, **options))
    clock = Clock()
    source = Jwks("https://emetteur.test/jwks", clock)
    assert not await source.ready()
    clock.now += 11
    assert await source.ready()


# --- development tokens ------------------------------------------------------------------------------------------------


async def test_logis_token_signs_what_a_service_accepts(tmp_path: Path) -> None:
    arguments = ["token", "--organisation", "ville-strasbourg", "--role", "guichet", "--role", "reservataire"]
    result = CliRunner().invoke(logis, [*arguments, "--duree", "2h", "--cles", str(tmp_path / "jetons")])
    assert result.exit_code == 0, result.output
    local = DevelopmentKeys(tmp_path / "jetons")
    accepting = TokenVerifier(Jwks(str(local.jwks)), issuer=ISSUER, audience="logis")
    found = await accepting.verify(result.stdout.strip())
    assert (found.organisation, found.roles) == ("ville-strasbourg", {"guichet", "reservataire"})
    later = TokenVerifier(Jwks(str(local.jwks)), issuer=ISSUER, audience="logis", now=lambda: time.time() + 7_231)
    with pytest.raises(JetonInvalide, match="expiré"):
        await later.verify(result.stdout.strip())


@pytest.mark.parametrize("duree", ["0h", "31j", "toujours", "8", "-1h"])
def test_a_token_lasts_thirty_days_at_the_most(tmp_path: Path, duree: str) -> None:
    result = CliRunner().invoke(
        logis, ["token", "--organisation", "x", "--role", "etat", "--cles", str(tmp_path), f"--duree={duree}"]
    )
    assert result.exit_code == 2


def test_the_signing_key_is_its_owner_s_alone_and_is_kept(tmp_path: Path) -> None:
    keys = DevelopmentKeys(tmp_path / "jetons")
    first = keys.create()
    assert keys.create().kid == first.kid
    assert (tmp_path / "jetons" / "cle.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "jetons").stat().st_mode & 0o777 == 0o700
    assert "d" not in json.loads(keys.jwks.read_bytes())["keys"][0]
    with pytest.raises(ValueError, match="thirty days"):
        keys.sign(
            organisation="x", roles=[], acteur="a", audience="logis", now=datetime.now(UTC), duration=timedelta(days=31)
        )
