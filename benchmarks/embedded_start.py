"""How long the embedded PostgreSQL and the embedded broker take to be there.

Setting: a cluster five times, a broker three times, never both, in a temporary folder. Cold is an empty folder (initdb,
formatting), warm is existing data after a stop, recovered is after SIGKILL (PostgreSQL: having just inserted 2,000 rows). Each
time ends when a statement, or a metadata request, is answered. The baseline is `pg_ctl -w start` on the same cluster
(started, not yet asked anything). Without Java the broker's lines are left out and said so.
"""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg

from benchmarks.report import median, report
from services.chassis.embedded.account import account_for
from services.chassis.embedded.errors import OutilAbsent
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.embedded.kafka_jars import java
from services.chassis.embedded.part import EmbeddedPart
from services.chassis.embedded.postgres import EmbeddedPostgres

ROUNDS = 5
BROKER_ROUNDS = 3


def timed(act: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


async def write_until_killed(postgres: EmbeddedPostgres, count: int) -> None:
    connection = await asyncpg.connect(postgres.plain_dsn("bench"))
    await connection.execute("CREATE TABLE IF NOT EXISTS charge (valeur int)")
    for number in range(count):
        await connection.execute("INSERT INTO charge VALUES ($1)", number)
    postgres.kill()
    connection.terminate()


def pg_ctl_start(postgres: EmbeddedPostgres) -> float:
    """The baseline, run as the cluster's account."""
    command = [postgres.tool("pg_ctl"), "-w", "-s", "-D", postgres.data, "-l", postgres.log, "start"]
    options = account_for(postgres.data).as_process_options()
    taken = timed(lambda: subprocess.run(command, check=True, cwd=postgres.data, **options))
    postgres.end()
    return taken


def measure_postgres(folder: Path) -> None:
    cold, warm, bare, recovered = [], [], [], []
    for number in range(ROUNDS):
        postgres = EmbeddedPostgres(folder / f"postgres-{number}")
        cold.append(timed(postgres.start))
        postgres.create_database("bench")
        postgres.stop()
        warm.append(timed(postgres.start))
        postgres.stop()
        bare.append(pg_ctl_start(postgres))
        postgres.start()
        asyncio.run(write_until_killed(postgres, 2_000))
        recovered.append(timed(postgres.start))
        postgres.stop()
    times = f"cold {median(cold):.2f} s, warm {median(warm):.2f} s, recovered {median(recovered):.2f} s"
    print(f"PostgreSQL: {times}; pg_ctl {median(bare):.2f} s")
    report(
        "embedded-postgres-start",
        n=ROUNDS,
        value=median(warm),
        unit="s",
        baseline="pg_ctl -w start, same cluster",
        ratio=median(warm) / median(bare),
        cold_s=round(median(cold), 3),
        recovered_s=round(median(recovered), 3),
    )


def measure_kafka(folder: Path) -> tuple[list[float], list[float], list[float]]:
    cold, warm, recovered = [], [], []
    for number in range(BROKER_ROUNDS):
        broker: EmbeddedPart = KafkaBroker(folder / f"kafka-{number}")
        cold.append(timed(broker.start))
        broker.stop()
        warm.append(timed(broker.start))
        broker.kill()
        recovered.append(timed(broker.start))
        broker.stop()
    return cold, warm, recovered


def main() -> None:
    print(__doc__)
    folder = Path(tempfile.mkdtemp(prefix="logis-bench-"))
    folder.chmod(0o755)
    try:
        try:
            java()
            KafkaBroker().install()
            cold, warm, recovered = measure_kafka(folder)
            print(f"Kafka: cold {median(cold):.1f} s, warm {median(warm):.1f} s, recovered {median(recovered):.1f} s")
        except OutilAbsent as absent:
            print(f"Kafka: not measured. {absent}")
        measure_postgres(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
