"""`logis demande rebuild`: read models built again beside those in use, while people write, and put in their place."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.chassis.fabric import Fabric
from services.chassis.rebuild import inline
from services.chassis.rebuild.cli import rebuild
from services.chassis.rebuild.outcome import Compared, NotNow
from services.demande.service import SERVICE
from services.demande.verification import verifier
from tests.demande.integration.monde import Registre
from tests.demande.integration.notes import consommateur, jusqua, noter

PREMIERE = "select demande from demande_v1 order by demande limit 1"


def _muet(_etape: str, _fait: int, _total: int) -> None:
    """Nobody waits."""


async def _reconstruire(fabric: Fabric, *, flip: bool = True, **parts: Any) -> dict[str, Compared]:
    outcomes = await rebuild(fabric, SERVICE, parts.pop("told", _muet), flip=flip, **parts)
    assert all(outcome.flipped is flip and outcome.locked_seconds < 5 for outcome in outcomes)
    return {one.table: one for outcome in outcomes for one in outcome.compared}


async def _executer(fabric: Fabric, *instructions: str) -> None:
    async with fabric.database.engine.begin() as connection:
        for instruction in instructions:
            await connection.execute(text(instruction))


async def _modele(fabric: Fabric) -> Any:
    return (await verifier(fabric, SERVICE.assemble(fabric).store))[0]


@asynccontextmanager
async def _des_depots(monde: Registre) -> AsyncIterator[list[UUID]]:
    """Demandes deposited one after the other by two writers as long as the block lasts."""
    faits: list[UUID] = []
    fin = asyncio.Event()

    async def deposer() -> None:
        while not fin.is_set():
            faits.append(await monde.deposer(None))

    async with asyncio.TaskGroup() as writers:
        for _ in range(2):
            writers.create_task(deposer())
        try:
            yield faits
        finally:
            fin.set()


async def test_rien_ne_se_perd_de_ce_qui_s_ecrit_pendant_la_reconstruction(monde: Registre) -> None:
    """Rows changed, missing and in excess are shown and repaired; every deposit made meanwhile has its row."""
    avant = [await monde.deposer(None) for _ in range(6)]
    changee, absente, en_trop = *sorted(avant)[:2], uuid4()
    await _executer(
        monde.fabric,
        f"update demande_v1 set statut = 'RADIEE' where demande = '{changee}'",
        f"delete from demande_v1 where demande = '{absente}'",
        f"""insert into demande_v1 select '{en_trop}', version, statut, situation, deposee_le, territoire, guichet,
            valable_jusqu_au, attestee, lieux, typologies from demande_v1 where demande = '{changee}'""",
    )

    async with _des_depots(monde) as pendant:
        while len(pendant) < 10:
            await asyncio.sleep(0.01)
        compares = await _reconstruire(monde.fabric)
        bascule = len(pendant)
        while len(pendant) < bascule + 10:
            await asyncio.sleep(0.01)

    dites = {f"{changee} : autre", f"{absente} : absente", f"{en_trop} : en-trop"}
    assert set(compares["demande_v1"].first) == dites
    assert compares["demande_v1"].differing == 3
    gardees = {ligne.demande for ligne in await monde.lignes("select demande from demande_v1")}
    assert gardees == {*avant, *pendant}
    assert (await _modele(monde.fabric)).ecarts == ()
    assert not await monde.lignes("select 1 from pg_tables where schemaname in ('superseded', 'rebuild') "
                                  "and tablename <> 'progress'")  # fmt: skip


async def test_la_bascule_garde_index_et_contraintes_sous_leurs_noms(monde: Registre) -> None:
    definition = """
        select indexname, indexdef from pg_indexes where tablename in ('demande_v1', 'proposition_v1') and schemaname =
        'public' union all select conname, pg_get_constraintdef(oid) from pg_constraint
        where conrelid in ('demande_v1'::regclass, 'proposition_v1'::regclass) order by 1, 2"""
    avant = await monde.lignes(definition)

    await _reconstruire(monde.fabric)

    assert await monde.lignes(definition) == avant
    assert len(avant) > 10


async def test_comparer_ne_remplace_rien(monde: Registre) -> None:
    demande = await monde.deposer(None)
    await _executer(monde.fabric, "update demande_v1 set situation = 99")

    compares = await _reconstruire(monde.fabric, flip=False)

    assert compares["demande_v1"].first == (f"{demande} : autre",)
    assert [ligne.situation for ligne in await monde.lignes("select situation from demande_v1")] == [99]
    await _reconstruire(monde.fabric)
    assert (await _reconstruire(monde.fabric, flip=False))["demande_v1"].differing == 0


async def test_les_mises_a_disposition_et_les_offres_sont_repliees_de_meme(monde: Registre) -> None:
    mise = await monde.mettre_a_disposition()
    rendue = await monde.mettre_a_disposition()
    await monde.rendre(rendue)
    await _executer(
        monde.fabric,
        f"update mise_a_disposition_v1 set phase = 'OUVERTE' where mise_a_disposition = '{rendue}'",
        f"insert into proposition_v1 values ('{uuid4()}', '{uuid4()}', '{mise}', 'EN_COURS', 1, now(), now())",
    )

    compares = await _reconstruire(monde.fabric)

    assert compares["mise_a_disposition_v1"].first == (f"{rendue} : autre",)
    assert compares["proposition_v1"].differing == 1
    assert not await monde.lignes("select 1 from proposition_v1")


async def test_une_reconstruction_coupee_reprend_ou_elle_en_etait(
    monde: Registre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline, "_STREAMS", 3)
    demandes = [await monde.deposer(None) for _ in range(4)]
    lus: list[tuple[int, int]] = []

    class CoupeeError(Exception):
        pass

    def couper(etape: str, fait: int, total: int) -> None:
        lus.append((fait, total))
        raise CoupeeError

    with pytest.raises(CoupeeError):
        await _reconstruire(monde.fabric, told=couper)
    [(fait, total)] = lus
    apres = await monde.deposer(None)
    lus.clear()

    await _reconstruire(monde.fabric, told=lambda etape, *n: lus.append(n) if etape == "flux relus" else None)

    assert (fait, total) == (3, 4)
    assert lus == [(5, 5)]
    assert {ligne.demande for ligne in await monde.lignes("select demande from demande_v1")} == {*demandes, apres}
    assert (await _modele(monde.fabric)).ecarts == ()


async def test_tuee_pendant_qu_elle_attend_de_basculer_elle_laisse_lire_et_reprend(
    monde: Registre, tmp_path: Path
) -> None:
    """A long transaction holds the table: the flip waits without holding anybody back; killed, it is taken up again."""
    demande = await monde.deposer(None)
    await _executer(monde.fabric, "update demande_v1 set situation = 99")
    settings = monde.fabric.settings
    env = os.environ | {
        "LOGIS_DEMANDE_DSN": settings.dsn("demande"),
        "LOGIS_KEYS_DSN": settings.dsn("keys"),
        "LOGIS_REGION": str(settings.region),
        "LOGIS_KEK_FILE": str(settings.kek_file),
    }
    async with monde.fabric.database.engine.begin() as longue:
        await longue.execute(text("lock table demande_v1 in row exclusive mode"))
        processus = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.logis", "demande", "rebuild", env=env, stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(60):
            while not await monde.lignes(
                "select 1 from pg_tables where schemaname = 'rebuild' and tablename = 'demande_v1'"
            ) or not await monde.lignes("select 1 from rebuild.demande_v1"):
                await asyncio.sleep(0.02)
            assert (await monde.lignes("select situation from demande_v1"))[0].situation == 99
        processus.send_signal(signal.SIGKILL)
        await processus.wait()

    relus: list[str] = []
    async with asyncio.timeout(30):
        while True:  # the server sees the death of its client a little later
            with contextlib.suppress(NotNow):
                compares = await _reconstruire(monde.fabric, told=lambda etape, *_: relus.append(etape))
                break
            await asyncio.sleep(0.05)

    assert "flux relus" not in relus
    assert compares["demande_v1"].first == (f"{demande} : autre",)
    assert (await _modele(monde.fabric)).ecarts == ()


async def test_les_notes_recues_sont_relues_a_leur_source(cote: tuple[Fabric, Fabric]) -> None:
    """While the consumer works: what it took and what was taken beside become one, counted once."""
    demande, cotation = cote
    connues = [uuid4() for _ in range(5)]
    for une in connues:
        await noter(cotation, une, "10")
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(consommateur(demande).run(stop))
        try:
            await jusqua(demande, "select count(*) from note_v1", 5)
            await _executer(demande, "update note_v1 set total = 99", "delete from note_v1 where lieu = 'x'")
            compares = await _reconstruire(demande)
            await noter(cotation, connues[0], "12")
            await jusqua(demande, "select count(*) from note_v1 where total = 12", 1)
        finally:
            stop.set()

    assert compares["note_v1"].differing == 5
    async with demande.database.engine.connect() as connection:
        totaux = (await connection.execute(text("select total::text from note_v1 order by 1"))).scalars().all()
        pris = (await connection.execute(text("select consumer, sum(events) from consumer_mark group by 1"))).all()
    assert totaux == ["10", "10", "10", "10", "12"]
    assert [tuple(row) for row in pris] == [("demande.notes", 6)]
