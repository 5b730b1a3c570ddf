"""The mail server: a few connections kept open, each mail one answer."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import aiosmtplib
import structlog

from services.chassis.settings import Settings
from services.notifications.adapters.courrier import Pli

log = structlog.get_logger(__name__)

_SECONDS = 20.0


class Sort(StrEnum):
    """What the server made of a mail. NON_TENTE: it was never offered, the server is away or we are stopping."""

    ACCEPTE = "accepte"
    REFUSE = "refuse"
    DIFFERE = "differe"
    NON_TENTE = "non_tente"


@dataclass
class Postier:
    """Sends mails through one server.

    connexions: kept open from one batch to the next. A connection that breaks is opened again for the next mail; when none
    can be opened, what is left of the batch was not attempted.
    """

    settings: Settings
    connexions: int = 2
    _ouvertes: list[aiosmtplib.SMTP] = field(default_factory=list)

    async def poster(self, plis: Sequence[Pli], stop: asyncio.Event) -> list[Sort]:
        """What became of each mail, in order. `stop`: what is not yet offered is left for later."""
        sorts = [Sort.NON_TENTE] * len(plis)
        restants = iter(enumerate(plis))

        async def tournee(rang: int) -> None:
            for place, pli in restants:
                if stop.is_set():
                    return
                smtp = await self._connexion(rang)
                if smtp is None:
                    return
                sorts[place] = await _offrir(smtp, self.settings.smtp_from or "", pli)

        await asyncio.gather(*(tournee(rang) for rang in range(min(self.connexions, len(plis)))))
        return sorts

    async def joignable(self) -> bool:
        """Whether the server answers: asked before anything personal is read for it."""
        return await self._connexion(0) is not None

    async def fermer(self) -> None:
        """Leave the server."""
        for smtp in self._ouvertes:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit()
        self._ouvertes.clear()

    async def _connexion(self, rang: int) -> aiosmtplib.SMTP | None:
        while len(self._ouvertes) <= rang:
            self._ouvertes.append(self._nouvelle())
        smtp = self._ouvertes[rang]
        if smtp.is_connected:
            return smtp
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, OSError) as away:
            log.warning("mail-server-away", error=type(away).__name__)
            return None
        return smtp

    def _nouvelle(self) -> aiosmtplib.SMTP:
        settings = self.settings
        password = settings.smtp_password
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            username=settings.smtp_user,
            password=None if password is None else password.get_secret_value(),
            timeout=_SECONDS,
        )


async def _offrir(smtp: aiosmtplib.SMTP, expediteur: str, pli: Pli) -> Sort:
    """Offer one mail. An answer 5xx about the recipient or the content is final; anything else may succeed later."""
    options = [] if pli.destinataire.isascii() else ["smtputf8"]
    try:
        await smtp.sendmail(expediteur, [pli.destinataire], pli.contenu, mail_options=options)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return _selon(min(one.code for one in refused.recipients))
    except aiosmtplib.SMTPDataError as refused:
        return _selon(refused.code)
    except (aiosmtplib.SMTPNotSupported, ValueError):
        return Sort.REFUSE  # an address outside ASCII and a server without SMTPUTF8, or no address at all
    except (aiosmtplib.SMTPException, OSError) as failed:
        log.warning("mail-not-sent", error=type(failed).__name__)
        smtp.close()
        return Sort.DIFFERE
    return Sort.ACCEPTE


def _selon(code: int) -> Sort:
    return Sort.REFUSE if code >= 500 else Sort.DIFFERE
