"""Read models: the balance of each account, and its lines, one an event, never changed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.unit_of_work import Written
from services.flux.domain.compte import (
    Compte,
    TransfertAnnule,
    TransfertComptabilise,
    TransfertContrePasse,
    TransfertEngage,
    TransfertExpire,
)
from services.flux.flots import COMPTE, identifiant_de
from services.flux.projections.table_d_etat import Rangee, TableDEtat


def _soldes(compte: str, version: int, etat: Compte) -> list[Rangee]:
    ouverture = etat.ouverture
    if ouverture is None:
        return []
    droits, logements = etat.droits, etat.logements
    return [
        (
            UUID(compte),
            version,
            ouverture.convention,
            ouverture.bailleur,
            ouverture.titulaire,
            ouverture.organisation,
            ouverture.exercice,
            ouverture.strate,
            droits.debits_en_attente,
            droits.debits,
            droits.credits,
            logements.credits_en_attente,
            logements.credits,
            logements.debits,
        )
    ]


COMPTE_V1 = TableDEtat(
    "compte_v1",
    COMPTE,
    ("compte",),
    {
        "compte": "uuid",
        "version": "integer",
        "convention": "text",
        "bailleur": "text",
        "titulaire": "text",
        "organisation": "text",
        "exercice": "integer",
        "strate": "text",
        "droits_debits_en_attente": "integer",
        "droits_debits": "integer",
        "droits_credits": "integer",
        "logements_credits_en_attente": "integer",
        "logements_credits": "integer",
        "logements_debits": "integer",
    },
    _soldes,
)

_NATURES: Mapping[type, tuple[str, str, str]] = {
    TransfertEngage: ("ENGAGE", "DROITS", "LOGEMENTS"),
    TransfertComptabilise: ("COMPTABILISE", "DROITS", "LOGEMENTS"),
    TransfertAnnule: ("ANNULE", "LOGEMENTS", "DROITS"),
    TransfertExpire: ("EXPIRE", "LOGEMENTS", "DROITS"),
    TransfertContrePasse: ("CONTRE_PASSE", "LOGEMENTS", "DROITS"),
}
"""Nature of a line, book debited, book credited: a void or expired transfer undoes the pending one."""

_INSERT = text("""
    insert into ecriture_v1 (compte, numero, transfert, nature, debit, credit, nombre, le, connue_a)
    select * from unnest(cast(:compte as uuid[]), cast(:numero as integer[]), cast(:transfert as uuid[]),
      cast(:nature as text[]), cast(:debit as text[]), cast(:credit as text[]), cast(:nombre as integer[]),
      cast(:le as date[]), cast(:connue_a as timestamptz[]))
    on conflict do nothing""")
_COLONNES = ("compte", "numero", "transfert", "nature", "debit", "credit", "nombre", "le", "connue_a")


class EcritureV1:
    """The projection of the lines: numero is the version of the account that the line made."""

    name = "ecriture_v1"
    tables = ("ecriture_v1",)
    aggregates = (COMPTE,)

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        del keys
        rows = [row for fact in written if fact.aggregate is COMPTE for row in ecritures(fact)]
        if rows:
            columns = map(list, zip(*rows, strict=True))
            await connection.execute(_INSERT, dict(zip(_COLONNES, columns, strict=True)))


def ecritures(fact: Written) -> list[Rangee]:
    """The line that an event of an account writes, if any."""
    found = _NATURES.get(type(fact.event))
    if found is None:
        return []
    nature, debit, credit = found
    event = fact.event
    return [
        (
            UUID(identifiant_de(fact.stream)),
            fact.version,
            UUID(event.transfert),
            nature,
            debit,
            credit,
            fact.state.transfert(event.transfert).nombre,
            event.le,
            fact.context.at,
        )
    ]
