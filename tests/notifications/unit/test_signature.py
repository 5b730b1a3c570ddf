"""Signatures that the reference library verifies, and that an Ed25519 public key verifies."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.notifications.adapters.signature import Trousseau, nouveau_trousseau, signer

IDENTIFIANT = UUID("00000000-0000-4000-8000-000000000001")
CORPS = '{"type":"logement.mis-a-disposition.v1","data":{"commune":"67482","libellé":"Forêt"}}'.encode()


def verifie(secret: str, entetes: dict[str, str], corps: bytes = CORPS) -> None:
    Webhook(secret).verify(corps, entetes)


def asymetrique(trousseau: Trousseau, entetes: dict[str, str], corps: bytes = CORPS) -> None:
    """What a receiver does with the public key alone."""
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(trousseau.cle_publique.removeprefix("whpk_")))
    (signature,) = [s.removeprefix("v1a,") for s in entetes["webhook-signature"].split() if s.startswith("v1a,")]
    signe = f"{entetes['webhook-id']}.{entetes['webhook-timestamp']}.".encode() + corps
    public.verify(base64.b64decode(signature), signe)


def test_la_bibliotheque_de_reference_verifie() -> None:
    trousseau = nouveau_trousseau()
    entetes = signer(trousseau, IDENTIFIANT, CORPS, datetime.now(UTC))
    verifie(trousseau.courant, entetes)
    asymetrique(trousseau, entetes)


def test_un_corps_change_n_est_pas_verifie() -> None:
    trousseau = nouveau_trousseau()
    entetes = signer(trousseau, IDENTIFIANT, CORPS, datetime.now(UTC))
    with pytest.raises(WebhookVerificationError):
        verifie(trousseau.courant, entetes, CORPS + b" ")
    with pytest.raises(InvalidSignature):
        asymetrique(trousseau, entetes, CORPS + b" ")


def test_un_identifiant_ou_un_instant_change_n_est_pas_verifie() -> None:
    trousseau = nouveau_trousseau()
    entetes = signer(trousseau, IDENTIFIANT, CORPS, datetime.now(UTC))
    for nom in ("webhook-id", "webhook-timestamp"):
        change = entetes | {nom: str(int(entetes["webhook-timestamp"]) + 1)}
        with pytest.raises(WebhookVerificationError):
            verifie(trousseau.courant, change)


def test_un_appel_rejoue_plus_tard_est_refuse() -> None:
    trousseau = nouveau_trousseau()
    entetes = signer(trousseau, IDENTIFIANT, CORPS, datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        verifie(trousseau.courant, entetes)


def test_apres_un_renouvellement_les_deux_secrets_signent_un_temps() -> None:
    ancien = nouveau_trousseau()
    maintenant = datetime.now(UTC)
    nouveau = ancien.renouvele(maintenant + timedelta(hours=24))
    assert nouveau.courant != ancien.courant
    assert nouveau.cle_publique == ancien.cle_publique
    entetes = signer(nouveau, IDENTIFIANT, CORPS, maintenant)
    verifie(ancien.courant, entetes)
    verifie(nouveau.courant, entetes)

    passe = Trousseau(nouveau.renouvele(maintenant).secrets, nouveau.ed25519)
    apres = signer(passe, IDENTIFIANT, CORPS, maintenant)
    verifie(passe.courant, apres)
    for ancien_secret in (ancien.courant, nouveau.courant):
        with pytest.raises(WebhookVerificationError):
            verifie(ancien_secret, apres)
