"""A real API process told to stop: it answers what waits and what works, accepts nothing new, and is gone in time."""

import asyncio
import signal
import time

import httpx
from sqlalchemy import text

from tests.chassis.integration.http.conftest import Sample
from tests.chassis.integration.http.test_edge import until

ASLEEP = """
select count(*) from pg_stat_activity
where datname = current_database() and state = 'active' and query like 'select pg_sleep%'"""


async def test_a_stop_answers_the_long_polls_and_lets_work_finish(sample: Sample, api_processes) -> None:
    [address] = await api_processes(1)
    [process] = api_processes.processes
    headers = {"Authorization": f"Bearer {sample.token()}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30, verify=False) as client:
        polls = [asyncio.create_task(client.get("/v1/attente")) for _ in range(3)]
        work = asyncio.create_task(client.get("/v1/lenteur", params={"secondes": "2"}))
        await until(sample.database, ASLEEP)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*polls)
        polled = time.monotonic() - started
        assert [answer.json() for answer in answers] == [{"arret": True}] * 3
        assert polled < 1.5, f"the long-polls delayed the stop by {polled:.1f} s"
        assert (await work).json() == {"fait": True}
        await asyncio.wait_for(process.wait(), 10)
        assert time.monotonic() - started < 10
        assert process.returncode == 0, "the process did not come to its own end, where it closes its databases"


async def test_work_that_does_not_finish_does_not_hold_the_stop(sample: Sample, api_processes) -> None:
    [address] = await api_processes(1, LOGIS_SHUTDOWN_SECONDS="1", LOGIS_REQUEST_SECONDS="60")
    [process] = api_processes.processes
    headers = {"Authorization": f"Bearer {sample.token()}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30, verify=False) as client:
        work = asyncio.create_task(client.get("/v1/lenteur", params={"secondes": "50"}))
        await until(sample.database, ASLEEP)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 10)
        assert time.monotonic() - started < 10
        [outcome] = await asyncio.gather(work, return_exceptions=True)
        assert isinstance(outcome, httpx.TransportError) or outcome.status_code >= 500
    async with asyncio.timeout(5):  # left alone, the statement would sleep for 50 s
        while await asleep(sample):
            await asyncio.sleep(0.02)


async def asleep(sample: Sample) -> int:
    async with sample.database.engine.connect() as connection:
        return int((await connection.execute(text(ASLEEP))).scalar_one())
