"""`logis verify`: the whole region checked against itself.

Exit codes: 0 conform; 1 there are discrepancies; 78 a setting is missing.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from services.chassis.fabric import Fabric, open_fabric
from services.chassis.service import Assembly, Service
from services.chassis.settings import Settings, settings_or_exit
from services.chassis.verification import Controle
from services.chassis.verification.journal import LATE, chains, consumers, parked
from services.region_cli import ALL
from services.verification_notes import notes_recues

_WAIT_SECONDS = 120.0
_POLL_SECONDS = 0.5


def verify(
    *,
    en_json: Annotated[bool, typer.Option("--json", help="Un document JSON, pour les machines.")] = False,
    attendre: Annotated[float, typer.Option(help="Secondes laissées aux consommateurs pour se mettre à jour.")] = 10.0,
) -> None:
    """Vérifier que tout ce qui est gardé est ce que disent les événements, les faits et les grilles."""
    settings = [settings_or_exit(service.name, "rebuild") for service in ALL].pop()
    controles = uvloop.run(verifier(ALL, settings, attendre))
    conforme = all(controle.conforme for controle in controles)
    console = Console(highlight=False)
    if en_json:
        console.print_json(data={"controles": [c.document() for c in controles], "conforme": conforme})
    else:
        console.print(_table(controles))
        for controle in controles:
            for ecart in controle.document()["premiers_ecarts"]:  # type: ignore[attr-defined]
                console.print(f"  {controle.nom} — {ecart}", markup=False)
        console.print("Conforme." if conforme else "Non conforme.")
    raise typer.Exit(0 if conforme else 1)


async def verifier(services: Sequence[Service], settings: Settings, wait: float = _WAIT_SECONDS) -> list[Controle]:
    """Every check of every service. wait: seconds given to consumers that are late."""
    async with AsyncExitStack() as stack:
        opened: list[tuple[Service, Fabric, Assembly]] = []
        for service in services:
            fabric = await stack.enter_async_context(open_fabric(service.name, settings))
            opened.append((service, fabric, service.assemble(fabric)))
        taken = await _taken(opened, wait)
        found: list[Controle] = []
        for service, fabric, assembly in opened:
            found.append(await chains(service.name, fabric.database, fabric.journal))
            found.append(await parked(service.name, fabric.database))
            if service.verify is not None:
                found += await service.verify(fabric, assembly.store)
        pools = {fabric.service: fabric.database.pool for _, fabric, _ in opened}
        if {"demande", "cotation"} <= pools.keys():
            found.append(await notes_recues(pools["demande"], pools["cotation"]))
        return found + taken


async def _taken(opened: Sequence[tuple[Service, Fabric, Assembly]], wait: float) -> list[Controle]:
    """What the consumers took, once they have caught up or the time is over."""
    readers = {fabric.service: fabric.database.pool for _, fabric, _ in opened}
    deadline = time.monotonic() + wait
    while True:
        found = [c for _, fabric, a in opened for c in await consumers(a.publication, fabric.journal, readers)]
        late = any(ecart.startswith(LATE) for controle in found for ecart in controle.ecarts)
        if not late or time.monotonic() > deadline:
            return found
        await asyncio.sleep(_POLL_SECONDS)


def _table(controles: Sequence[Controle]) -> Table:
    table = Table("contrôle", "examinés", "écarts", "effacés", title="Vérification")
    for controle in controles:
        table.add_row(
            controle.nom, f"{controle.examines:,}".replace(",", " "), str(len(controle.ecarts)), str(controle.effaces)
        )
    return table
