"""What `logis verify` checks of positions: the histograms, pending deltas added, are a recount of the scores in force."""

from collections import Counter
from decimal import Decimal

from sqlalchemy import text

from services.chassis.fabric import Fabric
from services.chassis.verification.controle import Controle

_KEPT = text("""
    select classe, note, sum(effectif) as effectif from (
      select classe, note, effectif from histogramme_v1 union all select classe, note, delta from position_delta_v1) h
    group by classe, note having sum(effectif) <> 0""")
_RECOUNT = text("""
    select c.classe, total as note, count(*) as effectif from cotation_v1, unnest(classes) c(classe) group by c.classe, total""")


async def positions(fabric: Fabric) -> Controle:
    """Each class holds each note as many times as scores in force say. examines: pairs of a class and a note."""
    async with fabric.database.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        kept, due = Counter[tuple[str, Decimal]](), Counter[tuple[str, Decimal]]()
        for counted, statement in ((kept, _KEPT), (due, _RECOUNT)):
            for row in await connection.execute(statement):
                counted[row.classe, row.note] = row.effectif
    found = tuple(
        f"{classe}, note {note} : {kept[classe, note]} au lieu de {due[classe, note]}"
        for classe, note in sorted({*kept, *due})
        if kept[classe, note] != due[classe, note]
    )
    return Controle("cotation : positions recomptées", len({*kept, *due}), found)
