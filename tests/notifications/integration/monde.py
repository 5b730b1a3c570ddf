"""The register and the notifications over real databases, a real mail server, real HTTP."""

import asyncio
import email
import email.policy
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import uvicorn
from aiosmtpd.controller import Controller
from sqlalchemy import text

from contracts.enveloppe import RawCloudEvent
from contracts.territoire import code_territoire
from services.chassis.access.development import DevelopmentKeys
from services.chassis.consumption.consumer import Consumer
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.http.draining import Drain
from services.chassis.journal.cursor import Cursor
from services.chassis.processes import _subscription, application
from services.chassis.service import Assembly, Reaction, Service
from services.chassis.settings import Settings
from services.chassis.transport.port import Delivery, Record
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.dossier import Adresse, Dossier, Lieu, Personne, Recherche, Role
from services.demande.flots import CATALOGUE as REGISTRE
from services.demande.flots import DEMANDE
from services.demande.projections.demande_v1 import DemandeV1
from services.demande.service import SERVICE as SERVICE_DEMANDE
from services.demande.use_cases.deposer import deposer_demande
from services.notifications.adapters.postier import Postier
from services.notifications.adapters.region import annuaire
from services.notifications.policies.abonnes import MiseEnLivraison
from services.notifications.policies.avis import MiseEnFile
from services.notifications.policies.envoi import Envoi
from services.notifications.service import SERVICE as SERVICE_NOTIFICATIONS
from services.notifications.service import assemble

ROOT = Path(__file__).parents[3]
REGION = ROOT / "deploy" / "regions" / "demonstration" / "region.toml"
MAINTENANT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Boite:
    """What a mail server received. refus: (address, answer) pairs; the answer is given to that recipient instead of 250."""

    def __init__(self) -> None:
        self.recus: list[tuple[str, bytes]] = []
        self.refus: dict[str, str] = {}
        self.avant: Callable[[], None] | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refus:
            return self.refus[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.recus.append((envelope.rcpt_tos[0], envelope.original_content))
        if self.avant is not None:
            self.avant()
        return "250 recu"

    def mails(self) -> list[EmailMessage]:
        """The mails, parsed."""
        return [email.message_from_bytes(brut, policy=email.policy.default) for _, brut in self.recus]  # type: ignore[misc]


@contextmanager
def serveur_de_courriel(boite: Boite) -> Iterator[int]:
    """A real SMTP server on a free port."""
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        port = libre.getsockname()[1]
    controller = Controller(boite, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class Horloge:
    """The only clock of a test."""

    def __init__(self, maintenant: datetime = MAINTENANT) -> None:
        self.maintenant = maintenant

    def __call__(self) -> datetime:
        return self.maintenant

    def avancer(self, duree: timedelta) -> None:
        self.maintenant += duree


@dataclass
class Monde:
    """Both services on open fabrics."""

    settings: Settings
    demande: Fabric
    notifications: Fabric
    registre: EventStore
    boite: Boite
    horloge: Horloge
    signer: DevelopmentKeys
    url: dict[str, str] = field(default_factory=dict)
    position: int = 0

    async def deposer(self, nom: str = "Exemple", **personne: Any) -> UUID:
        """A demande, through the register's own use case."""
        demande = uuid4()
        context = Context("agent-1", "trois-rivieres-habitat", self.horloge())
        commande = depot(nom, **personne)
        await self.registre.run(
            lambda work: deposer_demande(demande, commande, self.demande.blind_index, work), context
        )
        return demande

    async def ecrire(self, demande: UUID, *events: object) -> None:
        """Events of the register's journal, as its own use cases would write them."""
        context = Context("agent-1", "trois-rivieres-habitat", self.horloge())

        async def use_case(work: Any) -> None:
            stream = await work.load(DEMANDE, demande)
            await work.append(stream, list(events))

        await self.registre.run(use_case, context)

    @property
    def assembly(self) -> Assembly:
        """The notifications, put together anew: as another process would be."""
        return assemble(self.notifications)

    async def consommer(self) -> None:
        """All that the notifications have to read of the register, in one member's batches."""
        for reaction in self._reactions():
            await self._consommer(reaction)

    def _reactions(self) -> list[Reaction]:
        """Those to the one service that is run here."""
        return [reaction for reaction in self.assembly.reactions if reaction.source == "demande"]

    async def _consommer(self, reaction: Reaction) -> None:
        consumer = Consumer(
            self.notifications.database.engine,
            reaction.source,
            reaction.handler,
            _subscription(self.notifications, reaction, {}),
        )
        try:
            vides = 0
            while vides < 2:
                delivery = await consumer.subscription.next(consumer.marks, 0.1)
                vides = vides + 1 if delivery is None or not delivery.records else 0
                if delivery is not None:
                    await consumer.handle(delivery)
        finally:
            await consumer.subscription.close()

    async def recevoir(
        self, type_: str, data: Any, *, source: str = "flux", subject: str = "s", **autres: Any
    ) -> Record:
        """An event of a service that is not run here, given to both consumers as their transport would."""
        self.position += 1
        event = RawCloudEvent(
            id=f"9.{self.position}.{self.position}",
            source=f"/logis/demonstration/{source}",
            type=type_,
            subject=subject,
            time="2026-11-22T09:00:00Z",
            dataschema=f"urn:logis:schema:{type_}",
            data=msgspec.Raw(msgspec.json.encode(data)),
            correlationid="correlation-1",
            **autres,
        )
        cursor = Cursor(9, self.position, self.position)  # after all that is really there
        record = Record(source, 0, cursor, event)
        for handler in (
            MiseEnFile(self.notifications, annuaire(self.notifications.region)),
            MiseEnLivraison(self.notifications),
        ):
            consumer = Consumer(self.notifications.database.engine, source, handler, None)  # type: ignore[arg-type]
            await consumer.handle(Delivery((record,), {0: (cursor, -1)}))
        return record

    def envoi(self, **parts: Any) -> Envoi:
        """A sender, as another process would have it."""
        return Envoi(self.notifications, self.assembly.store, Postier(self.notifications.settings), **parts)

    async def envoyer(self, **parts: Any) -> int:
        """What is due, sent in one batch."""
        envoi = self.envoi(**parts)
        try:
            return await envoi.tour(asyncio.Event())
        finally:
            await envoi.postier.fermer()

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """The consumers and the loops of a worker, running."""
        stop, assembly = asyncio.Event(), self.assembly
        async with asyncio.TaskGroup() as tasks:
            for reaction in self._reactions():
                consumer = Consumer(
                    self.notifications.database.engine,
                    reaction.source,
                    reaction.handler,
                    _subscription(self.notifications, reaction, {}),
                    poll_seconds=0.2,
                )
                tasks.create_task(consumer.run(stop))
            for loop in assembly.loops:
                tasks.create_task(loop(stop))  # type: ignore[arg-type]
            try:
                yield
            finally:
                stop.set()

    async def jusqua(self, vrai: Callable[[], bool], secondes: float = 20.0) -> None:
        """Wait until it holds."""
        async with asyncio.timeout(secondes):
            while not vrai():
                await asyncio.sleep(0.02)

    async def jusqua_en_base(self, requete: str, secondes: float = 10.0) -> None:
        """Wait until a query gives something."""
        async with asyncio.timeout(secondes):
            while not await self.lignes(requete):
                await asyncio.sleep(0.02)

    async def fil(self, service: str) -> list[dict[str, Any]]:
        """The published events of a service, as a manager reads them."""
        async with httpx.AsyncClient(base_url=self.url[service]) as client:
            answer = await client.get("/v1/evenements", headers={"Authorization": f"Bearer {self.jeton()}"})
        return answer.raise_for_status().json()  # type: ignore[no-any-return]

    def client(self, organisation: str = "gestionnaire-alsace", role: str = "gestionnaire") -> httpx.AsyncClient:
        """A client of the notifications, with an organisation's token."""
        headers = {"Authorization": f"Bearer {self.jeton(organisation, role)}"}
        return httpx.AsyncClient(base_url=self.url["notifications"], headers=headers, timeout=30)

    @property
    def fin_de_validite(self) -> date:
        """The last valid day of the demandes deposited here."""
        return date(2027, 11, 20)

    def avec(self, **settings: Any) -> Fabric:
        """The notifications under other settings."""
        autres = self.notifications.settings.model_copy(update=settings)
        return replace(self.notifications, settings=autres, _clients={})

    def avec_boites(self, boites: dict[str, str]) -> Fabric:
        """The notifications in a region whose organisations gave mailboxes."""
        region = self.notifications.region
        organisations = {
            nom: replace(une, courriel=boites.get(nom, une.courriel)) for nom, une in region.organisations.items()
        }
        return replace(self.notifications, region=replace(region, organisations=organisations))

    @asynccontextmanager
    async def servi_avec(self, **settings: Any) -> AsyncIterator[str]:
        """The notifications' API under other settings; its base URL."""
        async with servi(SERVICE_NOTIFICATIONS, self.avec(**settings)) as url:
            yield url

    async def numeros(self, *demandes: UUID) -> list[str]:
        """The numbers of demandes."""
        etats = await self.registre.states(DEMANDE, demandes, personal=True)
        return [str(stream.state.numero) for stream in etats.values()]

    async def tout(self) -> list[str]:
        """Every row of every table of the notifications, as text."""
        tables = await self.lignes("select tablename from pg_tables where schemaname = 'public'")
        return [
            str(ligne[0])
            for table in tables
            for ligne in await self.lignes(f"select t::text || encode(t::text::bytea, 'escape') from {table[0]} t")
        ]

    async def sur(self, connection: Any, requete: str, **valeurs: Any) -> Any:
        """A statement on an open connection."""
        return await connection.execute(text(requete), valeurs)

    async def lignes(self, requete: str, **valeurs: Any) -> Sequence[Any]:
        """Rows of the notifications' database."""
        async with self.notifications.database.engine.connect() as connection:
            return (await connection.execute(text(requete), valeurs)).all()

    def jeton(self, organisation: str = "gestionnaire-alsace", role: str = "gestionnaire") -> str:
        return self.signer.sign(
            organisation=organisation,
            roles=[role],
            acteur="agent-1",
            audience="logis",
            now=datetime.now(UTC),
            duration=timedelta(minutes=30),
        )


def depot(nom: str, *, canal: str = "guichet", voie: str = "rue des Tilleuls", **personne: Any) -> DeposerDemande:
    """A deposit of Strasbourg, like any other. personne: what the applicant has besides."""
    connu: dict[str, Any] = {
        "courriel": f"{nom.lower()}@exemple.fr",
        "adresse": Adresse(voie=voie, numero="12", code_postal="67000", commune="67482"),
    }
    demandeur = Personne(
        role=Role.DEMANDEUR,
        nom=nom,
        prenom="Jeanne",
        naissance=date(1984, 5, 3),
        **{"civilite": "2", **connu, **personne},
    )
    return DeposerDemande(
        deposee_le=date(2026, 11, 20),
        recue_le=date(2026, 11, 20),
        guichet="G6701",
        canal=canal,
        territoire=code_territoire("67482"),
        recherche=Recherche(typologies=("T3",), lieux=(Lieu("67482"), Lieu("67447"))),
        dossier=Dossier(motifs=("SANS_LOGEMENT",)),
        personnes={"p1": demandeur},
        numero=None,
    )


@asynccontextmanager
async def servi(service: Service, fabric: Fabric) -> AsyncIterator[str]:
    """A service's API on a loopback port; its base URL."""
    drain = Drain()
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application(service, fabric, drain), log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        drain.stop()
        server.should_exit = True
        await serving
        listening.close()


@asynccontextmanager
async def ouvrir(settings: Settings, boite: Boite, signer: DevelopmentKeys, horloge: Horloge) -> AsyncIterator[Monde]:
    """The world, its register served over HTTP."""
    async with AsyncExitStack() as stack:
        ouvert = replace(await stack.enter_async_context(open_fabric("demande", settings)), now=horloge)
        url = await stack.enter_async_context(servi(SERVICE_DEMANDE, ouvert))
        settings = settings.model_copy(update={"demande_url": url})
        lu = replace(await stack.enter_async_context(open_fabric("notifications", settings)), now=horloge)
        registre = EventStore(ouvert.journal, REGISTRE, ouvert.keys, (DemandeV1(),))
        monde = Monde(settings, ouvert, lu, registre, boite, horloge, signer, {"demande": url})
        monde.url["notifications"] = await stack.enter_async_context(servi(SERVICE_NOTIFICATIONS, lu))
        yield monde
