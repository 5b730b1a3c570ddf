"""The HTTP edge over a real database: problems, versions, lists, one's own writes, limits."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Mount

from services.chassis.database import Database
from services.chassis.http import validation, versions
from services.chassis.http.limits import Limits, LimitTable
from services.chassis.http.rates import Rate
from services.chassis.journal.cursor import Cursor
from services.chassis.telemetry.metrics import Metrics
from tests.chassis.integration.http.conftest import Sample

STRASBOURG, MULHOUSE = "67482", "68224"
DOSSIER = {"commune": STRASBOURG, "le": "2026-01-15", "titulaire": "Jeanne Weber"}
MEDIA_TYPE = "application/problem+json"


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    """The problem of an answer, whose shape is checked."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), answer.text
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"].endswith(code)
    assert problem["title"]
    assert problem["detail"].endswith((".", ":", "?"))
    assert problem["correlation"] == answer.headers["x-correlation-id"]
    return problem


# A session sees one state of pg_stat_activity by transaction: each look is a new one.
CUT = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where application_name = 'essai-coupe' and query like '%pg_sleep%' and state = 'active'"""


async def until(database: Database, statement: str) -> int:
    """What a counting statement gives, as soon as it is not nothing."""
    while True:
        async with database.engine.begin() as connection:
            if count := (await connection.execute(text(statement))).scalar_one():
                return int(count)
        await asyncio.sleep(0.01)


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def opened(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    answer = await client.post("/v1/dossiers", json=DOSSIER | changes, headers=new_key())
    assert answer.status_code == 201, answer.text
    return answer


# --- problems ---------------------------------------------------------------------------------------------------------


async def test_an_unknown_address_and_a_wrong_method_are_problems(essai: httpx.AsyncClient) -> None:
    refused(await essai.get("/v1/nulle-part"), 404, "introuvable")
    answer = await essai.put("/v1/colis", json={})
    refused(answer, 405, "methode-refusee")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("body", [b'{"titre": "ab"', b"{'titre': 1}", b"\xff\xfe", b"[" * 20_000])
async def test_a_body_that_is_not_json_is_malformed(essai: httpx.AsyncClient, body: bytes) -> None:
    answer = await essai.post("/v1/colis", content=body, headers={"Content-Type": "application/json"})
    refused(answer, 400, "corps-illisible")


async def test_a_body_of_another_type_is_told_so(essai: httpx.AsyncClient) -> None:
    answer = await essai.post("/v1/colis", content=b"<titre/>", headers={"Content-Type": "application/xml"})
    assert "application/xml" in str(refused(answer, 415, "type-de-contenu-refuse")["detail"])


async def test_each_fault_of_a_payload_has_its_pointer_and_a_french_sentence(essai: httpx.AsyncClient) -> None:
    payload = {
        "titre": "un titre trop long",
        "lignes": [{"espece": "chien", "aboie": 11}, {"espece": "chien"}],
        "animal": {"espece": "chat", "ronronne": "peut-être"},
        "quand": 2026,
        "recu": "2026-01-15T09:30:00",
        "a/b~c": 1,
    }
    problem = refused(await essai.post("/v1/colis", json=payload), 422, "donnees-invalides")
    assert {(fault["pointer"], fault["code"]): fault["detail"] for fault in problem["errors"]} == {
        ("/titre", "trop-long"): "Ce texte est trop long : 5 caractères au plus.",
        ("/lignes/0/aboie", "trop-grand"): "La valeur doit être au plus 10.",
        ("/lignes/1/aboie", "manquant"): "Ce champ est obligatoire : donnez-le.",
        ("/animal/ronronne", "type"): "Donnez true ou false.",
        ("/quand", "type"): "Donnez une date (AAAA-MM-JJ).",
        ("/recu", "format"): "Donnez un instant avec son fuseau horaire (Z pour UTC).",
        ("/a~1b~0c", "inconnu"): "Ce champ n'est pas connu : retirez-le ou corrigez son nom.",
    }
    assert problem["detail"] == "Rien n'a été enregistré : 7 données sont à corriger."


async def test_the_refused_values_are_not_repeated(essai: httpx.AsyncClient) -> None:
    answer = await essai.post("/v1/colis", json={"titre": "Weber-Schneider"})
    assert "Weber" not in answer.text


async def test_without_the_walk_in_the_body_a_pointer_names_what_is_not_there(
    essai: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = {"titre": "abc", "animal": {"espece": "chat", "ronronne": "peut-être"}}
    rule = (await essai.post("/v1/colis", json=payload)).json()["errors"][0]["pointer"]
    monkeypatch.setattr(validation, "pointer_in", lambda body, path, missing: "/" + "/".join(map(str, path)))
    removed = (await essai.post("/v1/colis", json=payload)).json()["errors"][0]["pointer"]
    assert (rule, removed) == ("/animal/ronronne", "/animal/chat/ronronne")


async def test_a_wrong_parameter_is_malformed_not_invalid(essai: httpx.AsyncClient) -> None:
    problem = refused(await essai.get("/v1/dossiers", params={"limite": "0"}), 400, "parametres-invalides")
    assert problem["errors"] == [
        {"pointer": "/query/limite", "code": "trop-petit", "detail": "La valeur doit être au moins 1."}
    ]
    problem = refused(await essai.get("/v1/dossiers/pas-un-uuid"), 400, "parametres-invalides")
    assert problem["errors"][0]["pointer"] == "/path/identifier"


async def test_an_unexpected_exception_tells_nothing_outside(
    essai: httpx.AsyncClient, log_lines: list[dict[str, object]]
) -> None:
    answer = await essai.get("/v1/panne")
    problem = refused(answer, 500, "erreur-interne")
    assert "Weber" not in answer.text
    [line] = [line for line in log_lines if line["event"] == "request-failed"]
    assert line["correlation_id"] == problem["correlation"]
    assert line["failure"]["kind"] == "builtins.LookupError"
    assert any(frame.endswith("tomber_en_panne") for frame in line["failure"]["frames"])
    assert "Weber" not in json.dumps(log_lines, ensure_ascii=False)


async def test_a_database_that_is_away_is_a_passing_trouble(sample: Sample, postgres: object) -> None:
    other = await Database.open(sample.dsn, application_name="essai-coupe")
    away = Sample(other, sample.dsn, sample.keys, sample.signer, sample.gate)
    async with away.client(away.app()) as client:
        assert (await client.get("/v1/lenteur", params={"secondes": "0"})).status_code == 200
        slow = asyncio.create_task(client.get("/v1/lenteur", params={"secondes": "20"}))
        assert await until(sample.database, CUT)
        answer = await slow
        refused(answer, 503, "service-indisponible")
        assert answer.headers["retry-after"] == "1"
    await other.close()


# --- identifiers and logs -----------------------------------------------------------------------------------------------


async def test_identifiers_come_in_are_logged_and_go_back(
    essai: httpx.AsyncClient, log_lines: list[dict[str, object]]
) -> None:
    correlation, causation = str(uuid4()), str(uuid4())
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await essai.get(
        "/v1/dossiers",
        params={"commune": STRASBOURG},
        headers={
            "X-Correlation-Id": correlation,
            "X-Causation-Id": causation,
            "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
        },
    )
    assert answer.headers["x-correlation-id"] == correlation
    assert answer.headers["traceparent"].split("-")[1] == trace
    [line] = [line for line in log_lines if line["event"] == "request"]
    assert (line["correlation_id"], line["causation_id"], line["request_id"]) == (
        correlation,
        causation,
        answer.headers["x-request-id"],
    )
    assert (line["operation"], line["status"], line["organisation"]) == ("lister_dossiers", 200, "gestionnaire-alsace")
    assert STRASBOURG not in json.dumps(log_lines), "a query value went to the log"


async def test_an_identifier_that_could_be_a_text_is_replaced(essai: httpx.AsyncClient) -> None:
    answer = await essai.get("/v1/dossiers", headers={"X-Correlation-Id": "jeanne-weber"})
    assert answer.headers["x-correlation-id"] == answer.headers["x-request-id"]


async def test_the_events_carry_the_request_that_caused_them(essai: httpx.AsyncClient, sample: Sample) -> None:
    correlation, trace = str(uuid4()), "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await essai.post(
        "/v1/dossiers",
        json=DOSSIER,
        headers={
            "Idempotency-Key": str(uuid4()),
            "X-Correlation-Id": correlation,
            "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
        },
    )
    async with sample.database.engine.connect() as connection:
        metadata = json.loads((await connection.execute(text("select metadata from event"))).scalar_one())
    assert metadata["correlation"] == correlation
    assert metadata["causation"] == answer.headers["x-request-id"]
    assert metadata["traceparent"].split("-")[1] == trace
    assert (metadata["acteur"], metadata["organisation"]) == ("agent-1", "gestionnaire-alsace")


# --- versions -----------------------------------------------------------------------------------------------------------


async def test_a_change_needs_the_version_it_was_decided_on(essai: httpx.AsyncClient) -> None:
    made = await opened(essai)
    address = made.headers["location"] + "/cloture"
    refused(await essai.post(address), 428, "version-absente")
    for wrong in ("1", 'W/"1"', "*", '"1", "2"', '"x"'):
        refused(await essai.post(address, headers={"If-Match": wrong}), 400, "parametres-invalides")
    stale = await essai.post(address, headers={"If-Match": '"7"'})
    assert "version 7" in str(refused(stale, 412, "version-perimee")["detail"])
    done = await essai.post(address, headers={"If-Match": made.headers["etag"]})
    assert (done.status_code, done.content, done.headers["etag"]) == (204, b"", '"2"')
    refused(await essai.post(address, headers={"If-Match": '"2"'}), 409, "deja-clos")


async def test_without_the_version_a_change_decided_on_an_old_reading_goes_through(
    essai: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.events.unit_of_work.Stream.expect_version", lambda self, version: None)
    made = await opened(essai)
    done = await essai.post(made.headers["location"] + "/cloture", headers={"If-Match": '"7"'})
    assert done.status_code == 204, "the guard was removed: the stale change is taken"


def test_an_etag_is_read_back() -> None:
    assert versions.etag(12) == '"12"'


# --- lists --------------------------------------------------------------------------------------------------------------


async def test_a_list_is_walked_whole_by_its_links_whatever_is_added(essai: httpx.AsyncClient) -> None:
    made = {(await opened(essai, le=f"2026-01-{day:02}")).json()["id"] for day in (1, 1, 1, 2, 3, 3, 4)}
    seen: list[str] = []
    address = httpx.URL("http://essai/v1/dossiers?limite=2")
    while True:
        page = (await essai.get(address)).json()
        assert len(page["elements"]) <= 2
        seen += [one["id"] for one in page["elements"]]
        if page["suivant"] is None:
            break
        await opened(essai, le="2025-12-31")  # before the cursor: an offset would show a row twice
        address = address.join(page["suivant"])
    assert len(seen) == len(made)
    assert set(seen) == made


async def test_the_filters_follow_the_links_and_cannot_be_changed_on_the_way(essai: httpx.AsyncClient) -> None:
    for commune in (STRASBOURG, MULHOUSE, STRASBOURG, STRASBOURG):
        await opened(essai, commune=commune)
    first = await essai.get("/v1/dossiers", params={"commune": STRASBOURG, "limite": "2"})
    follow = first.json()["suivant"]
    rest = (await essai.get(first.url.join(follow))).json()
    assert [one["commune"] for one in rest["elements"]] == [STRASBOURG]
    assert rest["suivant"] is None
    refused(await essai.get(first.url.join(follow.replace(STRASBOURG, MULHOUSE))), 400, "curseur-invalide")


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "A" * 900])
async def test_a_cursor_that_is_not_ours_is_refused(essai: httpx.AsyncClient, cursor: str) -> None:
    refused(await essai.get("/v1/dossiers", params={"curseur": cursor}), 400, "curseur-invalide")


async def test_a_cursor_altered_by_one_character_is_refused(essai: httpx.AsyncClient) -> None:
    for _ in range(2):
        await opened(essai)
    cursor = httpx.QueryParams((await essai.get("/v1/dossiers?limite=1")).json()["suivant"][1:])["curseur"]
    for place in range(len(cursor)):
        altered = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        refused(await essai.get("/v1/dossiers", params={"curseur": altered, "limite": "1"}), 400, "curseur-invalide")


# --- one's own writes ---------------------------------------------------------------------------------------------------


class Late:
    """A read model that reaches a cursor when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Cursor, float]] = []
        self.here = asyncio.Event()

    async def reached(self, cursor: Cursor, timeout: float) -> bool:
        self.asked.append((cursor, timeout))
        try:
            await asyncio.wait_for(self.here.wait(), min(timeout, 0.05))
        except TimeoutError:
            return False
        return True


async def test_a_reading_that_carries_the_cursor_waits_for_it_and_says_so(sample: Sample) -> None:
    late = Late()
    async with sample.client(sample.app(read_model=late)) as client:
        written = (await opened(client)).headers["logis-curseur"]
        behind = await client.get("/v1/dossiers", headers={"Logis-Curseur": written})
        assert (behind.status_code, behind.headers["logis-a-jour"]) == (200, "non")
        late.here.set()
        caught_up = await client.get("/v1/dossiers", headers={"Logis-Curseur": written})
        assert caught_up.headers["logis-a-jour"] == "oui"
        assert late.asked == [(Cursor.parse(written.removeprefix("essai:")), 2.0)] * 2
        assert "logis-a-jour" not in (await client.get("/v1/dossiers")).headers


@pytest.mark.parametrize("value", ["1.2.3", "essai:1.2", "ailleurs:1.2.3", "essai:99999999999.1.1"])
async def test_a_cursor_that_no_command_gave_is_refused(essai: httpx.AsyncClient, value: str) -> None:
    refused(await essai.get("/v1/dossiers", headers={"Logis-Curseur": value}), 400, "curseur-invalide")


# --- limits -------------------------------------------------------------------------------------------------------------


async def test_a_body_over_the_limit_is_refused_announced_or_not(sample: Sample) -> None:
    limits = LimitTable(Limits(body_bytes=100), {"/v1/dossiers": Limits(body_bytes=1_000)})
    async with sample.client(sample.app(limits=limits)) as client:
        large = b'{"titre": "' + b"x" * 200 + b'"}'

        async def unannounced():
            for place in range(0, len(large), 50):
                yield large[place : place + 50]

        json_type = {"Content-Type": "application/json"}
        refused(await client.post("/v1/colis", content=large, headers=json_type), 413, "corps-trop-gros")
        refused(await client.post("/v1/colis", content=unannounced(), headers=json_type), 413, "corps-trop-gros")
        key = {"Idempotency-Key": str(uuid4())}
        elsewhere = await client.post("/v1/dossiers", content=large, headers=json_type | key)
        refused(elsewhere, 422, "donnees-invalides")


async def test_a_request_over_its_time_is_cancelled_and_gives_its_connection_back(sample: Sample) -> None:
    app = sample.app(limits=LimitTable(Limits(seconds=0.1)))
    async with sample.client(app) as client:
        for _ in range(3):
            late = await asyncio.gather(*(client.get("/v1/lenteur", params={"secondes": "20"}) for _ in range(8)))
            for answer in late:
                refused(answer, 504, "delai-depasse")
    async with sample.client(sample.app()) as unhurried:  # on the same connections
        assert (await unhurried.get("/v1/lenteur", params={"secondes": "0"})).status_code == 200
    async with sample.database.engine.connect() as connection:
        asleep = await connection.execute(
            text(
                "select count(*) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(%'"
                " and state <> 'idle' and pid <> pg_backend_pid()"
            )
        )
        assert asleep.scalar_one() == 0


async def test_a_full_process_turns_away_at_once_and_other_paths_keep_their_own_room(sample: Sample) -> None:
    limits = LimitTable(Limits(concurrent=50), {"/v1/attente": Limits(concurrent=2, seconds=40)})
    metrics = Metrics.create()
    app = sample.app(limits=limits, metrics=metrics)
    async with sample.client(app) as client:
        waiting = [asyncio.create_task(client.get("/v1/attente")) for _ in range(2)]
        while metrics.registry.get_sample_value("logis_requests_in_flight", {"service": "essai"}) != 2:
            await asyncio.sleep(0)
        turned_away = await client.get("/v1/attente")
        refused(turned_away, 429, "trop-de-requetes")
        assert turned_away.headers["retry-after"] == "1"
        assert (await client.get("/v1/dossiers")).status_code == 200
        app.state.drain.stop()
        assert [(await one).json() for one in waiting] == [{"arret": True}] * 2


async def test_each_token_has_its_own_rate(sample: Sample) -> None:
    app = sample.app(rate=Rate(per_second=0.5, burst=3))
    async with (
        sample.client(app) as first,
        sample.client(app, "gestionnaire-alsace", "gestionnaire", "agent-2") as second,
    ):
        statuses = [(await first.get("/v1/dossiers")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        turned_away = await first.get("/v1/dossiers")
        refused(turned_away, 429, "trop-de-requetes")
        assert turned_away.headers["retry-after"] == "2"
        assert (await second.get("/v1/dossiers")).status_code == 200


# --- health and metrics ---------------------------------------------------------------------------------------------------


async def test_health_and_metrics_need_no_token(sample: Sample) -> None:
    app = sample.app()
    async with sample.client(app) as client:
        await client.get("/v1/dossiers")
        await client.get("/v1/nulle-part")
        del client.headers["authorization"]
        assert (await client.get("/health/live")).json() == {"service": "essai", "vivant": True}
        assert (await client.get("/health/ready")).json() == {"service": "essai", "pret": True, "manque": []}
        figures = (await client.get("/metrics")).text
        assert 'logis_request_seconds_count{operation="lister_dossiers",service="essai",status="2xx"} 1.0' in figures
        assert 'logis_request_seconds_count{operation="-",service="essai",status="4xx"} 1.0' in figures
        app.state.drain.stop()
        stopping = await client.get("/health/ready")
        assert (stopping.status_code, stopping.json()["manque"]) == (503, ["arret-en-cours"])


# --- contract -------------------------------------------------------------------------------------------------------------


async def test_the_openapi_tells_every_problem_with_an_example(essai: httpx.AsyncClient) -> None:
    document = (await essai.get("/openapi.json")).json()
    closing = document["paths"]["/v1/dossiers/{identifier}/cloture"]["post"]
    assert set(closing["responses"]) == {
        *("204", "400", "401", "403", "404", "409", "410", "412", "413", "415", "422", "428", "429", "503", "504")
    }
    conflict = closing["responses"]["409"]["content"][MEDIA_TYPE]
    assert conflict["schema"] == {"$ref": "#/components/schemas/Probleme"}
    assert conflict["examples"]["deja-clos"]["value"]["status"] == 409
    assert "HTTPValidationError" not in json.dumps(document)
    assert closing["security"] == [{"jeton": []}]
    demanded = {one["name"]: (one["required"], one["schema"]) for one in closing["parameters"] if one["in"] == "header"}
    assert demanded["If-Match"] == (True, {"type": "string", "pattern": '^"([0-9]{1,9})"$'})
    assert demanded["Idempotency-Key"][0] is False
    creation = document["paths"]["/v1/dossiers"]["post"]["parameters"]
    assert [one["required"] for one in creation if one["name"] == "Idempotency-Key"] == [True]


async def test_a_service_behind_a_prefix_answers_and_links_as_one_that_is_alone(sample: Sample) -> None:
    limits = LimitTable(Limits(), {"/v1/colis": Limits(body_bytes=10)})
    together = Starlette(routes=[Mount("/essai", sample.app(limits=limits))])
    async with sample.client(together) as client:
        made = [await client.post("/essai/v1/dossiers", json=DOSSIER, headers=new_key()) for _ in range(2)]
        assert (await client.get(made[0].headers["location"])).json()["titulaire"] == "Jeanne Weber"
        first = await client.get("/essai/v1/dossiers", params={"limite": "1"})
        second = await client.get(first.url.join(first.json()["suivant"]))
        assert {page.json()["elements"][0]["id"] for page in (first, second)} == {one.json()["id"] for one in made}
        refused(await client.post("/essai/v1/colis", json={"titre": "abc"}), 413, "corps-trop-gros")
        assert (await client.get("/essai/openapi.json")).json()["servers"] == [{"url": "/essai"}]
        del client.headers["authorization"]
        assert (await client.get("/essai/health/live")).status_code == 200
        refused(await client.get("/essai/v1/dossiers"), 401, "jeton-absent")


async def test_every_problem_is_counted_and_logged_by_its_code(
    sample: Sample, log_lines: list[dict[str, object]]
) -> None:
    metrics = Metrics.create()
    async with sample.client(sample.app(metrics=metrics)) as client:
        await client.post("/v1/colis", json={})
        await client.get("/v1/panne")
    for code in ("donnees-invalides", "erreur-interne"):
        assert metrics.registry.get_sample_value("logis_refused_total", {"service": "essai", "code": code}) == 1
    assert [line["problem"] for line in log_lines if line["event"] == "request"] == [
        "donnees-invalides",
        "erreur-interne",
    ]
