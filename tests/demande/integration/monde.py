"""The register over HTTP on a real database, with the events that the ledger and the scoring would publish."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
from sqlalchemy import text

from contracts.enveloppe import RawCloudEvent
from contracts.evenements.cotation import CotationEtablie, CotationsRevues
from contracts.evenements.flux import LogementMisADisposition, LogementRendu
from contracts.territoire import code_territoire
from services.chassis.access.development import DevelopmentKeys
from services.chassis.events.context import Context
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.journal.cursor import Cursor
from services.chassis.settings import Settings
from services.chassis.transport.port import Record
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.dossier import Dossier, Lieu, Personne, Recherche, Ressource, RevenuFiscal, Role
from services.demande.policies.mises_a_disposition import MisesADisposition
from services.demande.policies.notes import Notes
from services.demande.service import SERVICE
from services.demande.use_cases.deposer import deposer_demande
from tests.journal import wait_until_readable
from tests.notifications.integration.monde import Horloge, servi

STRASBOURG, SCHILTIGHEIM = "67482", "67447"
BAILLEUR, RESERVATAIRE = "trois-rivieres-habitat", "eurometropole-strasbourg"
LE = date(2026, 11, 22)


@dataclass
class Registre:
    """The served register, and what stands around it."""

    fabric: Fabric
    url: str
    signer: DevelopmentKeys
    horloge: Horloge
    rangs: dict[str, int] = field(default_factory=lambda: {"n": 0})

    async def deposer(
        self, total: str | None, *, lieu: str = STRASBOURG, depot: date = LE, rfr: int | None = 12_000,
        typologie: str = "T3", mensuel: int | None = 1_500,
    ) -> UUID:  # fmt: skip
        """A demande for one place, with its score there when it has one."""
        demande, store = uuid4(), SERVICE.assemble(self.fabric).store
        personne = Personne(
            role=Role.DEMANDEUR,
            nom="Exemple",
            prenom="Jeanne",
            naissance=date(1984, 5, 3),
            revenus=() if rfr is None else (RevenuFiscal(2024, rfr),),
            recues=None if mensuel is None else (Ressource("SA", mensuel),),
        )
        commune, _, quartier = lieu.partition(":")
        commande = DeposerDemande(
            deposee_le=depot,
            recue_le=depot,
            guichet="67482",
            canal="guichet",
            territoire=code_territoire(commune),
            recherche=Recherche(typologies=(typologie,), lieux=(Lieu(commune, quartier or None),)),
            dossier=Dossier(motifs=("01",)),
            personnes={"p1": personne},
        )
        context = Context("agent-1", "gestionnaire-alsace", self.horloge())
        await store.run(lambda work: deposer_demande(demande, commande, self.fabric.blind_index, work), context)
        if total is not None:
            await self.noter((demande, lieu, total))
        return demande

    async def noter(self, *notes: tuple[UUID, str, str]) -> None:
        """Scores, as the scoring publishes them."""
        await self.recevoir(
            Notes(),
            "cotation",
            *(
                ("cotation.etablie.v1", CotationEtablie(str(d), lieu, "g", "v", 1, total, False, LE, "initiale"))
                for d, lieu, total in notes
            ),
        )

    async def revoir(self, *revues: CotationsRevues | CotationEtablie) -> None:
        """Scores that time moved, or that are established, in the order given."""
        types = {CotationEtablie: "cotation.etablie.v1", CotationsRevues: "cotation.revues.v1"}
        await self.recevoir(Notes(), "cotation", *((types[type(une)], une) for une in revues))

    async def mettre_a_disposition(self, **logement: Any) -> UUID:
        """A dwelling, as the ledger publishes it."""
        mise = uuid4()
        connu: dict[str, Any] = {
            "bailleur": BAILLEUR, "reservataire": "eurometropole", "rpls": "6700000001", "commune": STRASBOURG,
            "typologie": "T3", "financement": "PLUS", "qpv": False, "surface_m2": 64, "loyer_centimes": 45_000,
            "disponible_le": date(2026, 12, 1), "designer_avant": date(2026, 12, 15),
        }  # fmt: skip
        data = LogementMisADisposition(mise_a_disposition=str(mise), liberation=str(uuid4()), **(connu | logement))
        await self.recevoir(self._mises(), "flux", ("logement.mis-a-disposition.v1", data))
        return mise

    async def rendre(self, mise: UUID) -> None:
        """The dwelling is given back."""
        data = LogementRendu(str(mise), str(uuid4()), "DELAI_DEPASSE", LE)
        await self.recevoir(self._mises(), "flux", ("logement.rendu.v1", data))

    def _mises(self) -> MisesADisposition:
        return MisesADisposition(self.fabric, SERVICE.assemble(self.fabric).store)

    async def recevoir(self, handler: Any, source: str, *events: tuple[str, msgspec.Struct]) -> None:
        """Events, in one batch of a consumer."""
        records = [self._record(source, type_, data) for type_, data in events]
        prepared = await handler.prepare(records)
        async with self.fabric.database.engine.begin() as connection:
            await handler.apply(connection, records, prepared)

    def _record(self, source: str, type_: str, data: msgspec.Struct) -> Record:
        self.rangs["n"] += 1
        event = RawCloudEvent(
            id=f"0.1.{self.rangs['n']}", source=source, type=type_, subject="s", time="2026-11-22T09:00:00Z",
            dataschema="", data=msgspec.Raw(msgspec.json.encode(data)),
        )  # fmt: skip
        return Record(source, 0, Cursor(0, 1, self.rangs["n"]), event)

    def client(self, organisation: str = "gestionnaire-alsace", role: str = "gestionnaire") -> httpx.AsyncClient:
        """A client of an organisation, each of whose requests has its own key."""
        jeton = self.signer.sign(
            organisation=organisation, roles=[role], acteur="agent-1", audience="logis",
            now=datetime.now(UTC), duration=timedelta(minutes=30),
        )  # fmt: skip

        async def cle(request: httpx.Request) -> None:
            request.headers.setdefault("Idempotency-Key", str(uuid4()))

        return httpx.AsyncClient(
            base_url=self.url, headers={"Authorization": f"Bearer {jeton}"}, event_hooks={"request": [cle]}, timeout=30
        )

    async def publies(self) -> list[tuple[str, dict[str, Any], str]]:
        """What the feed gives to the manager: type, data, organisations, in order."""
        await wait_until_readable(self.fabric.journal)
        async with self.client() as client:
            lot = (await client.get("/v1/evenements", params={"limit": 1000})).raise_for_status().json()
        return [(une["type"], une["data"], une.get("organisations", "")) for une in lot]

    async def lignes(self, requete: str, **valeurs: Any) -> Sequence[Any]:
        """Rows of the register's database."""
        async with self.fabric.database.engine.connect() as connection:
            return (await connection.execute(text(requete), valeurs)).all()


@asynccontextmanager
async def registre_servi(settings: Settings, signer: DevelopmentKeys) -> AsyncIterator[Registre]:
    """The register on an open fabric, its clock held, served over HTTP."""
    horloge = Horloge()
    async with open_fabric("demande", settings) as ouvert:
        fabric = replace(ouvert, now=horloge)
        async with servi(SERVICE, fabric) as url:
            yield Registre(fabric, url, signer, horloge)
