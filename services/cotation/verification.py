"""What `logis verify` checks of the scoring: every score is recomputed by the scalar oracle, apart from the engine."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.verification.controle import Controle
from services.chassis.verification.journal import streams
from services.cotation.domain.classe import classes_du_lieu
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.journal import CotationClose, CotationEtablie, CotationRetiree, CotationRevue
from services.cotation.flots import CATALOGUE, COTATION
from services.cotation.grilles import Grilles
from services.cotation.oracle_a_part import Cas, Oracle, oracle_a_part
from services.cotation.projections.journee_v1 import derniere_journee
from services.cotation.projections.situation_v1 import situations_du
from services.cotation.verification_classements import classements
from services.cotation.verification_horloge import Revues, au_jour_clos, echeances, lots, noter_revue
from services.cotation.verification_positions import positions
from services.cotation.voile import voile_de

_BATCH = 1_000
_ROWS = """
    select demande, lieu, grille, version, situation, total, provisoire, hors, au, classes from cotation_v1
    where demande > $1 order by demande, lieu limit $2"""
_FIRST = UUID(int=0)


async def verifier(fabric: Fabric, store: EventStore) -> list[Controle]:
    """The scoring's own checks."""
    del store
    publiees: Revues = {}
    return [
        await _modele_de_lecture(fabric, publiees),
        await lots(fabric, publiees),
        *await _notes(fabric),
        await echeances(fabric),
        await positions(fabric),
        await classements(fabric),
    ]


async def _modele_de_lecture(fabric: Fabric, publiees: Revues) -> Controle:
    """Each score in force is the last one that its stream established, and the other way round.

    publiees: filled with the scores that say to be published by a batch.
    """
    due: dict[tuple[str, str], tuple[Any, ...]] = {}
    async for head, loaded in streams(fabric.database, fabric.journal, f"{COTATION.category}-"):
        demande = head.stream.removeprefix(f"{COTATION.category}-")
        last: dict[str, CotationEtablie] = {}
        for recorded in loaded.events:
            event = CATALOGUE.decode(recorded, {})
            if isinstance(event, CotationRevue):
                noter_revue(publiees, demande, last.get(event.lieu), event)
            if isinstance(event, CotationEtablie):
                last[event.lieu] = event
            elif isinstance(event, CotationRetiree):
                last.pop(event.lieu, None)
            elif isinstance(event, CotationClose):
                last.clear()
        for lieu, e in last.items():
            due[demande, lieu] = (
                e.grille,
                e.version,
                e.situation,
                Decimal(e.total),
                e.provisoire,
                e.hors,
                e.au,
                [*e.classes],
            )
    examined, found = len(due), list[str]()
    async for row in _rows(fabric):
        place = (str(row["demande"]), row["lieu"])
        if due.pop(place, None) != tuple(row)[2:]:
            found.append(f"{place[0]} {place[1]} : la note en vigueur n'est pas la dernière établie")
    found += [f"{demande} {lieu} : note établie, absente du modèle de lecture" for demande, lieu in due]
    return Controle("cotation : modèle de lecture", examined, tuple(found))


async def _notes(fabric: Fabric) -> list[Controle]:
    """Each score in force comes out of its situation and its grid by the oracle, and its lines sum to it; it still does on the
    last day that the clock closed."""
    grilles = Grilles()
    async with fabric.database.engine.connect() as connection:
        await grilles.refresh(connection)
        close = await derniere_journee(connection)
    examined, erased, found, passees, depassees = 0, 0, list[str](), 0, list[str]()
    with oracle_a_part({version: une.contenu for version, une in grilles.par_version.items()}) as oracle:
        async for batch in _batches(fabric):
            counts = await _lot(fabric, grilles, oracle, batch, found)
            examined, erased = examined + counts[0], erased + counts[1]
            if close is not None:
                passees += await au_jour_clos(fabric, oracle, batch, close, depassees)
    return [
        Controle("cotation : notes recalculées", examined, tuple(found), erased),
        Controle("cotation : notes au dernier jour clos", passees, tuple(depassees)),
    ]


async def _lot(fabric: Fabric, grilles: Grilles, oracle: Oracle, rows: list[Any], found: list[str]) -> tuple[int, int]:
    """(scores recomputed, scores whose facts were erased)."""
    async with fabric.database.engine.connect() as connection:
        wanted = sorted({(row["demande"], row["situation"], row["au"]) for row in rows})
        situations = await situations_du(connection, fabric.keys, wanted)
    voile = voile_de(fabric)
    connues = [(row, s) for row in rows if (s := situations.get((row["demande"], row["situation"], row["au"])))]
    notees = [(row, situation) for row, situation in connues if row["lieu"] in situation.lieux]
    found += [
        f"{row['demande']} {row['lieu']} : noté, et n'est plus souhaité"
        for row, s in connues
        if row["lieu"] not in s.lieux
    ]
    jugements = await oracle.juger(
        [Cas(row["version"], faits_du_lieu(situation, row["lieu"]), row["au"]) for row, situation in notees]
    )
    for (row, situation), juge in zip(notees, jugements, strict=True):
        place = f"{row['demande']} {row['lieu']}"
        if (juge.total, juge.provisoire, juge.hors) != (row["total"], row["provisoire"], row["hors"]):
            found.append(f"{place} : {row['total']} gardé, {juge.total} recalculé")
        if juge.somme != juge.total:
            found.append(f"{place} : les lignes ne font pas le total")
        grille = grilles.par_version[row["version"]].grille
        if [*([] if juge.hors else classes_du_lieu(situation, row["lieu"], grille, voile))] != row["classes"]:
            found.append(f"{place} : ses classes ne sont pas celles de ses faits")
    return len(connues), len(rows) - len(connues)


async def _batches(fabric: Fabric) -> AsyncIterator[list[Any]]:
    """Every score in force, by batches."""
    batch: list[Any] = []
    async for row in _rows(fabric):
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _rows(fabric: Fabric) -> AsyncIterator[Any]:
    """Every score in force, by demande."""
    last = _FIRST
    while rows := await fabric.database.pool.fetch(_ROWS, last, _BATCH):
        whole = [row for row in rows if len(rows) < _BATCH or row["demande"] != rows[-1]["demande"]]
        for row in whole:
            yield row
        last = whole[-1]["demande"]
