"""A tiny service over a real PostgreSQL: one aggregate, a few routes. Run as a program it is an API process like any other."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from contracts.personal import Personal
from services.chassis.access.development import ISSUER
from services.chassis.access.gate import Acces, Gate
from services.chassis.access.keys import Jwks
from services.chassis.access.permissions import PermissionTable
from services.chassis.access.reads import AccessJournal
from services.chassis.access.tokens import TokenVerifier
from services.chassis.database import Database
from services.chassis.directory import load_region
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.unit_of_work import Aggregate, EventStore, UnitOfWork, Written
from services.chassis.http.app import Edge, ServiceApp, create_app, limits_of
from services.chassis.http.commands import Answer, Command, Creation, RequestContext, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.idempotency import IdempotentRequest
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.own_writes import Inline, ReadModel, caught_up
from services.chassis.http.refusals import Introuvable
from services.chassis.http.schemas import Corps
from services.chassis.http.serving import server
from services.chassis.http.versions import IfMatch, etag
from services.chassis.journal.postgres import PostgresJournal
from services.chassis.journal.wakeup import LocalWakeup
from services.chassis.problems import Problem, StaleVersion
from services.chassis.settings import Settings
from services.chassis.telemetry.health import Readiness
from services.chassis.telemetry.metrics import Metrics
from services.chassis.telemetry.start import start_telemetry
from services.chassis.vault.kek import FileKekRing
from services.chassis.vault.keys import KeyStore, PostgresKeyStore

HERE = Path(__file__).parent
REGION = HERE.parents[1] / "deploy" / "regions" / "demonstration" / "region.toml"
PERMISSIONS = HERE / "sample_permissions.csv"

READ_MODEL = """
create table dossier_v1 (
  id uuid primary key, version integer not null, organisation text not null, commune text not null, ouvert_le date not null,
  clos boolean not null
)"""


@dataclass(frozen=True, slots=True)
class DossierOuvert:
    organisation: str
    commune: str
    le: date
    titulaire: Annotated[str | None, Personal()]


@dataclass(frozen=True, slots=True)
class DossierClos:
    le: date


@dataclass(frozen=True, slots=True)
class Dossier:
    organisation: str = ""
    commune: str = ""
    titulaire: str | None = None
    ouvert: bool = False


class DejaClos(Problem):
    """The file is closed."""

    code = "deja-clos"
    title = "Dossier déjà clos"
    status = 409


def evolve(event: DossierOuvert | DossierClos, dossier: Dossier) -> Dossier:
    match event:
        case DossierOuvert():
            return Dossier(event.organisation, event.commune, event.titulaire, ouvert=True)
        case DossierClos():
            return replace(dossier, ouvert=False)


DOSSIERS = Aggregate("dossier", Dossier(), evolve)
CATALOGUE = EventCatalogue([DossierOuvert, DossierClos])


class Dossiers:
    """Inline read model."""

    name = "dossier_v1"
    tables = ("dossier_v1",)
    aggregates = (DOSSIERS,)

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        for one in written:
            identifier = UUID(one.stream.removeprefix("dossier-"))
            match one.event:
                case DossierOuvert() as event:
                    await connection.execute(
                        text("insert into dossier_v1 values (:id, :version, :organisation, :commune, :le, false)"),
                        {
                            "id": identifier,
                            "version": one.version,
                            "organisation": event.organisation,
                            "commune": event.commune,
                            "le": event.le,
                        },
                    )
                case DossierClos():
                    await connection.execute(
                        text("update dossier_v1 set clos = true, version = :version where id = :id"),
                        {"version": one.version, "id": identifier},
                    )


@dataclass(frozen=True, slots=True)
class Service:
    database: Database
    store: EventStore


def service_of(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


TheService = Annotated[Service, Depends(service_of)]


class Ouverture(Corps):
    commune: str = Field(pattern=r"^\w{5}$", examples=["67482"])
    le: date
    titulaire: str = Field(min_length=1, max_length=80)


class Resume(BaseModel):
    id: UUID
    version: int
    commune: str
    clos: bool


class Chat(BaseModel):
    espece: Literal["chat"]
    ronronne: bool


class Chien(BaseModel):
    espece: Literal["chien"]
    aboie: int = Field(ge=0, le=10)


class Colis(Corps):
    """Every way for a payload to be wrong."""

    titre: str = Field(min_length=2, max_length=5)
    lignes: list[Chien] = Field(default_factory=list, max_length=2)
    animal: Chat | Chien | None = Field(default=None, discriminator="espece")
    quand: date | None = None
    recu: AwareDatetime | None = None


routes = APIRouter(prefix="/v1")
_DOSSIER = sa.table(
    "dossier_v1",
    *(sa.column(name) for name in ("id", "version", "organisation", "commune", "ouvert_le", "clos")),
)


async def ouvrir(identifier: UUID, organisation: str, body: Ouverture, work: UnitOfWork) -> tuple[UUID, int]:
    stream = await work.load(DOSSIERS, identifier)
    event = DossierOuvert(organisation=organisation, commune=body.commune, le=body.le, titulaire=body.titulaire)
    return identifier, await work.append(stream, [event])


def ouvert(result: tuple[UUID, int]) -> Answer:
    identifier, version = result
    headers = {"ETag": etag(version), "Location": f"/v1/dossiers/{identifier}"}
    return Answer.public(201, {"id": identifier, "version": version}, **headers)


@routes.post("/dossiers", status_code=201)
async def ouvrir_dossier(
    body: Ouverture, request: Creation, acces: Acces, service: TheService, pour: str | None = None
) -> Response:
    owner = pour or acces.identity.organisation
    acces.check(owners=[owner], communes=[body.commune])
    return await run_command(service.store, request, partial(ouvrir, uuid4(), owner, body), ouvert)


async def clore(identifier: UUID, version: int, acces: Acces, work: UnitOfWork) -> int:
    stream = await work.load(DOSSIERS, identifier)
    if stream.version == 0:
        raise Introuvable("Ce dossier n'existe pas.")
    acces.check(owners=[stream.state.organisation], communes=[stream.state.commune])
    stream.expect_version(version)
    if not stream.state.ouvert:
        raise DejaClos("Ce dossier est déjà clos.")
    return await work.append(stream, [DossierClos(le=work.context.at.date())])


@routes.post("/dossiers/{identifier}/cloture", status_code=204, responses=problems(StaleVersion, DejaClos, Introuvable))
async def clore_dossier(
    identifier: UUID, version: IfMatch, request: Command, acces: Acces, service: TheService
) -> Response:
    use_case = partial(clore, identifier, version, acces)
    return await run_command(service.store, request, use_case, lambda new: Answer.public(204, ETag=etag(new)))


@routes.get("/dossiers/{identifier}", responses=problems(Introuvable))
async def lire_dossier(
    identifier: UUID, acces: Acces, service: TheService, context: RequestContext, response: Response
) -> dict[str, str | None]:
    stream = (await service.store.run(lambda work: work.load(DOSSIERS, identifier, personal=True), context)).value
    if stream.version == 0:
        raise Introuvable("Ce dossier n'existe pas.")
    acces.check(owners=[stream.state.organisation], communes=[stream.state.commune])
    await acces.trace([stream.head.stream])
    response.headers["ETag"] = etag(stream.version)
    return {"titulaire": stream.state.titulaire, "commune": stream.state.commune}


@routes.get("/dossiers", dependencies=[Depends(caught_up("dossiers"))])
async def lister_dossiers(
    page: Pagination, acces: Acces, service: TheService, commune: str | None = None
) -> Page[Resume]:
    query = sa.select(_DOSSIER).where(acces.reach().where(_DOSSIER.c.organisation, _DOSSIER.c.commune))
    if commune is not None:
        query = query.where(_DOSSIER.c.commune == commune)
    if after := page.after(tuple[date, UUID]):
        query = query.where(sa.tuple_(_DOSSIER.c.ouvert_le, _DOSSIER.c.id) > sa.tuple_(*map(sa.literal, after)))
    async with service.database.engine.connect() as connection:
        rows = (await connection.execute(query.order_by(_DOSSIER.c.ouvert_le, _DOSSIER.c.id).limit(page.fetch))).all()
    return page.page(
        rows,
        key=lambda row: (row.ouvert_le, row.id),
        item=lambda row: Resume(id=row.id, version=row.version, commune=row.commune, clos=row.clos),
    )


async def attester(identifier: UUID, acces: Acces, work: UnitOfWork) -> tuple[str, str | None]:
    stream = await work.load(DOSSIERS, identifier, personal=True)
    acces.check(owners=[stream.state.organisation], communes=[stream.state.commune])
    await acces.trace([stream.head.stream])
    return stream.head.stream, stream.state.titulaire


@routes.post("/dossiers/{identifier}/attestations", status_code=201)
async def attester_dossier(identifier: UUID, request: Creation, acces: Acces, service: TheService) -> Response:
    return await run_command(
        service.store,
        request,
        partial(attester, identifier, acces),
        lambda found: Answer.personal(found[0], 201, {"texte": f"Attestation de {found[1]}"}),
    )


@routes.get("/attente")
async def patienter(request: Request) -> dict[str, bool]:
    await request.app.state.drain.unless_stopping(asyncio.sleep(30))
    return {"arret": request.app.state.drain.stopping}


@routes.get("/lenteur")
async def attendre_en_base(service: TheService, secondes: float) -> dict[str, bool]:
    async with service.database.engine.begin() as connection:
        await connection.execute(text("select pg_sleep(:s)"), {"s": secondes})
    return {"fait": True}


@routes.get("/panne")
async def tomber_en_panne() -> None:
    raise LookupError("Mme Weber, 3 rue des Bouchers")


@routes.get("/oubli-droit")
async def oublier_le_droit() -> dict[str, str]:
    return {"secret": "lu sans vérifier le droit"}


@routes.get("/oubli-journal")
async def oublier_le_journal() -> dict[str, str]:
    return {"secret": "lu sans le dire"}


@routes.post("/colis")
async def recevoir(body: Colis) -> Colis:
    return body


def application(
    database: Database,
    keys: KeyStore,
    gate: Gate,
    *,
    read_model: ReadModel | None = None,
    edge: dict[str, object] | None = None,
) -> ServiceApp:
    """The sample's application. edge: parts of Edge that a test changes."""
    store = EventStore(PostgresJournal(database, LocalWakeup()), CATALOGUE, keys, (Dossiers(),))
    parts = {"read_models": {"dossiers": {"essai": read_model or Inline()}}, "metrics": Metrics.create()} | (edge or {})
    app = create_app("essai", [routes], Edge(gate, **parts), title="Essai")  # type: ignore[arg-type]
    app.state.service = Service(database, store)
    return app


def gate_of(database: Database, jwks: str, **verifier: object) -> Gate:
    return Gate(
        TokenVerifier(Jwks(jwks), issuer=ISSUER, audience="logis", **verifier),  # type: ignore[arg-type]
        PermissionTable.load(PERMISSIONS),
        load_region(REGION),
        AccessJournal(database.autocommit),
    )


def main() -> None:
    """An API process: everything comes from the environment, the socket is bound by the parent."""
    settings = Settings()
    start_telemetry("essai", settings)
    if os.environ.get("ESSAI_SANS_GARDE"):
        _remove_the_guard(os.environ["ESSAI_SANS_GARDE"])
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    database = await Database.open(settings.dsn("demande"), application_name="essai", size=8)
    keys = await PostgresKeyStore.open(
        settings.dsn("keys"), FileKekRing(Path(str(settings.kek_file))), application_name="essai"
    )
    limits, rate = limits_of(settings)
    gate = gate_of(database, str(settings.jwks))
    app = application(
        database,
        keys,
        gate,
        edge={"limits": limits, "rate": rate, "readiness": Readiness({"jetons": gate.verifier.ready})},
    )
    await server(app, settings, app.state.drain).serve()
    await database.close()


def _remove_the_guard(which: str) -> None:
    """What the tests call « the rule removed »."""

    async def nothing(*_args: object) -> None:
        return None

    for name in which.split(","):
        setattr(IdempotentRequest, name, nothing)


if __name__ == "__main__":
    main()
