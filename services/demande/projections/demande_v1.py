"""Read model: where each demande stands, one row a demande, nothing personal: the rest is folded from its stream."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.unit_of_work import Written
from services.demande.domain.demande import Demande
from services.demande.flots import DEMANDE

_UPSERT = text("""
    insert into demande_v1 (demande, version, statut, situation, deposee_le, territoire, guichet, valable_jusqu_au,
                            attestee, lieux, typologies)
    select u.demande, u.version, u.statut, u.situation, u.deposee_le, u.territoire, u.guichet, u.valable_jusqu_au,
           u.attestee, coalesce(string_to_array(nullif(u.lieux, ''), ' '), '{}'),
           coalesce(string_to_array(nullif(u.typologies, ''), ' '), '{}')
    from unnest(cast(:demande as uuid[]), cast(:version as integer[]), cast(:statut as text[]),
                cast(:situation as integer[]), cast(:deposee_le as date[]), cast(:territoire as text[]),
                cast(:guichet as text[]), cast(:valable_jusqu_au as date[]), cast(:attestee as boolean[]),
                cast(:lieux as text[]), cast(:typologies as text[]))
      u(demande, version, statut, situation, deposee_le, territoire, guichet, valable_jusqu_au, attestee, lieux, typologies)
    on conflict (demande) do update
    set version = excluded.version, statut = excluded.statut, situation = excluded.situation,
        deposee_le = excluded.deposee_le, territoire = excluded.territoire, guichet = excluded.guichet,
        valable_jusqu_au = excluded.valable_jusqu_au, attestee = excluded.attestee, lieux = excluded.lieux,
        typologies = excluded.typologies""")
_COLUMNS = ("demande", "version", "statut", "situation", "deposee_le", "territoire", "guichet", "valable_jusqu_au",
            "attestee", "lieux", "typologies")  # fmt: skip


class DemandeV1:
    """The projection: the row of a demande is its folded state."""

    name = "demande_v1"
    tables = ("demande_v1",)
    aggregates = (DEMANDE,)

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        del keys
        last = {fact.stream: fact for fact in written if fact.aggregate is DEMANDE}
        if last:
            rows = [row(fact.stream, fact.version, fact.state) for fact in last.values()]
            columns = map(list, zip(*rows, strict=True))
            await connection.execute(_UPSERT, dict(zip(_COLUMNS, columns, strict=True)))


def row(stream: str, version: int, demande: Demande) -> tuple[Any, ...]:
    """A demande's row, in the order of the table; lists as space-separated text. What `verify` compares with the fold."""
    recherche = demande.recherche
    return (
        UUID(stream.removeprefix("demande-")),
        version,
        demande.statut.value,
        demande.situation,
        demande.deposee_le,
        demande.territoire,
        demande.guichet,
        demande.valable_jusqu_au,
        demande.attestee,
        " ".join(lieu.identifiant for lieu in recherche.lieux) if recherche else "",
        " ".join(recherche.typologies) if recherche else "",
    )
