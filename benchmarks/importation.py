"""Importing an SNE file: demandes read, validated, sealed and journalled a second, by the command that a sync job runs.

Setting: `logis demande importer FILE --json` in a process of its own on a fresh register (one PostgreSQL, fsync on), one file
of 02.01 of the generator, one demande in a hundred spoiled; from the start of the process to its exit, start of Python
included. Processor time is told apart from the clock: of the command with the processes that it starts, and of PostgreSQL.
The baseline is a bare COPY of the very same bytes (the events that the import wrote) into a table without any index, in
transactions of as many rows: nothing is read, validated, sealed nor indexed. `--n 100000`: the same rate is expected.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from benchmarks.report import report
from demo.manifeste import Manifeste, Parametres, generer
from demo.region import lire_region
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.migration import migrate
from services.chassis.processes import VAULT
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing
from services.demande.service import SERVICE

DEMANDES = 10_000
LE = date(2026, 11, 1)
_ROWS = 300
"""Rows a transaction of the baseline: those of a batch of the import."""

_READ = "select stream, version, id, type, schema, recorded_at, data, sealed, metadata, hash from event"
_BARE = f"create table bare as {_READ} with no data"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the clock, and of processor by the command and by PostgreSQL."""

    clock: float
    command: float
    postgres: float


def cpu_of(pid: int) -> float:
    """Seconds of processor of a process and of its children, alive or waited for."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(entry.name) == pid:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == pid:
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def imported(file: Path, environment: dict[str, str], postmaster: int) -> tuple[dict[str, Any], Cost]:
    """The report of the command, and what it cost."""
    command = [sys.executable, "-m", "services.logis", "demande", "importer", str(file), "--le", str(LE), "--json"]
    before, database = resource.getrusage(resource.RUSAGE_CHILDREN), cpu_of(postmaster)
    start = time.perf_counter()
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr[-3000:])
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), Cost(clock, spent, cpu_of(postmaster) - database)


async def copied(dsn: str) -> float:
    """Seconds to copy the same rows into a bare table."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(_READ)
    await connection.execute(_BARE)
    start = time.perf_counter()
    for first in range(0, len(rows), _ROWS):
        await connection.copy_records_to_table("bare", records=rows[first : first + _ROWS])
    spent = time.perf_counter() - start
    await connection.close()
    return spent


def expected(manifest: Manifeste, found: dict[str, Any]) -> None:
    """The import took and told what the generator says, no more and no less."""
    attendu = manifest.demandes[0].attendu
    assert (found["importees"], found["incompletes"], found["refusees"], found["deja_connues"]) == (
        attendu.importees,
        attendu.incompletes,
        attendu.refusees,
        0,
    )


def measure(folder: Path, postgres: EmbeddedPostgres, count: int) -> None:
    """Run the setting and print the figure."""
    manifest = generer(Parametres(count, 1, LE, LE.year, logements=1), lire_region(), folder)
    for name, branches in (("demande", SERVICE.branches), ("cles", VAULT)):
        postgres.create_database(name)
        asyncio.run(migrate(postgres.dsn(name), branches))
    environment = {
        "LOGIS_REGION": str(REGION.absolute()),
        "LOGIS_DEMANDE_DSN": postgres.dsn("demande"),
        "LOGIS_KEYS_DSN": postgres.dsn("cles"),
        "LOGIS_KEK_FILE": str(FileKekRing.create(folder / "trousseau.json").path),
    }
    postmaster = int((postgres.data / "postmaster.pid").read_text().split()[0])
    file = folder / manifest.demandes[0].chemin
    found, cost = imported(file, environment, postmaster)
    expected(manifest, found)
    bare = uvloop.run(copied(postgres.plain_dsn("demande")))
    each = 1e6 / count
    print(
        f"{count:,} demandes, {file.stat().st_size / 1e6:.0f} MB: {cost.clock:.2f} s; processor a demande: command"
        f" {cost.command * each:.0f} µs, PostgreSQL {cost.postgres * each:.0f} µs; bare COPY of the rows {bare:.2f} s"
    )
    report(
        "importation",
        n=count,
        value=count / cost.clock,
        unit="demandes/s",
        baseline="bare COPY of the same events, no index, nothing read nor sealed",
        ratio=bare / cost.clock,
        processeur_us=round(cost.command * each),
        postgres_us=round(cost.postgres * each),
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=DEMANDES)
    options = parser.parse_args()
    print(__doc__)
    with tempfile.TemporaryDirectory(prefix="logis-importation-") as folder, EmbeddedPostgres(Path(folder)) as postgres:
        measure(Path(folder) / "envoi", postgres, options.n)


if __name__ == "__main__":
    main()
