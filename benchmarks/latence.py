"""From a change of a demande to its explained score, readable over HTTP.

Setting: `logis up` (four services' APIs in one process, workers in another, one PostgreSQL), 300 demandes with a place in each
EPCI. A change (PATCH of the motives) is acknowledged; then a GET of the explanation carries its `Logis-Curseur`: the time counts
from the acknowledgement to the answer that holds the change. Open loop: changes leave on a timetable, whatever the answers.
Baseline: the same GET when nothing changed. `--kafka` runs through a real broker. `--paliers` then raises the rate until the
median passes 250 ms: the last rate held is where it saturates.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvloop

from benchmarks.region import region_up
from benchmarks.report import report

DEMANDES = 300
MOTIFS = itertools.cycle([["01"], ["13"], ["11"], ["09", "12"]])


def depot(rang: int) -> dict[str, Any]:
    """A plain demande, with a place wished in each of the two EPCI."""
    return {
        "deposee_le": "2025-03-14",
        "guichet": "G6702",
        "recherche": {"typologies": ["T3"], "lieux": [{"commune": "67482"}, {"commune": "68224"}]},
        "dossier": {"motifs": ["01"], "logement": {"modeles": ["LP"], "loyer": 600}},
        "personnes": {
            "p1": {"role": "demandeur", "nom": f"Essai{rang}", "prenom": "Camille", "naissance": "1990-02-03"},
            "p2": {"role": "a_charge", "naissance": "2018-05-06"},
        },
    }


async def deposit(client: httpx.AsyncClient, rang: int) -> tuple[str, str]:
    """The demande's identifier and its ETag."""
    response = await client.post("/demande/v1/demandes", json=depot(rang), headers={"Idempotency-Key": str(uuid4())})
    response.raise_for_status()
    return response.json()["demande"], response.headers["ETag"]


async def change(client: httpx.AsyncClient, demande: str, etag: str) -> tuple[float, str]:
    """Seconds from the acknowledged change to the explanation that holds it, and the new ETag."""
    body = {"dossier": {"motifs": next(MOTIFS), "logement": {"modeles": ["LP"], "loyer": 600}}}
    changed = await client.patch(f"/demande/v1/demandes/{demande}/sections", json=body, headers={"If-Match": etag})
    changed.raise_for_status()
    start = time.perf_counter()
    while True:
        read = await client.get(
            f"/cotation/v1/cotations/{demande}/explication", headers={"Logis-Curseur": changed.headers["Logis-Curseur"]}
        )
        if read.status_code == 200 and read.headers["Logis-A-Jour"] == "oui":
            return time.perf_counter() - start, changed.headers["ETag"]


async def at_rate(client: httpx.AsyncClient, known: list[tuple[str, str]], rate: float, seconds: float) -> list[float]:
    """The latencies of changes leaving `rate` times a second; two changes of a demande never overlap."""
    free = asyncio.Queue[int]()
    for rang in range(len(known)):
        free.put_nowait(rang)
    latencies: list[float] = []

    async def one() -> None:
        rang = await free.get()
        latency, etag = await change(client, *known[rang])
        known[rang] = (known[rang][0], etag)
        latencies.append(latency)
        free.put_nowait(rang)

    start, tasks = time.perf_counter(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    return latencies


def quantiles(latencies: Sequence[float]) -> tuple[float, float]:
    """Median and 99th centile, in milliseconds."""
    return 1000 * statistics.median(latencies), 1000 * statistics.quantiles(latencies, n=100)[98]


async def measure(client: httpx.AsyncClient, transport: str, rate: float, seconds: float, *, steps: bool) -> None:
    known = [await deposit(client, rang) for rang in range(DEMANDES)]
    await at_rate(client, known, 20, 5)
    idle = []
    for demande, _ in known[:200]:
        start = time.perf_counter()
        (await client.get(f"/cotation/v1/cotations/{demande}/explication")).raise_for_status()
        idle.append(time.perf_counter() - start)
    held = 0.0
    for palier in (10, 25, 50, 75, 100, 150, 200, 250, 300) if steps else ():
        median, _ = quantiles(await at_rate(client, known, palier, 8))
        print(f"{palier}/s: p50 {median:.0f} ms")
        if median > 250:
            break
        held = palier
    latencies = await at_rate(client, known, rate, seconds)
    median, late = quantiles(latencies)
    base = 1000 * statistics.median(idle)
    print(
        f"{transport}, {rate:.0f} changes/s for {seconds:.0f} s: p50 {median:.0f} ms, p99 {late:.0f} ms; idle GET {base:.0f} ms"
    )
    report(
        f"latence-{transport}",
        n=len(latencies),
        value=median,
        unit="ms (p50)",
        baseline="the same GET with nothing to wait for",
        ratio=median / base,
        p99_ms=round(late, 1),
        rate_per_s=rate,
        held_per_s=held,
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kafka", action="store_true")
    parser.add_argument("--paliers", action="store_true")
    parser.add_argument("--debit", type=float, default=50)
    parser.add_argument("--secondes", type=float, default=20)
    options = parser.parse_args()
    print(__doc__)
    transport = "kafka" if options.kafka else "feed"
    with (
        tempfile.TemporaryDirectory() as folder,
        region_up(Path(folder) / "region", *(["--kafka"] if options.kafka else [])) as region,
    ):
        async with region.client() as client:
            await measure(client, transport, options.debit, options.secondes, steps=options.paliers)


if __name__ == "__main__":
    uvloop.run(main())
