"""What the notifications publish."""

from datetime import datetime

import msgspec

SERVICE = "notifications"


class MessageEnvoye(msgspec.Struct, frozen=True):
    """A message left. objet: what it is about (a demande, a proposition…); modele: template and version; canal: courriel,
    sms, lettre; empreinte: SHA-256 of what was sent, in hexadecimal."""

    message: str
    objet: str
    modele: str
    canal: str
    envoye_a: datetime
    empreinte: str


class MessageEchoue(msgspec.Struct, frozen=True):
    """A message could not be sent for good. raison: a code, never an address."""

    message: str
    objet: str
    modele: str
    canal: str
    raison: str


class LivraisonSuspendue(msgspec.Struct, frozen=True):
    """A webhook is no longer called. raison: `partie` (410), `echecs`."""

    abonnement: str
    organisation: str
    raison: str


TYPES: dict[str, type[msgspec.Struct]] = {
    "message.envoye.v1": MessageEnvoye,
    "message.echoue.v1": MessageEchoue,
    "livraison.suspendue.v1": LivraisonSuspendue,
}
