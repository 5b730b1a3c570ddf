"""Idempotency-Key: one effect and one answer for one command, however many times and from wherever it is sent."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.chassis.database import Database
from services.chassis.http.idempotency import IdempotentRequest, WireAnswer, purge
from services.chassis.vault.keys import MemoryKeyStore
from tests.chassis.integration.http.conftest import Sample
from tests.chassis.integration.http.test_edge import DOSSIER, opened, refused


async def count(database: Database, table: str) -> int:
    async with database.engine.connect() as connection:
        return int((await connection.execute(text(f"select count(*) from {table}"))).scalar_one())


async def test_the_same_request_gets_the_same_answer_and_has_one_effect(
    essai: httpx.AsyncClient, sample: Sample
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await essai.post("/v1/dossiers", json=DOSSIER, headers=key)
    again = await essai.post("/v1/dossiers", json=DOSSIER, headers=key)
    quoted = await essai.post("/v1/dossiers", json=DOSSIER, headers={"Idempotency-Key": f'"{key["Idempotency-Key"]}"'})
    assert "idempotency-replayed" not in first.headers
    for answer in (again, quoted):
        assert answer.headers["idempotency-replayed"] == "true"
        assert (answer.status_code, answer.content) == (first.status_code, first.content)
        for name in ("etag", "location", "logis-curseur", "content-type"):
            assert answer.headers[name] == first.headers[name]
    assert await count(sample.database, "event") == 1


async def test_another_request_under_the_same_key_is_refused(essai: httpx.AsyncClient, sample: Sample) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    await essai.post("/v1/dossiers", json=DOSSIER, headers=key)
    refused(
        await essai.post("/v1/dossiers", json=DOSSIER | {"le": "2026-01-16"}, headers=key),
        422,
        "cle-idempotence-reprise",
    )
    elsewhere = await essai.post("/v1/dossiers", json=DOSSIER, headers=key, params={"pour": "ville-strasbourg"})
    refused(elsewhere, 422, "cle-idempotence-reprise")
    assert await count(sample.database, "event") == 1


async def test_a_key_belongs_to_its_caller(essai: httpx.AsyncClient, sample: Sample) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await essai.post("/v1/dossiers", json=DOSSIER, headers=key)
    async with sample.client(sample.app(), "gestionnaire-alsace", "gestionnaire", "agent-2") as other:
        second = await other.post("/v1/dossiers", json=DOSSIER, headers=key)
    assert second.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["court", "é" * 10, "a b c d e f", "x" * 256])
async def test_a_key_is_a_visible_identifier(essai: httpx.AsyncClient, key: str) -> None:
    problem = refused(
        await essai.post("/v1/dossiers", json=DOSSIER, headers={"Idempotency-Key": key.encode()}),
        400,
        "parametres-invalides",
    )
    assert problem["errors"][0]["pointer"] == "/header/Idempotency-Key"


async def test_a_creation_asks_for_a_key(essai: httpx.AsyncClient) -> None:
    problem = refused(await essai.post("/v1/dossiers", json=DOSSIER), 400, "parametres-invalides")
    assert problem["errors"][0]["code"] == "manquant"


async def test_a_refusal_is_not_kept(essai: httpx.AsyncClient, sample: Sample) -> None:
    made = await opened(essai)
    address, key = made.headers["location"] + "/cloture", {"Idempotency-Key": str(uuid4())}
    refused(await essai.post(address, headers=key | {"If-Match": '"9"'}), 412, "version-perimee")
    done = await essai.post(address, headers=key | {"If-Match": '"1"'})
    again = await essai.post(address, headers=key | {"If-Match": '"1"'})
    assert (done.status_code, again.status_code, again.headers["idempotency-replayed"]) == (204, 204, "true")


async def test_effects_and_answer_are_kept_together_or_not_at_all(
    essai: httpx.AsyncClient, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: object) -> None:
        raise LookupError

    key = {"Idempotency-Key": str(uuid4())}
    with monkeypatch.context() as patched:
        patched.setattr(IdempotentRequest, "keep", fail)
        refused(await essai.post("/v1/dossiers", json=DOSSIER, headers=key), 500, "erreur-interne")
    assert await count(sample.database, "event") == 0
    assert (await essai.post("/v1/dossiers", json=DOSSIER, headers=key)).status_code == 201


# --- two transactions, interleaved by hand ----------------------------------------------------------------------------


def request_(body: bytes = b"{}") -> IdempotentRequest:
    return IdempotentRequest.of("cle-de-test", caller=("org", "agent"), operation="op", target="/v1/x", body=body)


async def test_while_one_transaction_answers_the_others_are_told_to_wait(sample: Sample) -> None:
    engine, keys, answer = sample.database.engine, MemoryKeyStore(), WireAnswer(201, {}, b"{}")
    async with engine.connect() as first, engine.connect() as second:
        assert await request_().find(first, keys) is None
        with pytest.raises(Exception, match="en cours"):
            await request_().find(second, keys)
        await request_().keep(first, keys, answer, datetime.now(UTC))
        with pytest.raises(Exception, match="en cours"):
            await request_().find(second, keys)
        await first.commit()
        assert await request_().find(second, keys) == answer


async def test_a_process_that_dies_leaves_no_lock(sample: Sample) -> None:
    engine, keys = sample.database.engine, MemoryKeyStore()
    async with engine.connect() as first, engine.connect() as second:
        assert await request_().find(first, keys) is None
        pid = (await first.execute(text("select pg_backend_pid()"))).scalar_one()
        await second.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        await second.rollback()
        assert await request_().find(second, keys) is None
        with pytest.raises(DBAPIError):
            await first.execute(text("select 1"))
        await first.invalidate()


# --- what is kept -----------------------------------------------------------------------------------------------------


async def test_an_answer_about_a_person_is_sealed_and_goes_with_the_person(
    essai: httpx.AsyncClient, sample: Sample
) -> None:
    made = await opened(essai)
    address, key = made.headers["location"] + "/attestations", {"Idempotency-Key": str(uuid4())}
    first = await essai.post(address, headers=key)
    assert first.json() == {"texte": "Attestation de Jeanne Weber"}
    again = await essai.post(address, headers=key)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    async with sample.database.engine.connect() as connection:
        rows = (
            await connection.execute(text("select key, fingerprint, headers, subject, body from idempotency_key"))
        ).all()
    assert b"Weber" not in b"".join(bytes(part) for row in rows for part in row if isinstance(part, bytes))
    subject = f"dossier-{made.json()['id']}"
    assert subject in {row.subject for row in rows}
    await sample.keys.destroy([subject])
    refused(await essai.post(address, headers=key), 410, "reponse-effacee")


async def test_the_client_s_key_is_not_kept(essai: httpx.AsyncClient, sample: Sample) -> None:
    await essai.post("/v1/dossiers", json=DOSSIER, headers={"Idempotency-Key": "jeanne.weber@example.fr"})
    async with sample.database.engine.connect() as connection:
        [row] = (await connection.execute(text("select idempotency_key::text from idempotency_key"))).scalars().all()
    assert b"weber".hex() not in row
    assert "weber" not in row


async def test_the_fingerprint_cannot_be_guessed_without_the_client_s_key() -> None:
    one, two = (
        IdempotentRequest.of(key, caller=("o", "a"), operation="op", target="/", body=b"meme corps")
        for key in ("cle-numero-1", "cle-numero-2")
    )
    assert one.fingerprint != two.fingerprint


async def test_old_answers_are_forgotten_and_the_others_kept(sample: Sample) -> None:
    engine, keys, now = sample.database.engine, MemoryKeyStore(), datetime.now(UTC)
    for days in (8, 8, 6):
        one = IdempotentRequest.of(str(uuid4()), caller=("o", "a"), operation="op", target="/", body=b"")
        async with engine.begin() as connection:
            await one.keep(connection, keys, WireAnswer(204, {}, b""), now - timedelta(days=days))
    assert await purge(engine, now - timedelta(days=7)) == 2
    assert await purge(engine, now - timedelta(days=7)) == 0
    assert await count(sample.database, "idempotency_key") == 1


# --- raced on two real API processes ----------------------------------------------------------------------------------


async def race(addresses: list[str], token: str, key: str) -> list[httpx.Response]:
    """The same creation, sent at once on eight connections, then again by each that was told to wait."""
    ready = asyncio.Barrier(8)

    async def send(number: int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        async with httpx.AsyncClient(
            base_url=addresses[number % len(addresses)], headers=headers, timeout=20
        ) as client:
            assert (await client.get("/health/live")).status_code == 200
            await ready.wait()
            return await client.post("/v1/dossiers", json=DOSSIER)

    return list(await asyncio.gather(*(send(number) for number in range(8))))


async def test_raced_on_eight_connections_against_two_processes_there_is_one_effect(
    sample: Sample, api_processes
) -> None:
    addresses = await api_processes(2)
    for number in range(5):
        key = str(uuid4())
        answers = await race(addresses, sample.token(), key)
        met = Counter((answer.status_code, answer.headers.get("idempotency-replayed")) for answer in answers)
        assert met[201, None] == 1
        assert set(met) <= {(201, None), (201, "true"), (409, None)}
        last = await race(addresses, sample.token(), key)
        assert {(answer.status_code, answer.headers.get("idempotency-replayed")) for answer in last} <= {
            (201, "true"),
            (409, None),
        }
        bodies = {answer.content for answer in (*answers, *last) if answer.status_code == 201}
        assert len(bodies) == 1
        for answer in answers:
            if answer.status_code == 409:
                refused(answer, 409, "commande-en-cours")
        assert await count(sample.database, "event") == number + 1


@pytest.mark.parametrize(
    ("removed", "effects", "failures"),
    [("keep", 2, 0), ("find", 1, 15), ("find,keep", 16, 0)],
    ids=["nothing remembered", "neither lock nor look, the primary key alone", "no rule at all"],
)
async def test_without_the_rule_the_race_has_several_effects_or_fails(
    sample: Sample, api_processes, removed: str, effects: int, failures: int
) -> None:
    addresses = await api_processes(2, ESSAI_SANS_GARDE=removed)
    key = str(uuid4())
    answers = [answer for _ in range(2) for answer in await race(addresses, sample.token(), key)]
    assert await count(sample.database, "event") >= effects
    assert sum(answer.status_code == 500 for answer in answers) == failures
