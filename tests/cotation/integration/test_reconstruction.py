"""`logis cotation rebuild`: the scores in force built again from the journal."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.chassis.events.context import Context
from services.chassis.fabric import Fabric, open_fabric
from services.chassis.migration import migrate
from services.chassis.processes import VAULT
from services.chassis.rebuild.cli import rebuild
from services.chassis.settings import Settings
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing
from services.cotation.domain.journal import CotationClose, CotationEtablie, GrillePubliee
from services.cotation.flots import COTATION, GRILLE
from services.cotation.policies.pliage import Pliage
from services.cotation.service import SERVICE

LE = date(2026, 11, 22)


@pytest.fixture
async def cotation(new_database: Callable[..., Any], tmp_path: Path) -> AsyncIterator[Fabric]:
    base, cles = new_database(), new_database()
    await migrate(base.dsn, SERVICE.branches)
    await migrate(cles.dsn, VAULT)
    settings = Settings(
        region=REGION.absolute(),
        cotation_dsn=base.dsn,
        keys_dsn=cles.dsn,
        kek_file=FileKekRing.create(tmp_path / "trousseau.json").path,
    )
    async with open_fabric("cotation", settings) as fabric:
        yield fabric


def _etablie(lieu: str, total: str) -> CotationEtablie:
    return CotationEtablie(lieu, "g", "v", 1, total, False, LE, "initiale", None, ("c",))


async def _ecrire(fabric: Fabric, aggregate: Any, identifiant: UUID | str, *evenements: Any) -> None:
    store = SERVICE.assemble(fabric).store

    async def use_case(work: Any) -> None:
        await work.append(await work.load(aggregate, identifiant), evenements)

    await store.run(use_case, Context("essai", "gestionnaire-alsace", datetime.now(UTC)))


async def test_une_cotation_close_puis_rouverte_se_reconstruit(cotation: Fabric) -> None:
    """Read at once, a stream closed in its middle gives the same rows as when it was written event by event."""
    rouverte, close = uuid4(), uuid4()
    for demande in (rouverte, close):
        await _ecrire(cotation, COTATION, demande, _etablie("67482", "10"), _etablie("67447", "12"))
        await _ecrire(cotation, COTATION, demande, CotationClose(LE, "radiee"))
    await _ecrire(cotation, COTATION, rouverte, _etablie("67482", "14"))
    await _ecrire(cotation, GRILLE, "246700488", GrillePubliee("246700488", "g", "v", LE, "{}"))
    assert await Pliage(cotation).tour() == 9
    async with cotation.database.engine.begin() as connection:
        await connection.execute(text("delete from grille_v1"))

    [outcome] = await rebuild(cotation, SERVICE, lambda *_: None, flip=True)

    assert {une.table: une.differing for une in outcome.compared} == {
        "cotation_v1": 0, "grille_v1": 1, "journee_v1": 0,
    }  # fmt: skip
    async with cotation.database.engine.connect() as connection:
        gardees = (await connection.execute(text("select demande, lieu, total::text from cotation_v1"))).all()
        positions = (await connection.execute(text("select classe, note::text, delta from position_delta_v1"))).all()
        folded = (await connection.execute(text("select count(*) from histogramme_v1"))).scalar_one()
    assert [tuple(une) for une in gardees] == [(rouverte, "67482", "14")]
    assert ([tuple(une) for une in positions], folded) == ([("c", "14", 1)], 0)
    assert await Pliage(cotation).tour() == 1
