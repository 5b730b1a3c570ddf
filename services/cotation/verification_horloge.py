"""What `logis verify` checks of the scoring's clock: batches, days to look at, and that time left no score behind."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from services.chassis.fabric import Fabric
from services.chassis.verification.controle import Controle
from services.chassis.verification.journal import streams
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.journal import CotationEtablie, CotationRevue, CotationsRevues
from services.cotation.flots import CATALOGUE, REVUE
from services.cotation.oracle_a_part import Cas, Oracle
from services.cotation.projections.situation_v1 import dernieres_lectures

Revues = dict[tuple[str, str, str], tuple[Any, ...]]
"""By (batch, demande, place): what the batch must say of a score."""

_ECHEANCES = text("""
    select demande, lieu, c.demande is null as sans_note, e.demande is null as sans_jour, e.le
    from cotation_v1 c full join echeance_v1 e using (demande, lieu)
    where c.demande is null or e.demande is null or e.le <= (select derniere from journee_v1)
    order by demande, lieu""")
_EN_VIGUEUR = text("select count(*) from cotation_v1")


def noter_revue(revues: Revues, demande: str, avant: CotationEtablie | None, revue: CotationRevue) -> None:
    """Keep what a score moved by time says of its batch."""
    revues[revue.lot, demande, revue.lieu] = (
        revue.grille, revue.version, revue.au, avant and avant.total, revue.total, revue.situation, revue.provisoire,
    )  # fmt: skip


async def lots(fabric: Fabric, revues: Revues) -> Controle:
    """Each score moved by time alone is a line of its batch, and each line such a score. examines: lines."""
    reste, examines, found = dict(revues), 0, list[str]()
    async for head, loaded in streams(fabric.database, fabric.journal, f"{REVUE.category}-"):
        lot = head.stream.removeprefix(f"{REVUE.category}-")
        for recorded in loaded.events:
            event = CATALOGUE.decode(recorded, {})
            assert isinstance(event, CotationsRevues)
            for une in event.lignes:
                examines += 1
                dite = (event.grille, event.version, event.au, une.avant, une.total, une.situation, une.provisoire)
                if reste.pop((lot, une.demande, une.lieu), None) != dite:
                    found.append(f"{head.stream} : {une.demande} {une.lieu} n'est pas la note que le temps a changée")
    found += [f"{demande} {lieu} : absente de son lot {lot}" for lot, demande, lieu in reste]
    return Controle("cotation : notes revues par lots", examines, tuple(found))


async def echeances(fabric: Fabric) -> Controle:
    """Each score in force has a day on which the clock looks at it, after the last one closed. examines: scores."""
    async with fabric.database.engine.connect() as connection:
        examines: int = (await connection.execute(_EN_VIGUEUR)).scalar_one()
        faux = (await connection.execute(_ECHEANCES)).all()
    found = []
    for une in faux:
        if une.sans_note:
            quoi = "un jour à regarder, et pas de note"
        elif une.sans_jour:
            quoi = "aucun jour n'est prévu pour la regarder de nouveau"
        else:
            quoi = f"à regarder le {une.le}, dans une journée close"
        found.append(f"{une.demande} {une.lieu} : {quoi}")
    return Controle("cotation : échéances des notes", examines, tuple(found))


async def au_jour_clos(fabric: Fabric, oracle: Oracle, rows: Sequence[Any], close: date, found: list[str]) -> int:
    """Scores of an earlier day that are still those of their last facts, as long as these hold, when the clock closed."""
    async with fabric.database.engine.connect() as connection:
        demandes = sorted({row["demande"] for row in rows})
        lectures = await dernieres_lectures(connection, fabric.keys, demandes, date.max)
    passees = []
    for row in rows:
        lecture = lectures.get(row["demande"])
        if lecture is None or row["lieu"] not in lecture.situation.lieux:
            continue
        jour = max(lecture.du, min(close, lecture.situation.valable_jusqu_au or close))
        if jour > row["au"]:
            passees.append((row, Cas(row["version"], faits_du_lieu(lecture.situation, row["lieu"]), jour)))
    jugements = await oracle.juger([cas for _, cas in passees])
    for (row, cas), juge in zip(passees, jugements, strict=True):
        if (juge.total, juge.provisoire, juge.hors) != (Decimal(row["total"]), row["provisoire"], row["hors"]):
            found.append(f"{row['demande']} {row['lieu']} : {row['total']} au {row['au']}, {juge.total} au {cas.au}")
    return len(passees)
