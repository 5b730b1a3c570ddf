"""What the notifications keep in their own journal: what left, what could not, what is no longer called. Nothing personal."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageEnvoye:
    """A message left. objet: what it is about; modele: `attestation/1`; empreinte: SHA-256 of the bytes, hexadecimal.

    organisation: the partner it was for, empty when it was for an applicant.
    """

    objet: str
    organisation: str
    modele: str
    canal: str
    envoye_a: datetime
    empreinte: str


@dataclass(frozen=True, slots=True)
class MessageEchoue:
    """A message will not be sent by this channel any more. raison: a code of `message.Raison`, never an address."""

    objet: str
    organisation: str
    modele: str
    canal: str
    raison: str


@dataclass(frozen=True, slots=True)
class LivraisonSuspendue:
    """A webhook is no longer called. raison: `partie` (410), `echecs`."""

    organisation: str
    raison: str


EVENEMENTS: tuple[type, ...] = (MessageEnvoye, MessageEchoue, LivraisonSuspendue)
