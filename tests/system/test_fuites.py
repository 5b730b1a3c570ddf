"""What a person told stays sealed: it is looked for, as bytes, in all that a region writes; unsealed, the same look finds it."""

import asyncio
import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.latence import change, depot
from benchmarks.region import Region, region_up
from services.chassis.embedded.postgres import EmbeddedPostgres
from tests.conftest import ROOT
from tests.notifications.integration.monde import Boite, serveur_de_courriel

PLANTES = {
    "nom": "Quévremont-Zyxwalt",
    "prenom": "Ermenhilde-Zoë",
    "courriel": "ermenhilde.zyxwalt@example.org",
    "telephone": "0698715243",
    "voie": "rue des Ménétriers-Wxyz",
    "naissance": "1931-07-19",
}
SERVICES = ("demande", "cotation", "flux", "notifications", "keys")
# Imported by each process at its start, before any code of Logis: what is sealed is then what was given.
DESCELLE = """
import services.chassis.vault.sealing as sealing
sealing.seal = lambda key, place, clear: clear
sealing.unseal = lambda key, place, sealed: sealed
"""
# A long value would be compressed, and nothing could be recognised in it.
SANS_COMPRESSION = """
do $$ declare c record; begin
  for c in select table_name, column_name from information_schema.columns
           where table_schema = 'public' and data_type in ('bytea', 'text', 'jsonb') and table_name <> 'alembic_version'
  loop execute format('alter table %I alter column %I set storage external', c.table_name, c.column_name); end loop;
end $$"""


@pytest.mark.kafka
async def test_nothing_personal_is_written_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the broker, so that topics are looked into too: they carry the same bytes as the feed."""
    trouves = await _vivre_et_chercher(tmp_path, monkeypatch, "--kafka")
    assert trouves == {}


async def test_unsealed_the_same_look_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "descelle").mkdir()
    (tmp_path / "descelle" / "sitecustomize.py").write_text(DESCELLE)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'descelle'}{os.pathsep}{ROOT}")
    trouves = await _vivre_et_chercher(tmp_path, monkeypatch)
    assert {quoi for quoi, _ in trouves} == set(PLANTES)
    assert {ou for _, ou in trouves} >= {"demande.sql", "pg_wal", "base"}


async def _vivre_et_chercher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *options: str
) -> dict[tuple[str, str], int]:
    """A demande deposited, scored, changed, attested by mail, read back; then (planted fact, place) found, and how often."""
    boite = Boite()
    monkeypatch.setenv("LOGIS_LOG_LEVEL", "debug")
    with serveur_de_courriel(boite) as port:
        for name, value in {
            "HOST": "127.0.0.1",
            "PORT": port,
            "SECURITY": "aucune",
            "FROM": "ne-pas@example.org",
        }.items():
            monkeypatch.setenv(f"LOGIS_SMTP_{name}", str(value))
        with region_up(tmp_path / "region", *options) as region:
            cluster = EmbeddedPostgres(region.folder / "postgres")
            for service in SERVICES:
                cluster.sql(SANS_COMPRESSION, database=f"logis_{service}")
            await _vivre(region, boite)
            for service in SERVICES:
                (tmp_path / "region" / f"{service}.sql").write_bytes(_dump(cluster, f"logis_{service}"))
            cluster.sql("checkpoint")
    return _chercher({"journal": tmp_path / "region.log", "region": tmp_path / "region", "base": cluster.data})


async def _vivre(region: Region, boite: Boite) -> None:
    corps = depot(1)
    corps["personnes"]["p1"] |= {nom: PLANTES[nom] for nom in PLANTES if nom != "voie"}
    corps["personnes"]["p1"] |= {
        "avis_electroniques": True,
        "adresse": {"numero": "12", "voie": PLANTES["voie"], "code_postal": "67000", "commune": "67482"},
    }
    async with region.client() as client, asyncio.timeout(240):
        cle = {"Idempotency-Key": str(uuid4())}
        reponses = [await client.post("/demande/v1/demandes", json=corps, headers=cle) for _ in range(2)]
        assert [reponse.status_code for reponse in reponses] == [201, 201], reponses[0].text
        demande = reponses[0].json()["demande"]
        await change(client, demande, reponses[0].headers["ETag"])
        assert PLANTES["nom"] in (await client.get(f"/demande/v1/demandes/{demande}")).text
        refusee = await client.post("/demande/v1/demandes", json=corps | {"inconnu": PLANTES["nom"]}, headers=cle)
        assert 400 <= refusee.status_code < 500
        while not boite.recus:
            await asyncio.sleep(0.1)


def _dump(cluster: EmbeddedPostgres, database: str) -> bytes:
    command = [str(cluster.tool("pg_dump")), "--no-owner"]
    return subprocess.run(command, check=True, capture_output=True, env=cluster.environment(database)).stdout


def _chercher(lieux: dict[str, Path]) -> dict[tuple[str, str], int]:
    """The keys' own files are looked into as well: nothing of a person is there either."""
    cherches = [(quoi, forme) for quoi, texte in PLANTES.items() for forme in set(_formes(texte))]
    trouves: dict[tuple[str, str], int] = {}
    for nom, lieu in lieux.items():
        fichiers = [lieu] if lieu.is_file() else [chemin for chemin in lieu.rglob("*") if chemin.is_file()]
        assert fichiers, f"{nom} : rien n'a été écrit"
        for chemin in fichiers:
            contenu = chemin.read_bytes()
            ou = "pg_wal" if "pg_wal" in chemin.parts else chemin.name if chemin.suffix == ".sql" else nom
            for quoi, forme in cherches:
                if n := contenu.count(forme):
                    trouves[quoi, ou] = trouves.get((quoi, ou), 0) + n
    return trouves


def _formes(texte: str) -> Iterator[bytes]:
    """The bytes that a text may be written as: UTF-8, Latin-1, escaped JSON, hexadecimal, base64 wherever it begins."""
    brut = texte.encode()
    yield from (brut, texte.encode("latin-1"), json.dumps(texte)[1:-1].encode(), brut.hex().encode())
    for avant in range(3):
        code = base64.b64encode(b"\0" * avant + brut)
        yield code[(0, 2, 3)[avant] : (avant + len(brut)) * 8 // 6]


def test_each_form_is_found_wherever_it_begins() -> None:
    for avant in range(6):
        for apres in range(3):
            entoure = base64.b64encode(b"x" * avant + PLANTES["nom"].encode() + b"y" * apres)
            assert any(forme in entoure for forme in _formes(PLANTES["nom"]))
