"""Access over HTTP: the gate closes on whatever is not settled, the table holds cell by cell, readings are journalled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.chassis.access.gate import Access
from services.chassis.access.permissions import Grant, PermissionTable, TableRefused
from services.chassis.access.reads import AccessJournal, PersonalRead
from services.chassis.http.app import Edge, create_app
from tests.chassis.integration.http.conftest import Sample
from tests.chassis.integration.http.test_edge import DOSSIER, MULHOUSE, STRASBOURG, new_key, refused
from tests.chassis.permissions_matrix import Cell, cells, check, missing
from tests.chassis.sample_service import PERMISSIONS, routes

TABLE = PermissionTable.load(PERMISSIONS)
# Who holds each role in the demonstration region: their own territory, then a commune outside it.
HOLDERS = {
    "guichet": ("eurometropole-strasbourg", STRASBOURG, MULHOUSE),
    "bailleur": ("piemont-logis", MULHOUSE, STRASBOURG),
    "gestionnaire": ("gestionnaire-alsace", STRASBOURG, "75056"),
    "etat": ("prefecture-67", STRASBOURG, MULHOUSE),
}
ANOTHER = "trois-rivieres-habitat"
CELLS = cells([routes], TABLE, HOLDERS)


async def on_a_file(sample: Sample, cell: Cell) -> str:
    """The identifier of a file such as the cell wants, opened by the manager."""
    organisation, inside, outside = HOLDERS[cell.role]
    async with sample.client(sample.app()) as manager:
        made = await manager.post(
            "/v1/dossiers",
            json=DOSSIER | {"commune": inside if cell.inside else outside},
            params={"pour": organisation if cell.own else ANOTHER},
            headers=new_key(),
        )
    return str(made.json()["id"])


async def opening(sample: Sample, cell: Cell, client: httpx.AsyncClient) -> httpx.Response:
    organisation, inside, outside = HOLDERS[cell.role]
    body = DOSSIER | {"commune": inside if cell.inside else outside}
    params = {"pour": organisation if cell.own else ANOTHER}
    return await client.post("/v1/dossiers", json=body, params=params, headers=new_key())


async def closing(sample: Sample, cell: Cell, client: httpx.AsyncClient) -> httpx.Response:
    identifier = await on_a_file(sample, cell)
    return await client.post(f"/v1/dossiers/{identifier}/cloture", headers={"If-Match": '"1"'})


async def reading(sample: Sample, cell: Cell, client: httpx.AsyncClient) -> httpx.Response:
    return await client.get(f"/v1/dossiers/{await on_a_file(sample, cell)}")


async def attesting(sample: Sample, cell: Cell, client: httpx.AsyncClient) -> httpx.Response:
    return await client.post(f"/v1/dossiers/{await on_a_file(sample, cell)}/attestations", headers=new_key())


async def listing(sample: Sample, cell: Cell, client: httpx.AsyncClient) -> httpx.Response:
    """A list is refused to whom it shows nothing; else it shows the file or not: told as a served or a refused reading."""
    identifier = await on_a_file(sample, cell)
    answer = await client.get("/v1/dossiers")
    if not answer.is_success:
        return answer
    shown = identifier in {one["id"] for one in answer.json()["elements"]}
    return httpx.Response(200) if shown else httpx.Response(403, json={"code": "acces-refuse"})


def plain(method: str, path: str, **options: object) -> Callable[..., Awaitable[httpx.Response]]:
    """An operation on no resource: its right is whole or void."""

    async def scenario(sample: Sample, cell: Cell, client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, path, **options)  # type: ignore[arg-type]

    return scenario


SCENARIOS = {
    "ouvrir_dossier": opening,
    "clore_dossier": closing,
    "lire_dossier": reading,
    "lister_dossiers": listing,
    "attester_dossier": attesting,
    "attendre_en_base": plain("GET", "/v1/lenteur", params={"secondes": "0"}),
    "recevoir": plain("POST", "/v1/colis", json={"titre": "abc"}),
}
# The routes that are wrong on purpose, or wait: each has its own test.
APART = {"patienter", "tomber_en_panne", "oublier_le_droit", "oublier_le_journal"}


def test_every_route_has_its_scenario() -> None:
    assert missing(CELLS, SCENARIOS) == APART
    assert len(CELLS) == len(TABLE.operations) * len(HOLDERS) * 4


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.operation not in APART], ids=str)
async def test_the_cell(sample: Sample, cell: Cell) -> None:
    async with sample.client(sample.app(), HOLDERS[cell.role][0], cell.role) as client:
        check(cell, await SCENARIOS[cell.operation](sample, cell, client))


async def test_without_the_check_a_denied_cell_is_served(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Grant, "allows", lambda self, own, inside: True)
    cell = Cell("clore_dossier", "guichet", own=False, inside=False, allowed=False)
    async with sample.client(sample.app(), "eurometropole-strasbourg", "guichet") as client:
        with pytest.raises(AssertionError, match="is denied and answered 204"):
            check(cell, await closing(sample, cell, client))


# --- the gate closes by itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/dossiers", "/v1/colis", "/v1/nulle-part", "/", "/admin"])
async def test_nothing_but_the_public_paths_is_served_without_a_token(sample: Sample, path: str) -> None:
    async with sample.client(sample.app()) as client:
        del client.headers["authorization"]
        answer = await client.post(path, content=b"{", headers={"Content-Type": "application/json"})
        refused(answer, 401, "jeton-absent")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        refused(await client.get(path, headers={"Authorization": "Bearer faux"}), 401, "jeton-invalide")


async def test_the_right_comes_before_the_payload(sample: Sample) -> None:
    async with sample.client(sample.app(), "piemont-logis", "bailleur") as client:
        refused(await client.post("/v1/dossiers", json={"n'importe": "quoi"}, headers=new_key()), 403, "acces-refuse")


@pytest.mark.parametrize(
    ("organisation", "role"),
    [("inconnue", "gestionnaire"), ("piemont-logis", "gestionnaire"), ("ville-strasbourg", "guichetier")],
)
async def test_a_token_gives_no_role_that_its_organisation_does_not_hold(
    sample: Sample, organisation: str, role: str
) -> None:
    async with sample.client(sample.app(), organisation, role) as client:
        refused(await client.get("/v1/dossiers"), 403, "acces-refuse")


async def test_a_right_that_was_not_checked_is_not_answered(sample: Sample, log_lines: list[dict[str, object]]) -> None:
    async with sample.client(sample.app(), "eurometropole-strasbourg", "guichet") as client:
        answer = await client.get("/v1/oubli-droit")
    refused(answer, 500, "erreur-interne")
    assert "secret" not in answer.text
    assert any("ObligationForgotten" in str(line.get("failure")) for line in log_lines)


async def test_a_reading_that_was_not_journalled_is_not_answered(sample: Sample) -> None:
    async with sample.client(sample.app()) as client:
        answer = await client.get("/v1/oubli-journal")
    refused(answer, 500, "erreur-interne")
    assert "secret" not in answer.text


async def test_without_the_settlement_both_would_be_answered(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Access, "outstanding", lambda self: None)
    async with sample.client(sample.app(), "eurometropole-strasbourg", "guichet") as client:
        assert (await client.get("/v1/oubli-droit")).json()["secret"]
    async with sample.client(sample.app()) as client:
        assert (await client.get("/v1/oubli-journal")).json()["secret"]


async def test_a_route_without_a_line_builds_no_application(sample: Sample) -> None:
    more = APIRouter()

    @more.get("/v1/nouvelle")
    async def nouvelle_operation() -> None:
        """Nobody has said who may do this."""

    with pytest.raises(TableRefused, match="no permission line for the operation nouvelle_operation"):
        create_app("essai", [routes, more], Edge(sample.gate), title="Essai")
    with pytest.raises(TableRefused, match="which no route serves"):
        create_app("essai", [], Edge(sample.gate), title="Essai")
    with pytest.raises(ValueError, match="same name"):
        create_app("essai", [routes, routes], Edge(sample.gate), title="Essai")
    more.include_router(routes)
    with pytest.raises(ValueError, match="none inside another"):
        create_app("essai", [more], Edge(sample.gate), title="Essai")


# --- the access journal -----------------------------------------------------------------------------------------------


def a_read(number: int = 0, subject: str = "dossier-1") -> PersonalRead:
    at = datetime(2026, 1, 15, 9, 30, tzinfo=UTC) + timedelta(seconds=number)
    return PersonalRead(at, "agent-1", "ville-strasbourg", "lire_dossier", (subject,), "instruction", str(number))


async def test_reading_personal_facts_leaves_who_what_and_why(sample: Sample) -> None:
    cell = Cell("lire_dossier", "bailleur", own=False, inside=True, allowed=True)
    identifier = await on_a_file(sample, cell)
    async with sample.client(sample.app(), "piemont-logis", "bailleur", "agent-9") as client:
        answer = await client.get(f"/v1/dossiers/{identifier}")
        assert answer.json()["titulaire"] == "Jeanne Weber"
        refused(await client.get(f"/v1/dossiers/{uuid4()}"), 404, "introuvable")
    [kept] = await sample.gate.journal.of_subject(f"dossier-{identifier}")
    read = kept.read
    assert (read.acteur, read.organisation, read.operation) == ("agent-9", "piemont-logis", "lire_dossier")
    assert (read.purpose, read.correlation) == ("recherche de candidats", answer.headers["x-correlation-id"])
    assert await sample.gate.journal.of_organisation("piemont-logis") == [kept]
    assert await sample.gate.journal.of_organisation("ville-strasbourg") == []


async def test_what_cannot_be_journalled_is_not_answered(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(batch: object) -> None:
        await AccessJournal._insert(sample.gate.journal, [(wrong, done) for _, done in batch])  # type: ignore[attr-defined]

    wrong = PersonalRead(a_read().at, "a", "o", "op", (), "", "")  # the table refuses it
    cell = Cell("lire_dossier", "bailleur", own=False, inside=True, allowed=True)
    identifier = await on_a_file(sample, cell)
    monkeypatch.setattr(sample.gate.journal, "_insert", fail)
    async with sample.client(sample.app(), "piemont-logis", "bailleur") as client:
        answer = await client.get(f"/v1/dossiers/{identifier}")
    refused(answer, 500, "erreur-interne")
    assert "Weber" not in answer.text


async def test_readings_that_come_together_are_committed_together(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = AccessJournal(sample.database.autocommit)
    batches: list[int] = []
    insert = journal._insert

    async def counted(batch) -> None:
        batches.append(len(batch))
        await insert(batch)

    monkeypatch.setattr(journal, "_insert", counted)
    await asyncio.gather(*(journal.write(a_read(number)) for number in range(200)))
    assert sum(batches) == 200
    assert len(batches) <= 3
    pages, before = [], 2**63 - 1
    while found := await journal.of_subject("dossier-1", before=before, limit=70):
        pages += found
        before = found[-1].number
    assert len({one.read.correlation for one in pages}) == 200


async def test_a_failed_batch_tells_each_of_its_readers_and_the_next_one_goes_on(sample: Sample) -> None:
    journal = AccessJournal(sample.database.autocommit)
    wrong = PersonalRead(a_read().at, "a", "o", "op", (), "", "")
    results = await asyncio.gather(journal.write(a_read()), journal.write(wrong), return_exceptions=True)
    assert all(isinstance(result, DBAPIError) for result in results)
    await journal.write(a_read())
    assert len(await journal.of_subject("dossier-1")) == 1


@pytest.mark.parametrize(
    "statement", ["update access_journal set acteur = 'x'", "delete from access_journal", "truncate access_journal"]
)
async def test_nobody_rewrites_the_access_journal(sample: Sample, statement: str) -> None:
    journal = AccessJournal(sample.database.autocommit)
    await journal.write(a_read())
    with pytest.raises(DBAPIError, match="only ever appended"):
        async with sample.database.engine.begin() as connection:
            await connection.execute(text(statement))
    assert len(await journal.of_subject("dossier-1")) == 1
    async with sample.database.engine.connect() as connection:
        await connection.execute(text("drop trigger access_journal_append_only on access_journal"))
        await connection.execute(text(statement))
        left = await connection.execute(text("select acteur from access_journal"))
        assert left.scalars().all() != ["agent-1"], "without the trigger it is rewritten"
        await connection.rollback()
