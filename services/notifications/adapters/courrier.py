"""The mail itself: its bytes, the same recipient and the same Message-ID at each try."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from services.notifications.adapters.modeles import mettre_en_page
from services.notifications.domain.ecrit import Ecrit

# Seven bits: no server on the way may be without 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")


class AdresseInvalide(ValueError):
    """No mail can be addressed there: the message says nothing of what was read."""


@dataclass(frozen=True, slots=True)
class Pli:
    """A mail ready to leave. contenu: its bytes, whose SHA-256 is the proof of what was sent."""

    destinataire: str
    contenu: bytes


def plier(
    message: UUID, ecrit: Ecrit, *, pour: tuple[str, str], de: tuple[str, str], a: datetime, correlation: str
) -> Pli:
    """The mail of a message. pour, de: (name, address); a: aware instant of sending. Raises AdresseInvalide.

    The Message-ID is the message's identifier: a mail sent twice because the sender was killed between the server's answer
    and its own commit shows as one message, and is told apart by no one.
    """
    emetteur = _adresse(*de)
    mail = EmailMessage(policy=_POLICY)
    mail["Date"] = format_datetime(a)
    mail["From"] = emetteur
    mail["To"] = _adresse(*pour)
    mail["Subject"] = ecrit.objet
    mail["Message-ID"] = f"<{message}@{emetteur.domain}>"
    mail["Content-Language"] = "fr"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Correlation-ID"] = correlation
    mail.set_content(ecrit.texte())
    mail.add_alternative(mettre_en_page(ecrit, de[0]), subtype="html")
    mail.set_boundary(f"logis-{message.hex}")
    return Pli(pour[1], bytes(mail))


def _adresse(nom: str, courriel: str) -> Address:
    try:
        return Address(display_name=" ".join(nom.split()), addr_spec=courriel)
    except (HeaderParseError, ValueError, IndexError) as refused:
        raise AdresseInvalide("the address is not one of a mailbox") from refused
