"""What a process says of its journal and of its consumers: read from a real database, when it is asked."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as familles
from sqlalchemy import text

from services.chassis.fabric import Fabric
from services.chassis.telemetry import figures
from services.chassis.telemetry.figures import Figures, ServiceFigures
from services.chassis.telemetry.metrics import Metrics
from services.demande.service import SERVICE
from tests.demande.integration.monde import Registre
from tests.demande.integration.notes import consommateur, jusqua, noter
from tests.journal import wait_until_readable
from tests.notifications.integration.monde import servi

NOTES = {"consumer": "demande.notes", "source": "cotation"}


@pytest.fixture(autouse=True)
def _sans_memoire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reading is a fresh one."""
    monkeypatch.setattr(figures, "_KEPT_SECONDS", 0.0)


async def _mesure(url: str, nom: str, **etiquettes: str) -> float:
    """A figure of the register, as Prometheus reads it."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        page = (await client.get("/metrics")).raise_for_status().text
    attendues = {"service": "demande", **etiquettes}
    [valeur] = [s.value for f in familles(page) for s in f.samples if s.name == nom and s.labels == attendues]
    return valeur


async def _pret(url: str) -> list[str]:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        return (await client.get("/health/ready")).json()["manque"]  # type: ignore[no-any-return]


async def test_un_evenement_retenu_par_une_transaction_longue_a_un_age(monde: Registre) -> None:
    async with monde.fabric.database.engine.begin() as longue:
        await longue.execute(text("select pg_current_xact_id()"))
        await monde.deposer(None)
        assert await _mesure(monde.url, "logis_journal_age_seconds") > 0

    async with asyncio.timeout(30):  # another test's transaction holds the horizon of the whole cluster
        while await _mesure(monde.url, "logis_journal_age_seconds"):
            await asyncio.sleep(0.05)


async def test_ce_que_le_relais_n_a_pas_publie_a_un_age(monde: Registre) -> None:
    await monde.deposer(None)
    pool, metrics = monde.fabric.database.pool, Metrics.create()
    lues = Figures(metrics, [ServiceFigures("demande", pool, (), "sujet")])

    await lues.refresh()
    en_attente = metrics.relay_age.labels("demande")._value.get()
    await pool.execute(
        "insert into relay_mark select 'sujet', epoch, xid::text::bigint, position from event order by 2, 3, 4 desc limit 1"
    )
    await pool.execute("update relay_mark set position = (select max(position) from event)")
    await lues.refresh()

    assert en_attente > 0
    assert metrics.relay_age.labels("demande")._value.get() == 0


async def test_le_retard_d_un_consommateur_se_voit_et_retombe(cote: tuple[Fabric, Fabric]) -> None:
    """Not ready while the consumer is a minute late; ready once it has caught up, and from then on."""
    demande, cotation = cote
    il_y_a_une_minute = datetime.now(UTC) - timedelta(minutes=1)
    for _ in range(3):
        await noter(cotation, uuid4(), "10", il_y_a_une_minute)
    await wait_until_readable(cotation.journal)
    async with servi(SERVICE, demande) as url:
        assert await _mesure(url, "logis_consumer_lag_events", **NOTES) == 3
        assert await _mesure(url, "logis_consumer_lag_seconds", **NOTES) >= 60
        assert await _pret(url) == ["consommateurs-a-jour"]
        async with _consomme(demande):
            await jusqua(demande, "select count(*) from note_v1", 3)
        assert await _mesure(url, "logis_consumer_lag_events", **NOTES) == 0
        assert await _mesure(url, "logis_consumer_lag_seconds", **NOTES) == 0
        assert await _pret(url) == []
        await noter(cotation, uuid4(), "10", il_y_a_une_minute)
        assert await _pret(url) == []


async def test_un_message_mis_de_cote_se_compte(cote: tuple[Fabric, Fabric]) -> None:
    demande, cotation = cote
    async with servi(SERVICE, demande) as url:
        assert await _mesure(url, "logis_parked", consumer="demande.notes") == 0
        async with demande.database.engine.begin() as connection:
            await connection.execute(text("alter table note_v1 add check (total < 100)"))
        await noter(cotation, uuid4(), "100")
        async with _consomme(demande):
            await jusqua(demande, "select count(*) from parked_event", 1)
        assert await _mesure(url, "logis_parked", consumer="demande.notes") == 1


async def test_une_source_qui_ne_repond_pas_n_a_pas_de_retard_connu(cote: tuple[Fabric, Fabric]) -> None:
    demande, _ = cote
    injoignable = demande.settings.model_copy(update={"cotation_url": "http://127.0.0.1:9"})
    async with servi(SERVICE, replace(demande, settings=injoignable, _clients={})) as url:
        retard = await _mesure(url, "logis_consumer_lag_events", **NOTES)
        assert retard != retard  # noqa: PLR0124 (NaN)
        assert await _pret(url) == []


@asynccontextmanager
async def _consomme(demande: Fabric) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(consommateur(demande).run(stop))
        try:
            yield
        finally:
            stop.set()


async def test_deux_workers_d_une_machine_disent_chacun_leurs_mesures(cote: tuple[Fabric, Fabric]) -> None:
    """On the same environment, each on a port of its own; the stop is clean."""
    demande, _ = cote
    settings = demande.settings
    env = os.environ | {
        "LOGIS_DEMANDE_DSN": settings.dsn("demande"),
        "LOGIS_COTATION_URL": settings.url("cotation"),
        "LOGIS_KEYS_DSN": settings.dsn("keys"),
        "LOGIS_REGION": str(settings.region),
        "LOGIS_KEK_FILE": str(settings.kek_file),
        "LOGIS_TOKEN_FILE": str(settings.token_file),
    }
    commande = (sys.executable, "-m", "services.logis", "demande", "worker")
    workers = [
        await asyncio.create_subprocess_exec(*commande, env=env, stderr=asyncio.subprocess.PIPE) for _ in range(2)
    ]
    try:
        ports = [await _port(worker) for worker in workers]
        assert len(set(ports)) == 2
        for port in ports:
            url = f"http://127.0.0.1:{port}"
            assert await _pret(url) == []
            assert await _mesure(url, "logis_consumer_lag_events", **NOTES) == 0
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            sorties = [(await worker.communicate(), worker.returncode) for worker in workers]
    assert [code for _, code in sorties] == [0, 0]


async def _port(worker: asyncio.subprocess.Process) -> int:
    assert worker.stderr is not None
    async with asyncio.timeout(60):
        while line := await worker.stderr.readline():
            if b'"event": "probes"' in line:
                return int(json.loads(line)["port"])
    raise AssertionError("the worker ended without saying its port")
