"""The receiver of the demonstration: it takes what Logis signed, once, and nothing else."""

import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks.webhooks import Webhook

from demo.receveur import Cles, Receveur

_SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
_PRIVEE = Ed25519PrivateKey.from_private_bytes(b"p" * 32)
_PUBLIQUE = "whpk_" + base64.b64encode(_PRIVEE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
_CORPS = json.dumps({"id": "1.2.3", "source": "/logis/x/flux", "type": "logement.libere.v1", "subject": "l-1",
                     "time": "2026-11-28T08:00:00Z", "data": {"rpls": "6711001352"}, "specversion": "1.0",
                     "dataschema": "urn:x", "datacontenttype": "application/json"})  # fmt: skip


def _entetes(a: datetime, *, identifiant: str = "msg-1", cle: Ed25519PrivateKey = _PRIVEE) -> dict[str, str]:
    instant = str(int(a.timestamp()))
    asymetrique = cle.sign(f"{identifiant}.{instant}.{_CORPS}".encode())
    signatures = [Webhook(_SECRET).sign(identifiant, a, _CORPS), "v1a," + base64.b64encode(asymetrique).decode()]
    return {"webhook-id": identifiant, "webhook-timestamp": instant, "webhook-signature": " ".join(signatures)}


async def _appeler(receveur: Receveur, entetes: dict[str, str], corps: str = _CORPS, chemin: str = "/logis") -> int:
    transport = httpx.ASGITransport(receveur.application)
    async with httpx.AsyncClient(transport=transport, base_url="http://receveur") as client:
        return (await client.post(chemin, content=corps, headers=entetes)).status_code


@pytest.fixture
def receveur() -> Receveur:
    return Receveur({"/logis": Cles(_SECRET, _PUBLIQUE)})


async def test_a_call_signed_by_both_keys_is_taken_once(receveur: Receveur) -> None:
    entetes = _entetes(datetime.now(UTC))
    assert [await _appeler(receveur, entetes), await _appeler(receveur, entetes)] == [204, 204]
    assert (dict(receveur.verifies), receveur.doublons, receveur.refuses) == ({"logement.libere.v1": 1}, 1, 0)


@pytest.mark.parametrize(
    "entetes",
    [
        _entetes(datetime.now(UTC)) | {"webhook-signature": "v1,AAAA"},
        _entetes(datetime.now(UTC), cle=Ed25519PrivateKey.from_private_bytes(b"q" * 32)),
        _entetes(datetime.now(UTC) - timedelta(minutes=10)),
        {},
    ],
    ids=["another-secret", "another-key", "too-old", "unsigned"],
)
async def test_a_call_that_nothing_proves_is_refused(receveur: Receveur, entetes: dict[str, str]) -> None:
    assert await _appeler(receveur, entetes) == 401
    assert (receveur.verifies.total(), receveur.refuses) == (0, 1)


async def test_a_changed_body_or_an_unknown_path_is_refused(receveur: Receveur) -> None:
    entetes = _entetes(datetime.now(UTC))
    assert await _appeler(receveur, entetes, _CORPS.replace("6711001352", "6711001353")) == 401
    assert await _appeler(receveur, entetes, chemin="/ailleurs") == 401
    assert receveur.verifies.total() == 0
