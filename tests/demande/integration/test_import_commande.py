"""`logis demande importer` as a sync job runs it: told to stop or killed, run again, and nothing is lost nor written twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from demo.manifeste import Manifeste, Parametres, generer
from demo.region import lire_region
from services.chassis.database import plain
from services.chassis.embedded.processes import has_ended
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing

LE = date(2026, 11, 1)
_PATIENCE_SECONDES = 120


@pytest.fixture(scope="module")
def envoi(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifeste]:
    dossier = tmp_path_factory.mktemp("envoi")
    return dossier, generer(Parametres(2_000, 1, LE, 2026, logements=1), lire_region(), dossier)


@pytest.fixture
def environnement(gabarits: tuple[str, str], new_database: Callable[..., Any], tmp_path: Path) -> dict[str, str]:
    """What the command is told of an empty register."""
    return {
        "LOGIS_REGION": str(REGION.absolute()),
        "LOGIS_DEMANDE_DSN": new_database(gabarits[0]).dsn,
        "LOGIS_KEYS_DSN": new_database(gabarits[1]).dsn,
        "LOGIS_KEK_FILE": str(FileKekRing.create(tmp_path / "trousseau.json").path),
    }


def _lancer(fichier: Path, environnement: dict[str, str]) -> subprocess.Popen[bytes]:
    arguments = ("demande", "importer", str(fichier), "--le", LE.isoformat(), "--json")
    return subprocess.Popen(
        [sys.executable, "-m", "services.logis", *arguments],
        env=os.environ | environnement,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _enfants(pid: int) -> list[int]:
    return [int(enfant) for enfant in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _jusqua(atteint: Callable[[], Any]) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDES):
        while not await atteint():
            await asyncio.sleep(0.02)


async def test_un_import_arrete_puis_tue_reprend_jusqu_au_bout(
    envoi: tuple[Path, Manifeste], environnement: dict[str, str]
) -> None:
    attendu = envoi[1].demandes[0]
    fichier = envoi[0] / attendu.chemin
    base = await asyncpg.connect(plain(environnement["LOGIS_DEMANDE_DSN"]))
    fait = 0
    for coup in (signal.SIGTERM, signal.SIGKILL):
        avant = fait

        async def avance(avant: int = avant) -> bool:
            nonlocal fait
            fait = await base.fetchval("select max(ordre) from import_fichier") or 0
            return fait > avant

        processus = _lancer(fichier, environnement)
        await _jusqua(avance)
        lecteurs = _enfants(processus.pid)
        processus.send_signal(coup)
        assert await asyncio.to_thread(processus.communicate) is not None
        assert processus.returncode == -coup

        async def partis(lecteurs: list[int] = lecteurs) -> bool:
            return all(map(has_ended, lecteurs))

        await _jusqua(partis)
        assert len(lecteurs) == 1
    sortie, erreurs = await asyncio.to_thread(_lancer(fichier, environnement).communicate)
    bilan = json.loads(sortie)
    assert (bilan["importees"], bilan["incompletes"], bilan["refusees"]) == (
        attendu.attendu.importees,
        attendu.attendu.incompletes,
        attendu.attendu.refusees,
    ), erreurs
    assert [(une["ligne"], une["champ"], une["code"]) for une in bilan["lignes_refusees"]] == [
        (une.ligne, une.champ, une.code) for une in attendu.lignes_refusees
    ]
    numeros = await base.fetchval("select count(*) from stream_head where stream like 'numero-%'")
    assert (
        await base.fetchval("select count(*) from demande_v1 where statut = 'ACTIVE'") == numeros == bilan["importees"]
    )
    await base.close()
