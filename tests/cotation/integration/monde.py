"""The scoring beside the register it reads, over real databases and real HTTP, its consumer driven by the test."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from contracts.territoire import code_territoire
from services.chassis.access.development import DevelopmentKeys
from services.chassis.consumption.consumer import Consumer
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.processes import _subscription
from services.chassis.settings import Settings
from services.cotation.service import SERVICE as COTATION
from services.cotation.service import publier_les_grilles
from services.demande.domain.commandes import DeposerDemande, ModifierDossier, RadierDemande
from services.demande.domain.demande import modifier, radier
from services.demande.domain.dossier import Dossier, Lieu, LogementActuel, Personne, Recherche, RevenuFiscal, Role
from services.demande.domain.evenements import OffreAppreciee, PropositionRefusee
from services.demande.flots import DEMANDE
from services.demande.service import SERVICE as REGISTRE
from services.demande.use_cases.deposer import deposer_demande
from tests.journal import wait_until_readable
from tests.notifications.integration.monde import Horloge, servi

STRASBOURG, SCHILTIGHEIM, MULHOUSE = "67482", "67447", "68224"
EUROMETROPOLE = "246700488"
JOUR = date(2026, 11, 22)
"""The day of the tests' clock."""

PRECAIRE = LogementActuel(("RS",))
"""A residence: the coefficient 1.3 of Strasbourg."""
LOCATAIRE = LogementActuel(("LP",))
"""A tenant of a private landlord: no coefficient."""


@dataclass
class Monde:
    """Both services on open fabrics."""

    demande: Fabric
    cotation: Fabric
    registre: EventStore
    signer: DevelopmentKeys
    horloge: Horloge
    url: dict[str, str]

    async def deposer(
        self, *lieux: str, depot: date = date(2025, 9, 22), logement: LogementActuel | None = None,
        typologies: tuple[str, ...] = ("T3",), rfr: int | None = 12_000, elargie: bool = False,
    ) -> UUID:  # fmt: skip
        """A demande for places (`commune` or `commune:quartier`), Strasbourg alone when none is said."""
        demande = uuid4()
        souhaits = _lieux(lieux or (STRASBOURG,))
        personne = Personne(
            role=Role.DEMANDEUR,
            nom="Exemple",
            prenom="Jeanne",
            naissance=date(1984, 5, 3),
            revenus=() if rfr is None else (RevenuFiscal(2024, rfr),),
        )
        commande = DeposerDemande(
            deposee_le=depot,
            recue_le=depot,
            guichet="67482",
            canal="guichet",
            territoire=code_territoire(souhaits[0].commune),
            recherche=Recherche(typologies=typologies, lieux=souhaits, elargie=elargie),
            dossier=Dossier(motifs=("21",), logement=logement),
            personnes={"p1": personne},
        )
        await self.registre.run(
            lambda work: deposer_demande(demande, commande, self.demande.blind_index, work), self._context()
        )
        return demande

    async def demenager(self, demande: UUID, logement: LogementActuel) -> None:
        """The household lives elsewhere."""
        await self.decider(
            demande, ModifierDossier(self.jour, "demandeur", dossier=Dossier(("21",), logement=logement))
        )

    async def souhaiter(self, demande: UUID, *lieux: str, typologies: tuple[str, ...] = ("T3",)) -> None:
        """The household wishes other places."""
        recherche = Recherche(typologies=typologies, lieux=_lieux(lieux))
        await self.decider(demande, ModifierDossier(self.jour, "demandeur", recherche=recherche))

    async def decider(self, demande: UUID, commande: ModifierDossier | RadierDemande) -> None:
        """A decision of the register."""

        async def use_case(work: Any) -> None:
            stream = await work.load(DEMANDE, demande)
            decide: Any = modifier if isinstance(commande, ModifierDossier) else radier
            await work.append(stream, decide(stream.state, commande))

        await self.registre.run(use_case, self._context())

    async def refuser(self, demande: UUID, le: date, *, adaptee: bool | None = None) -> None:
        """An offer refused on a day, and judged when it is said how."""

        async def use_case(work: Any) -> None:
            stream = await work.load(DEMANDE, demande)
            rang, proposition = stream.state.situation, str(uuid4())
            refus = [PropositionRefusee(rang + 1, proposition, str(uuid4()), le, silence=False, motif=None)]
            jugee = [] if adaptee is None else [OffreAppreciee(rang + 2, proposition, adaptee, le)]
            await work.append(stream, [*refus, *jugee])

        await self.registre.run(use_case, self._context())

    async def consommer(self, membre: Fabric | None = None) -> None:
        """All that the scoring has to read of the register, in one member's batches."""
        await wait_until_readable(self.demande.journal)
        fabric = membre or self.cotation
        (reaction,) = COTATION.assemble(fabric).reactions
        consumer = Consumer(fabric.database.engine, "demande", reaction.handler, _subscription(fabric, reaction, {}))
        try:
            vides = 0
            while vides < 2:
                delivery = await consumer.subscription.next(consumer.marks, 0.1)
                vides = vides + 1 if delivery is None or not delivery.records else 0
                if delivery is not None:
                    await consumer.handle(delivery)
        finally:
            await consumer.subscription.close()

    def client(
        self, organisation: str = "gestionnaire-alsace", role: str = "gestionnaire", service: str = "cotation"
    ) -> httpx.AsyncClient:
        """A client of an organisation, each of whose requests has its own key."""
        jeton = self.signer.sign(
            organisation=organisation, roles=[role], acteur="agent-1", audience="logis",
            now=datetime.now(UTC), duration=timedelta(minutes=30),
        )  # fmt: skip

        async def cle(request: httpx.Request) -> None:
            request.headers.setdefault("Idempotency-Key", str(uuid4()))

        return httpx.AsyncClient(
            base_url=self.url[service],
            headers={"Authorization": f"Bearer {jeton}"},
            event_hooks={"request": [cle]},
            timeout=30,
        )

    async def lire(self, chemin: str, **parametres: Any) -> dict[str, Any]:
        """What a manager reads of the scoring."""
        async with self.client() as client:
            answer = await client.get(chemin, params=parametres)
        assert answer.status_code == 200, answer.text
        lu: dict[str, Any] = answer.json()
        return lu

    async def notes(self, demande: UUID) -> dict[str, str]:
        """The total of each place."""
        return {note["lieu"]: note["total"] for note in (await self.lire(f"/v1/cotations/{demande}"))["notes"]}

    async def publies(self) -> list[dict[str, Any]]:
        """The feed of the scoring, as a manager reads it, up to the last event written."""
        await wait_until_readable(self.cotation.journal)
        async with self.client() as client:
            answer = await client.get("/v1/evenements", params={"limit": 1000})
        events: list[dict[str, Any]] = answer.raise_for_status().json()
        return events

    async def lignes(self, requete: str, **valeurs: Any) -> Sequence[Any]:
        """Rows of the scoring's database."""
        async with self.cotation.database.engine.connect() as connection:
            return (await connection.execute(text(requete), valeurs)).all()

    async def abimer(self, requete: str, **valeurs: Any) -> None:
        """Change the scoring's database behind its back."""
        async with self.cotation.database.engine.begin() as connection:
            await connection.execute(text(requete), valeurs)

    @property
    def jour(self) -> date:
        """Today."""
        return self.cotation.today()

    def _context(self) -> Context:
        return Context("agent-1", "gestionnaire-alsace", self.horloge())


def _lieux(lieux: Sequence[str]) -> tuple[Lieu, ...]:
    decoupes = (lieu.partition(":") for lieu in lieux)
    return tuple(Lieu(commune, quartier or None) for commune, _, quartier in decoupes)


@asynccontextmanager
async def ouvrir(settings: Settings, signer: DevelopmentKeys, horloge: Horloge) -> AsyncIterator[Monde]:
    """The world, both services served over HTTP, the region's grids in force."""
    async with AsyncExitStack() as stack:
        demande = replace(await stack.enter_async_context(open_fabric("demande", settings)), now=horloge)
        urls = {"demande": await stack.enter_async_context(servi(REGISTRE, demande))}
        settings = settings.model_copy(update={"demande_url": urls["demande"]})
        cotation = replace(await stack.enter_async_context(open_fabric("cotation", settings)), now=horloge)
        await publier_les_grilles(cotation)
        urls["cotation"] = await stack.enter_async_context(servi(COTATION, cotation))
        yield Monde(demande, cotation, REGISTRE.assemble(demande).store, signer, horloge, urls)
