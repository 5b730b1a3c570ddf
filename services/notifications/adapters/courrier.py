"""The mail itself: its bytes, the same recipient and the same Message-ID at each try.

Laid out here rather than by `email.message.EmailMessage`, which takes 2 to 10 ms for one mail (it parses each header that it
is given, again when it writes it): ten thousand attestations leave in one go. The parser of the standard library reads these
bytes back in the tests.
"""

import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from uuid import UUID

from services.notifications.adapters.modeles import mettre_en_page
from services.notifications.domain.ecrit import Ecrit

_BOITE = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,255}")
_MOT = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_MAIL = """\
Date: {date}\r
From: {de}\r
To: {pour}\r
Subject: {objet}\r
Message-ID: <{message}@{domaine}>\r
Content-Language: fr\r
Auto-Submitted: auto-generated\r
X-Correlation-ID: {correlation}\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="{limite}"\r
\r
--{limite}\r
Content-Type: text/plain; charset="utf-8"\r
Content-Transfer-Encoding: quoted-printable\r
\r
{texte}\r
--{limite}\r
Content-Type: text/html; charset="utf-8"\r
Content-Transfer-Encoding: quoted-printable\r
\r
{page}\r
--{limite}--\r
"""


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
    destinataire = _boite(pour[1])
    mail = _MAIL.format(
        date=format_datetime(a),
        de=f"{_nom(de[0])} <{_boite(de[1])}>",
        pour=f"{_nom(pour[0])} <{destinataire}>".strip(),
        objet=_objet(ecrit.objet),
        message=message,
        domaine=de[1].rpartition("@")[2],
        correlation=correlation if _MOT.fullmatch(correlation) else "",
        limite=f"logis-{message.hex}",
        texte=_imprimable(ecrit.texte()),
        page=_imprimable(mettre_en_page(ecrit, de[0])),
    )
    return Pli(destinataire, mail.encode())


def _boite(courriel: str) -> str:
    """A mailbox that may stand in a header and in an envelope; its domain in ASCII."""
    if not _BOITE.fullmatch(courriel):
        raise AdresseInvalide("the address is not one of a mailbox")
    local, _, domaine = courriel.partition("@")
    try:
        return f"{local}@{domaine.encode('idna').decode()}"
    except UnicodeError as refused:
        raise AdresseInvalide("the domain of the address does not exist in ASCII") from refused


def _nom(nom: str) -> str:
    """A display name: quoted by RFC 5322 when it is plain, by RFC 2047 when it is not. No line of it can end the header."""
    propre = " ".join(nom.split())
    return propre if _MOT.fullmatch(propre) else Header(propre, "utf-8", header_name="To").encode(linesep="\r\n")


@lru_cache(maxsize=256)
def _objet(objet: str) -> str:
    """Subjects repeat: a template has one, or one a day."""
    return Header(" ".join(objet.split()), "utf-8", header_name="Subject").encode(linesep="\r\n")


def _imprimable(texte: str) -> str:
    """Quoted-printable, in lines of 76 characters ended by CRLF: it crosses any server, 8BITMIME or not."""
    return binascii.b2a_qp(texte.encode(), istext=True).decode("ascii").replace("\n", "\r\n")
