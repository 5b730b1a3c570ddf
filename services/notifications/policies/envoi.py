"""The loop that sends: what is due is reserved, read, written, posted, and concluded with its proof."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from contracts.destinataires import Destinataire
from contracts.evenements.flux import LogementMisADisposition
from services.chassis.consumption.consumer import is_transient
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.fabric import Fabric
from services.chassis.journal.postgres import PostgresTransaction
from services.chassis.journal.records import Append
from services.notifications.adapters import logements, messages, preferences
from services.notifications.adapters.courrier import AdresseInvalide, Pli, plier
from services.notifications.adapters.messages import Issue, Reserve
from services.notifications.adapters.postier import Postier, Sort
from services.notifications.adapters.redaction import Redaction
from services.notifications.adapters.registre import Lus, Registre
from services.notifications.domain import reprises
from services.notifications.domain.canaux import Canal
from services.notifications.domain.contenu import FaitsAbsents
from services.notifications.domain.evenements import MessageEchoue, MessageEnvoye
from services.notifications.domain.message import Etat, Nature, Raison, identite_de_la_lettre
from services.notifications.flots import CATALOGUE, MESSAGE

log = structlog.get_logger(__name__)

_LOT = 100
_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 10.0
_AWAY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Lectures:
    """What a batch was given to read: recipients, dwellings, and the demandes whose applicant asked for both channels."""

    lus: Lus
    logements: Mapping[str, LogementMisADisposition]
    les_deux: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Prete:
    """A mail ready to be posted, for a message. lettre: goes with it; repli: would go in its place, None when none can."""

    message: Reserve
    pli: Pli
    lettre: UUID | None
    repli: UUID | None


@dataclass
class Envoi:
    """The sending of what is due, by one process among several. bail: how long a reservation lasts; a batch takes less."""

    fabric: Fabric
    store: EventStore
    postier: Postier
    bail: timedelta = timedelta(minutes=3)
    lot: int = _LOT
    _registre: Registre = field(init=False)
    _redaction: Redaction = field(init=False)

    def __post_init__(self) -> None:
        self._registre = Registre(self.fabric)
        self._redaction = Redaction(self.fabric.region)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; what goes away (database, register, mail server) is waited for."""
        if self.fabric.settings.smtp_host is None or self.fabric.settings.smtp_from is None:
            log.warning("no-mail-server", settings=["LOGIS_SMTP_HOST", "LOGIS_SMTP_FROM"])
            await stop.wait()
            return
        pause = _PAUSE_SECONDS
        try:
            while not stop.is_set():
                try:
                    pause = 0.0 if await self.tour(stop) else _PAUSE_SECONDS
                except Exception as failed:
                    if not is_transient(failed):
                        raise
                    log.warning("sending-waits", error=type(failed).__name__)
                    pause = min(max(2 * pause, _PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
                if pause:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), pause)
        finally:
            await self.postier.fermer()

    async def tour(self, stop: asyncio.Event) -> int:
        """One batch; returns how many messages went forward. Raises what is transient, the reservations given back.

        A server that is away is known before: nobody's address is read, and journalled as read, for a mail that cannot leave.
        """
        if not await self.postier.joignable():
            return 0
        reservation = uuid4()
        async with self.fabric.database.engine.begin() as connection:
            reserves = await messages.reserver(connection, reservation, self.lot, self.fabric.now(), self.bail)
        if not reserves:
            return 0
        try:
            lectures = await self._lire(reserves)
        except Exception:
            await self._conclure(reservation, [self._rendre(message) for message in reserves])
            raise
        issues, pretes = self._preparer(reserves, lectures)
        sorts = await self.postier.poster([prete.pli for prete in pretes], stop)
        issues += [self._issue(prete, sort) for prete, sort in zip(pretes, sorts, strict=True)]
        await self._conclure(reservation, issues)
        return sum(not issue.rendu for issue in issues)

    async def _lire(self, reserves: Sequence[Reserve]) -> _Lectures:
        demandes = {message.destinataire for message in reserves if message.nature is Nature.DEMANDE}
        lus = await self._registre.lire(demandes)
        wanted = {str(m.donnees["mise_a_disposition"]) for m in reserves if "mise_a_disposition" in m.donnees}
        async with self.fabric.database.engine.connect() as connection:
            connus = await logements.trouver(connection, list(wanted))
            les_deux = await preferences.par_les_deux(connection, list(demandes))
        return _Lectures(lus, connus, les_deux)

    def _preparer(self, reserves: Sequence[Reserve], lectures: _Lectures) -> tuple[list[Issue], list[_Prete]]:
        """What is settled without the mail server, and the mails to post."""
        faites = [self._preparation(message, lectures) for message in reserves]
        issues = [faite for faite in faites if isinstance(faite, Issue)]
        return issues, [faite for faite in faites if isinstance(faite, _Prete)]

    def _preparation(self, message: Reserve, lectures: _Lectures) -> Issue | _Prete:
        """One message at a time: one that cannot be written holds back no other."""
        lu = lectures.lus.connus.get(message.destinataire)
        try:
            return self._sans_courriel(message, lectures, lu) or self._courriel(message, lectures, lu)
        except FaitsAbsents:
            return self._reprendre(message, Raison.FAITS_ABSENTS, None)
        except AdresseInvalide:
            return self._refusee(message, _repli(message, lu))
        except Exception as fault:  # noqa: BLE001 (a bug or a template: told, without what it was about to show)
            log.error("message-not-written", message=str(message.id), modele=message.modele, error=type(fault).__name__)
            return self._reprendre(message, Raison.REDACTION, None)

    def _sans_courriel(self, message: Reserve, lectures: _Lectures, lu: Destinataire | None) -> Issue | None:
        """What becomes of a message that no mail will carry; None when one must."""
        now = self.fabric.now()
        if message.nature is Nature.DEMANDE and message.destinataire in lectures.lus.effaces:
            return Issue(message, Etat.ANNULE, now, message.canal, raison=Raison.DEMANDE_EFFACEE)
        if self._redaction.est_sans_objet(message, lu):
            return Issue(message, Etat.ANNULE, now, message.canal, raison=Raison.SANS_OBJET)
        canaux = self._canaux(message, lectures, lu)
        if not canaux:
            return Issue(message, Etat.ECHOUE, now, raison=Raison.INJOIGNABLE)
        return None if Canal.COURRIEL in canaux else Issue(message, Etat.A_IMPRIMER, now, Canal.LETTRE)

    def _canaux(self, message: Reserve, lectures: _Lectures, lu: Destinataire | None) -> tuple[Canal, ...]:
        return self._redaction.canaux(message, lu, les_deux=message.destinataire in lectures.les_deux)

    def _courriel(self, message: Reserve, lectures: _Lectures, lu: Destinataire | None) -> _Prete:
        redaction = self._redaction
        pli = plier(
            message.id,
            redaction.ecrire(message, lu, lectures.logements),
            pour=redaction.boite(message, lu),
            de=(self.fabric.region.nom, self.fabric.settings.smtp_from or ""),
            a=self.fabric.now(),
            correlation=message.correlation,
        )
        aussi = Canal.LETTRE in self._canaux(message, lectures, lu)
        return _Prete(message, pli, identite_de_la_lettre(message.id) if aussi else None, _repli(message, lu))

    def _issue(self, prete: _Prete, sort: Sort) -> Issue:
        message, now = prete.message, self.fabric.now()
        match sort:
            case Sort.ACCEPTE:
                empreinte = hashlib.sha256(prete.pli.contenu).hexdigest()
                return Issue(message, Etat.ENVOYE, now, Canal.COURRIEL, now, empreinte, lettre=prete.lettre)
            case Sort.REFUSE:
                return self._refusee(message, prete.repli)
            case Sort.DIFFERE:
                return self._reprendre(message, Raison.ESSAIS_EPUISES, prete.repli)
            case Sort.NON_TENTE:
                return self._rendre(message)

    def _refusee(self, message: Reserve, repli: UUID | None) -> Issue:
        """The mail is refused for good."""
        now = self.fabric.now()
        return Issue(message, Etat.ECHOUE, now, Canal.COURRIEL, raison=Raison.ADRESSE_REFUSEE, lettre=repli)

    def _reprendre(self, message: Reserve, raison: Raison, repli: UUID | None) -> Issue:
        """Try again later, or give up."""
        now = self.fabric.now()
        attente = reprises.reprise(reprises.COURRIEL, message.essais, str(message.id))
        if attente is not None:
            return Issue(message, Etat.A_ENVOYER, now + attente, message.canal, raison=raison)
        return Issue(message, Etat.ECHOUE, now, Canal.COURRIEL, raison=raison, lettre=repli)

    def _rendre(self, message: Reserve) -> Issue:
        return Issue(message, Etat.A_ENVOYER, self.fabric.now() + _AWAY, message.canal, rendu=1)

    async def _conclure(self, reservation: UUID, issues: Sequence[Issue]) -> None:
        """State, proof and published fact of each message, in one transaction: all or none of it is known."""
        now = self.fabric.now()
        annoncees = {
            MESSAGE.stream(issue.message.id): (issue, fait) for issue in issues if (fait := _fait(issue)) is not None
        }

        async def conclude(work: UnitOfWork) -> None:
            journal = PostgresTransaction(work.connection)
            heads = await journal.heads(list(annoncees))
            ours = await messages.conclure(work.connection, reservation, issues, now)
            appends = [
                Append(heads[stream], (CATALOGUE.encode(stream, fait, self._context(issue.message, now), {}),))
                for stream, (issue, fait) in annoncees.items()
                if issue.message.id in ours
            ]
            if appends:
                await journal.append(appends)

        await self.store.run(conclude, self._batch_context(now))

    def _batch_context(self, now: datetime) -> Context:
        return Context(acteur="politique:notifications.envoi", organisation=self.fabric.region.code, at=now)

    def _context(self, message: Reserve, now: datetime) -> Context:
        """Each message keeps the circumstances of the event that made it due."""
        return replace(
            self._batch_context(now),
            correlation_id=message.correlation,
            causation_id=message.evenement,
            traceparent=message.traceparent,
        )


def _repli(message: Reserve, lu: Destinataire | None) -> UUID | None:
    """The letter that takes the place of a mail given up: what is owed to an applicant does not end with an address."""
    return identite_de_la_lettre(message.id) if lu is not None and lu.boite_aux_lettres is not None else None


def _fait(issue: Issue) -> MessageEnvoye | MessageEchoue | None:
    """What the journal says of an outcome: a message that left, or that will not."""
    message = issue.message
    organisation = message.destinataire if message.nature is Nature.ORGANISATION else ""
    modele = f"{message.modele}/{message.version}"
    canal = (issue.canal or Canal.COURRIEL).value
    if issue.etat is Etat.ENVOYE and issue.envoye_a is not None and issue.empreinte is not None:
        return MessageEnvoye(message.objet, organisation, modele, canal, issue.envoye_a, issue.empreinte)
    if issue.etat is Etat.ECHOUE:
        return MessageEchoue(message.objet, organisation, modele, canal, issue.raison or "")
    return None
