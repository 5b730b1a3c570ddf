"""Attestations sent: from the queue to the mail server, each read, written, posted and proved.

Setting: `logis up` (APIs in one process, workers in another, one PostgreSQL), 2,000 demandes deposited over HTTP while no mail
server answers; then a real SMTP server (aiosmtpd, in this process) opens, and the time counts from the first mail that it takes
to the last. Each mail is the attestation (9 kB, text and HTML), its recipient read from the register in batches over HTTP, its
SHA-256 and its event in the journal. The baseline is aiosmtplib alone posting the same bytes to the same server through as many
connections: no register, no template, no database.
"""

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiosmtplib
import httpx
import uvloop
from aiosmtpd.controller import Controller

from benchmarks.latence import depot
from benchmarks.region import region_up
from benchmarks.report import report
from services.chassis.embedded.processes import free_port

DEMANDES = 2_000
CONNEXIONS = 4
_EN_COURS = 16
_LONGEST_SECONDS = 300


class Boite:
    """Takes every mail, and when."""

    def __init__(self) -> None:
        self.instants: list[float] = []
        self.dernier = b""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.instants.append(time.perf_counter())
        self.dernier = envelope.original_content
        return "250 recu"

    def par_seconde(self) -> float:
        """Mails a second, from the first to the last."""
        return (len(self.instants) - 1) / (self.instants[-1] - self.instants[0])


async def deposer(client: httpx.AsyncClient, nombre: int) -> None:
    """Deposit demandes whose applicants gave an address."""
    rangs = iter(range(nombre))

    async def un_guichet() -> None:
        for rang in rangs:
            body = depot(rang)
            body["personnes"]["p1"]["courriel"] = f"essai{rang}@example.org"
            headers = {"Idempotency-Key": str(uuid4())}
            (await client.post("/demande/v1/demandes", json=body, headers=headers)).raise_for_status()

    await asyncio.gather(*(un_guichet() for _ in range(_EN_COURS)))


async def jusqua(boite: Boite, nombre: int) -> None:
    """Wait until as many mails came."""
    async with asyncio.timeout(_LONGEST_SECONDS):
        while len(boite.instants) < nombre:  # noqa: ASYNC110 (they come in the server's own thread)
            await asyncio.sleep(0.1)


async def seul(port: int, contenu: bytes, nombre: int) -> None:
    """The baseline: the same bytes, posted and nothing else."""
    rangs = iter(range(nombre))

    async def une_connexion() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            for rang in rangs:
                await smtp.sendmail("logis@example.org", [f"essai{rang}@example.org"], contenu)

    await asyncio.gather(*(une_connexion() for _ in range(CONNEXIONS)))


def servir(boite: Boite, port: int) -> Controller:
    """The mail server, open."""
    controller = Controller(boite, hostname="127.0.0.1", port=port)
    controller.start()
    return controller


async def mesurer(dossier: Path, nombre: int) -> None:
    """Run the setting and print the figure."""
    port, boite, nue = free_port("127.0.0.1"), Boite(), Boite()
    os.environ |= {
        "LOGIS_SMTP_HOST": "127.0.0.1",
        "LOGIS_SMTP_PORT": str(port),
        "LOGIS_SMTP_SECURITY": "aucune",
        "LOGIS_SMTP_FROM": "logis@example.org",
    }
    with region_up(dossier) as region:
        async with region.client() as client:
            await deposer(client, nombre)
        await asyncio.sleep(5)  # the consumers take in the last demandes: what is measured is the sending alone
        controller = servir(boite, port)
        try:
            await jusqua(boite, nombre)
        finally:
            controller.stop()
    controller = servir(nue, port)
    try:
        await seul(port, boite.dernier, nombre)
    finally:
        controller.stop()
    print(
        f"{nombre} attestations : {boite.par_seconde():.0f} par seconde ; les mêmes octets seuls : {nue.par_seconde():.0f}"
    )
    report(
        "courriels",
        n=nombre,
        value=boite.par_seconde(),
        unit="courriels/s",
        baseline="aiosmtplib, les mêmes octets",
        ratio=boite.par_seconde() / nue.par_seconde(),
        octets=len(boite.dernier),
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demandes", type=int, default=DEMANDES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="logis-courriels-") as folder:
        uvloop.run(mesurer(Path(folder) / "region", options.demandes))


if __name__ == "__main__":
    main()
