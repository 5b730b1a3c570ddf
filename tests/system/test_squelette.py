"""The walking skeleton: one demande deposited over HTTP, scored, explained, attested by mail; and again after kills."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from benchmarks.latence import change, deposit, depot
from benchmarks.region import Region
from tests.region import region_et_courriel

EMAIL = "camille.essai@example.org"
_TRANSPORTS = pytest.mark.parametrize(
    "options", [pytest.param((), id="feed"), pytest.param(("--kafka",), id="kafka", marks=pytest.mark.kafka)]
)


def _avec_courriel() -> dict[str, object]:
    body = depot(1)
    body["personnes"]["p1"] |= {"courriel": EMAIL, "avis_electroniques": True}
    return body


@_TRANSPORTS
async def test_one_demande_one_score_one_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    with region_et_courriel(tmp_path / "region", monkeypatch, *options) as (region, boite):
        async with region.client() as client:
            headers = {"Idempotency-Key": str(uuid4())}
            answers = [
                await client.post("/demande/v1/demandes", json=_avec_courriel(), headers=headers) for _ in range(2)
            ]
            assert [answer.status_code for answer in answers] == [201, 201]
            assert answers[0].json() == answers[1].json()
            assert answers[1].headers["Idempotency-Replayed"] == "true"
            demande = answers[0].json()["demande"]
            notes = await _notes(client, demande, answers[0].headers["Logis-Curseur"])
            assert [note["lieu"] for note in notes] == ["67482", "68224"]
            await change(client, demande, answers[0].headers["ETag"])
            await _until(lambda: len(boite.recus) >= 1)
        assert len(boite.recus) == 1
        assert boite.recus[0][0] == EMAIL


@_TRANSPORTS
async def test_kills_lose_no_acknowledged_write_and_double_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """The worker is killed again and again while demandes come in; then every demande has its scores and its one mail."""
    with region_et_courriel(tmp_path / "region", monkeypatch, "--processes", *options) as (region, boite):
        async with region.client() as client:
            acknowledged: list[str] = []
            for rang in range(24):
                acknowledged.append((await deposit(client, rang))[0])
                if rang % 4 == 3:
                    await _kill_one_worker(region, rang)
            for demande in acknowledged:
                assert len(await _notes(client, demande)) == 2
        assert len(set(acknowledged)) == 24
        assert len(boite.recus) == 0  # none of them gave an address


async def _notes(client: httpx.AsyncClient, demande: str, cursor: str | None = None) -> list[dict[str, str]]:
    headers = {"Logis-Curseur": cursor} if cursor else {}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = await client.get(f"/cotation/v1/cotations/{demande}", headers=headers)
        if answer.status_code == 200:
            return list(answer.json()["notes"])
        await asyncio.sleep(0.2)
    raise AssertionError(f"{demande} was never scored: {answer.text}")


async def _until(condition: Callable[[], bool], seconds: float = 40) -> None:
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never came")


async def _kill_one_worker(region: Region, rang: int) -> None:
    """SIGKILL to one of the region's workers, in turn: its supervisor starts another."""
    await _until(lambda: bool(_workers(region)))
    workers = _workers(region)
    os.kill(workers[rang % len(workers)], signal.SIGKILL)


def _workers(region: Region) -> list[int]:
    processes = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return sorted(pid for pid in processes if _is_worker(pid, region.process.pid))


def _is_worker(pid: int, parent: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        of = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return False
    return b"worker" in command and of == parent
