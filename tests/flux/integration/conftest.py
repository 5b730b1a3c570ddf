"""The ledger over a real database, in this process, with the tokens of each organisation."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.http.draining import Drain
from services.chassis.migration import migrate
from services.chassis.processes import application
from services.chassis.settings import Settings
from services.chassis.vault.kek import FileKekRing
from services.flux.projections import PROJECTIONS
from services.flux.service import SERVICE, magasin

ROOT = Path(__file__).parents[3]
REGION = ROOT / "deploy" / "regions" / "demonstration" / "region.toml"
VAULT = (ROOT / "services" / "chassis" / "vault" / "migrations",)
LE_2_MARS = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TROIS_RIVIERES, PIEMONT = "trois-rivieres-habitat", "piemont-logis"
TABLES_DU_GRAND_LIVRE = [projection.name for projection in PROJECTIONS]
SIREN = {TROIS_RIVIERES: "999000110", PIEMONT: "999000128"}


@pytest.fixture(scope="session")
async def migrated(new_database: Callable[..., Any]) -> tuple[str, str]:
    """A ledger's database and a database of keys, migrated, to copy."""
    flux, keys = new_database(), new_database()
    await migrate(flux.dsn, SERVICE.branches)
    await migrate(keys.dsn, VAULT)
    return flux.name, keys.name


@dataclass(frozen=True, slots=True)
class Service:
    """The ledger, and who talks to it."""

    fabric: Fabric
    store: EventStore
    app: Any
    signer: DevelopmentKeys

    def client(self, organisation: str = TROIS_RIVIERES, role: str = "bailleur") -> httpx.AsyncClient:
        token = self.signer.sign(
            organisation=organisation,
            roles=[role],
            acteur="agent-1",
            audience="logis",
            now=datetime.now(UTC),
            duration=timedelta(hours=1),
        )
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(transport=transport, base_url="http://flux", headers=headers, timeout=120)


@pytest.fixture(scope="module")
async def service(
    migrated: tuple[str, str], new_database: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    """The ledger over one database a module: dropping one costs more than most tests."""
    flux_, keys = new_database(migrated[0]), new_database(migrated[1])
    folder = tmp_path_factory.mktemp("flux")
    signer = DevelopmentKeys(folder / "jetons")
    signer.create()
    settings = Settings(
        region=REGION,
        flux_dsn=flux_.dsn,
        keys_dsn=keys.dsn,
        kek_file=FileKekRing.create(folder / "kek.json").path,
        jwks=str(signer.jwks),
        issuer=ISSUER,
        database_connections=10,
        requests_per_second=5_000,
        requests_burst=5_000,
    )
    async with open_fabric("flux", settings) as opened:
        fabric = replace(opened, now=lambda: LE_2_MARS)
        yield Service(fabric, magasin(fabric), application(SERVICE, fabric, Drain()), signer)


@pytest.fixture
async def flux(service: Service) -> Service:
    """The ledger, empty, on 2 March 2026."""
    async with service.fabric.database.engine.begin() as connection:
        await connection.execute(
            text(f"truncate event, stream_head, idempotency_key, {', '.join(TABLES_DU_GRAND_LIVRE)}")
        )
    return service


@pytest.fixture
async def bailleur(flux: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Trois Rivières Habitat's system."""
    async with flux.client() as client:
        yield client


def logement_rpls(rpls: str, commune: str = "67482", **champs: str) -> str:
    """A line of a transmission file, good unless a field is spoiled."""
    valeurs = {
        1: rpls, 2: f"B-{rpls}", 3: "1", 4: commune, 5: "67000", 6: "STRASBOURG", 10: "DES LILAS", 15: "2",
        20: "Les Lilas", 22: "2", 23: "C", 24: "3", 25: "65", 26: "1998", 27: "1998", 28: "1998", 29: "1", 32: "13",
        34: "1", 37: "9", 40: "1", 41: "05/2019", 44: "432", 45: "999", 47: "13", 63: "7",
    }  # fmt: skip
    valeurs |= {int(position.removeprefix("c")): valeur for position, valeur in champs.items()}
    return ";".join(valeurs.get(position, "") for position in range(1, 65))


def fichier_rpls(lignes: list[str], siren: str = "999000110") -> bytes:
    """A whole transmission file of 2026."""
    entete = f"2026;{siren};Trois Rivières Habitat;;;;;;;{siren}00012;{len(lignes)};"
    return "\r\n".join([entete, *lignes, ""]).encode("iso-8859-1")


async def charger(client: httpx.AsyncClient, *rpls: str, commune: str = "67482", siren: str = "999000110") -> None:
    """A park of dwellings alike."""
    answer = await client.post(
        "/v1/logements/transmissions",
        content=fichier_rpls([logement_rpls(un, commune) for un in rpls], siren),
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["inscrits"] == len(rpls), answer.text


def termes(reservataire: str, pourcentage: str, **autres: Any) -> dict[str, Any]:
    """The terms of a convention over the Eurométropole for three years."""
    from contracts import territoire

    communes = autres.pop("communes", sorted(territoire.communes_de("246700488")))
    part = {
        "communes": communes,
        "pourcentage": pourcentage,
        "depuis": "2026-01-01",
        "jusqu_au": "2028-12-31",
        "contrepartie": autres.pop("contrepartie", "DROIT_ETAT"),
    }
    return {
        "numero": f"trh/{reservataire}/67/2026",
        "reservataire": reservataire,
        "departement": "67",
        "effet": "2026-01-01",
        "fin": "2028-12-31",
        "parts": [part],
        **autres,
    }


async def preparer(client: httpx.AsyncClient, corps: dict[str, Any]) -> httpx.Response:
    return await client.post("/v1/conventions", json=corps, headers={"Idempotency-Key": str(uuid4())})


async def signer(client: httpx.AsyncClient, corps: dict[str, Any], le: str = "2025-11-12") -> httpx.Response:
    """Prepare and sign; the answer of the signature."""
    prete = await preparer(client, corps)
    assert prete.status_code == 201, prete.text
    convention = prete.json()["convention"]
    return await client.post(
        f"/v1/conventions/{convention}/signature", json={"le": le}, headers={"If-Match": prete.headers["ETag"]}
    )


async def conventionner(client: httpx.AsyncClient, **politique: Any) -> None:
    """The State, its agents and Action Logement; the landlord keeps 52 %."""
    for reservataire, part in (("etat-67", "25"), ("etat-agents-67", "5"), ("action-logement", "18")):
        autres = {"contrepartie": "FINANCEMENT"} if reservataire == "action-logement" else {}
        answer = await signer(client, termes(reservataire, part, **autres, **politique))
        assert answer.status_code == 200, answer.text


def annonce(rpls: str, occurrence: int = 1, **faits: Any) -> dict[str, Any]:
    """A release as a landlord's system announces it."""
    return {
        "bailleur": "999000110",
        "rpls": rpls,
        "occurrence": occurrence,
        "origine": "PREAVIS",
        "preavis_le": "2025-12-20",
        "libere_le": "2026-02-20",
        "disponible_le": "2026-03-01",
        **faits,
    }


async def liberer(client: httpx.AsyncClient, rpls: str, occurrence: int = 1, **faits: Any) -> str:
    answer = await client.post("/v1/liberations", json=annonce(rpls, occurrence, **faits))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["liberation"])


async def orienter(client: httpx.AsyncClient, liberation: str, **choix: Any) -> dict[str, Any]:
    answer = await client.post(
        f"/v1/liberations/{liberation}/orientation", json=choix, headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
