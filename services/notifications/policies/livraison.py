"""The loop that calls receivers: what is due is reserved, signed, posted, and concluded."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from contracts.enveloppe import MEDIA_TYPE
from services.chassis.consumption.consumer import is_transient
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.fabric import Fabric
from services.notifications.adapters import abonnements, livraisons
from services.notifications.adapters.appel import Appelant
from services.notifications.adapters.livraisons import Reservee
from services.notifications.adapters.signature import Trousseau, signer
from services.notifications.domain import reprises
from services.notifications.domain.abonnement import EtatLivraison, Reponse, Suspension
from services.notifications.domain.evenements import LivraisonSuspendue
from services.notifications.flots import ABONNEMENT

log = structlog.get_logger(__name__)

_CONCURRENT = 64
_PER_SUBSCRIPTION = 8
_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass
class Livraison:
    """The calls of one process among several. bail: how long a reservation lasts, well over the longest call."""

    fabric: Fabric
    store: EventStore
    appelant: Appelant
    bail: timedelta = timedelta(minutes=1)
    _en_cours: dict[asyncio.Task[None], UUID] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Call until `stop`; the calls in hand are finished. A database that goes away is waited for."""
        pause = _PAUSE_SECONDS
        try:
            while not stop.is_set():
                try:
                    await self.lancer()
                    pause = _PAUSE_SECONDS
                except Exception as failed:
                    if not is_transient(failed):
                        raise
                    log.warning("deliveries-wait", error=type(failed).__name__)
                    pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                await self._attendre(stop, pause)
        finally:
            await self.finir()
            await self.appelant.fermer()

    async def lancer(self) -> int:
        """Start what is due, as far as there is room; returns how many calls were started."""
        charge = Counter(self._en_cours.values())
        libre = _CONCURRENT - charge.total()
        if libre <= 0:
            return 0
        reservation = uuid4()
        async with self.fabric.database.engine.begin() as connection:
            prises = await livraisons.reserver(
                connection,
                reservation,
                nombre=libre,
                par_abonnement=_PER_SUBSCRIPTION,
                occupes=[abonnement for abonnement, nombre in charge.items() if nombre >= _PER_SUBSCRIPTION],
                maintenant=self.fabric.now(),
                bail=self.bail,
            )
        trousseaux = await abonnements.ouvrir(self.fabric.keys, [prise.abonnement for prise in prises])
        for prise in prises:
            task = asyncio.create_task(self._livrer(prise, reservation, trousseaux.get(prise.abonnement.lu.id)))
            self._en_cours[task] = prise.abonnement.lu.id
            task.add_done_callback(self._finie)
        return len(prises)

    async def finir(self) -> None:
        """Wait for the calls in hand."""
        if self._en_cours:
            await asyncio.gather(*self._en_cours, return_exceptions=True)

    def _finie(self, task: "asyncio.Task[None]") -> None:
        self._en_cours.pop(task, None)
        failed = None if task.cancelled() else task.exception()
        if failed is not None:  # its reservation ends by itself: the delivery is tried again
            log.warning("delivery-not-concluded", error=type(failed).__name__)

    async def _attendre(self, stop: asyncio.Event, pause: float) -> None:
        """Until a call ends, which may free the next one of its subject, or the pause is over."""
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([waiting, *self._en_cours], timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting

    async def _livrer(self, prise: Reservee, reservation: UUID, trousseau: Trousseau | None) -> None:
        """One call and what follows from it."""
        if trousseau is None:  # the key of its secrets was destroyed: nothing can be signed any more
            await self._conclure(prise, reservation, Reponse(statut=410))
            return
        entetes = signer(trousseau, prise.id, prise.corps, self.fabric.now())
        url = prise.abonnement.lu.url
        reponse = await self.appelant.appeler(url, {**entetes, "Content-Type": MEDIA_TYPE}, prise.corps)
        await self._conclure(prise, reservation, reponse)

    async def _conclure(self, prise: Reservee, reservation: UUID, reponse: Reponse) -> None:
        """The state of the delivery, and the suspension that it may bring, in one transaction."""
        maintenant, abonnement = self.fabric.now(), prise.abonnement.lu.id
        attente = reprises.reprise(reprises.LIVRAISON, prise.essais, str(prise.id))
        etat = _etat(reponse, attente)
        prochain = maintenant + max(attente or timedelta(0), reponse.attente_demandee())

        async def conclude(work: UnitOfWork) -> None:
            (stream,) = await work.ends(ABONNEMENT, [abonnement])
            ours = await livraisons.conclure(
                work.connection, prise.id, reservation, etat, reponse, maintenant, prochain
            )
            if not ours or etat is not EtatLivraison.ECHOUEE:
                return
            raison = Suspension.PARTIE if reponse.est_un_depart else Suspension.ECHECS
            if raison is Suspension.ECHECS and await livraisons.a_reussi_depuis(
                work.connection, abonnement, prise.cree_a
            ):
                return
            organisation = await abonnements.suspendre(work.connection, abonnement, raison.value)
            if organisation is not None:
                await work.append(stream, [LivraisonSuspendue(organisation, raison.value)])

        await self.store.run(conclude, self._context(maintenant))

    def _context(self, at: datetime) -> Context:
        return Context(acteur="politique:notifications.livraison", organisation=self.fabric.region.code, at=at)


def _etat(reponse: Reponse, attente: timedelta | None) -> EtatLivraison:
    if reponse.est_bonne:
        return EtatLivraison.LIVREE
    if reponse.est_un_depart or attente is None:
        return EtatLivraison.ECHOUEE
    return EtatLivraison.A_LIVRER
