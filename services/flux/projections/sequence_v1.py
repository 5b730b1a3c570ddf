"""Read model: the counters of each sequence, whole, so that an orientation does not fold a year of decisions to take one."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.flux.domain.orientation.etat import Engagement, EtatOrientation, LogementAOrienter
from services.flux.domain.orientation.regles import Methode, PartsLocales, Regles, Strate
from services.flux.domain.sequence import Derniere, Sequence
from services.flux.flots import SEQUENCE
from services.flux.projections.table_d_etat import Rangee, TableDEtat

_READ = text("select version, etat from sequence_v1 where sequence = :sequence")


def _rangees(sequence: str, version: int, etat: Sequence) -> list[Rangee]:
    return [(sequence, version, etat.bailleur, etat.perimetre, etat.exercice, ecrire(etat))]


SEQUENCE_V1 = TableDEtat(
    "sequence_v1",
    SEQUENCE,
    ("sequence",),
    {
        "sequence": "text",
        "version": "integer",
        "bailleur": "text",
        "perimetre": "text",
        "exercice": "integer",
        "etat": "text",
    },
    _rangees,
)


async def compteurs(connection: AsyncConnection, sequence: str) -> tuple[int, Sequence] | None:
    """The sequence as it stands, with its version; None when it is not open."""
    row = (await connection.execute(_READ, {"sequence": sequence})).one_or_none()
    return None if row is None else (row.version, lire(row.etat))


def ecrire(sequence: Sequence) -> str:
    """The sequence as JSON. The standard library's: the integers have no bound."""
    etat = sequence.etat
    assert etat is not None
    content = {
        "bailleur": sequence.bailleur,
        "perimetre": sequence.perimetre,
        "exercice": sequence.exercice,
        "derniere": None if sequence.derniere is None else asdict(sequence.derniere),
        "ecart_record": sequence.ecart_record,
        "borne_record": sequence.borne_record,
        "titulaires": etat.regles.titulaires,
        "methode": etat.regles.methode.value,
        "numerateurs": etat.regles.perimetres[sequence.perimetre].numerateurs,
        "unite": etat.regles.perimetres[sequence.perimetre].unite,
        "rang": etat.rang,
        "denominateur": etat.denominateur,
        "credits": [[*strate, valeurs] for strate, valeurs in etat.credits.items()],
        "recus": [[*strate, valeurs] for strate, valeurs in etat.recus.items()],
        "imputes": etat.imputes,
        "rendus": etat.rendus,
        "en_cours": [_engagement(un) for un in etat.en_cours.values()],
        "suite_reguliere": etat.suite_reguliere,
    }
    return json.dumps(content, separators=(",", ":"))


def lire(texte: str) -> Sequence:
    """The sequence that `ecrire` wrote."""
    lu = json.loads(texte)
    locales = PartsLocales(tuple(map(tuple, lu["numerateurs"])), lu["unite"])
    etat = EtatOrientation(
        regles=Regles(tuple(lu["titulaires"]), {lu["perimetre"]: locales}, Methode(lu["methode"])),
        exercice=lu["exercice"],
        rang=lu["rang"],
        denominateur=lu["denominateur"],
        credits={Strate(axe, valeur): tuple(valeurs) for axe, valeur, valeurs in lu["credits"]},
        recus={Strate(axe, valeur): tuple(valeurs) for axe, valeur, valeurs in lu["recus"]},
        imputes=tuple(lu["imputes"]),
        rendus=tuple(lu["rendus"]),
        en_cours={un["id"]: _engage(un, lu) for un in lu["en_cours"]},
        suite_reguliere=lu["suite_reguliere"],
    )
    derniere = None if lu["derniere"] is None else Derniere(**lu["derniere"])
    return Sequence(
        lu["bailleur"], lu["perimetre"], lu["exercice"], etat, derniere, lu["ecart_record"], lu["borne_record"]
    )


def _engagement(un: Engagement) -> dict[str, Any]:
    return {
        "id": un.logement.id,
        "strates": un.logement.strates,
        "ecartes": sorted(un.logement.ecartes),
        "titulaire": un.titulaire,
        "credits": un.credits,
        "unite": un.unite,
    }


def _engage(un: dict[str, Any], lu: dict[str, Any]) -> Engagement:
    logement = LogementAOrienter(
        un["id"], lu["perimetre"], tuple(Strate(*strate) for strate in un["strates"]), frozenset(un["ecartes"])
    )
    return Engagement(logement, lu["exercice"], un["titulaire"], tuple(map(tuple, un["credits"])), un["unite"])
