"""Read model: where each demande stands, one row a demande; its personal part sealed, part by part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.unit_of_work import Written
from services.chassis.vault.keys import KeyStore
from services.chassis.vault.sealed_parts import SealedParts
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import Dossier, Personne
from services.demande.flots import DEMANDE

NAME = "demande_v1"
PARTS = SealedParts(NAME)

_KEEP_PERSONAL = text("select demande, personnel from demande_v1 where demande = any(cast(:demandes as uuid[]))")
_UPSERT = text("""
    insert into demande_v1 (demande, version, statut, situation, deposee_le, territoire, guichet, valable_jusqu_au,
                            attestee, lieux, typologies, personnel)
    select u.demande, u.version, u.statut, u.situation, u.deposee_le, u.territoire, u.guichet, u.valable_jusqu_au,
           u.attestee, coalesce(string_to_array(nullif(u.lieux, ''), ' '), '{}'),
           coalesce(string_to_array(nullif(u.typologies, ''), ' '), '{}'), u.personnel
    from unnest(cast(:demande as uuid[]), cast(:version as integer[]), cast(:statut as text[]),
                cast(:situation as integer[]), cast(:deposee_le as date[]), cast(:territoire as text[]),
                cast(:guichet as text[]), cast(:valable_jusqu_au as date[]), cast(:attestee as boolean[]),
                cast(:lieux as text[]), cast(:typologies as text[]), cast(:personnel as bytea[]))
      u(demande, version, statut, situation, deposee_le, territoire, guichet, valable_jusqu_au, attestee, lieux,
        typologies, personnel)
    on conflict (demande) do update
    set version = excluded.version, statut = excluded.statut, situation = excluded.situation,
        deposee_le = excluded.deposee_le, territoire = excluded.territoire, guichet = excluded.guichet,
        valable_jusqu_au = excluded.valable_jusqu_au, attestee = excluded.attestee, lieux = excluded.lieux,
        typologies = excluded.typologies, personnel = excluded.personnel""")
_READ = text("""
    select demande, version, statut, situation, lieux, personnel from demande_v1
    where demande = any(cast(:demandes as uuid[]))""")
_COLUMNS = ("demande", "version", "statut", "situation", "deposee_le", "territoire", "guichet", "valable_jusqu_au",
            "attestee", "lieux", "typologies")  # fmt: skip


class DemandeV1:
    """The projection: the row of a demande is its folded state; its sealed parts change with the events that carry them."""

    name = NAME

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        ours = [fact for fact in written if fact.aggregate is DEMANDE]
        if not ours:
            return
        personal: dict[str, bytes] = {}
        for fact in ours:
            sealed = PARTS.seal(fact.stream, _parts(fact.stream, fact.event), keys)
            personal[fact.stream] = PARTS.merge(personal.get(fact.stream, b""), sealed)
        known = [fact.stream for fact in ours if fact.version > 1]
        for demande, column in await self._personal_of(connection, known):
            stream = DEMANDE.stream(demande)
            personal[stream] = PARTS.merge(column, personal[stream])
        last = {fact.stream: fact for fact in ours}
        rows = [(*row(fact.stream, fact.version, fact.state), personal[stream]) for stream, fact in last.items()]
        columns = zip(*rows, strict=True)
        await connection.execute(_UPSERT, dict(zip((*_COLUMNS, "personnel"), map(list, columns), strict=True)))

    async def _personal_of(self, connection: AsyncConnection, streams: Iterable[str]) -> list[tuple[UUID, bytes]]:
        demandes = [UUID(stream.removeprefix("demande-")) for stream in streams]
        if not demandes:
            return []
        return [(row[0], row[1]) for row in await connection.execute(_KEEP_PERSONAL, {"demandes": demandes})]


def row(stream: str, version: int, demande: Demande) -> tuple[Any, ...]:
    """The clear columns of a demande's row, in the order of the table: what `verify` compares with the fold."""
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


def _parts(stream: str, event: Any) -> dict[str, tuple[str, Any]]:
    """The personal parts that an event carries, each with its subject."""
    parts: dict[str, tuple[str, Any]] = {}
    for name in ("numero", "dossier"):
        if getattr(event, name, None) is not None:
            parts[name] = (stream, getattr(event, name))
    for identifiant, personne in getattr(event, "personnes", {}).items():
        if personne is not None:
            parts[f"personnes/{identifiant}"] = (f"{stream}/{identifiant}", personne)
    return parts


@dataclass(frozen=True, slots=True)
class Fiche:
    """A demande as the read model gives it, unsealed as far as the keys still allow."""

    demande: UUID
    version: int
    statut: str
    situation: int
    communes: tuple[str, ...]
    numero: str | None
    dossier: Dossier | None
    personnes: Mapping[str, Personne]


async def fiches(connection: AsyncConnection, keys: KeyStore, demandes: Sequence[UUID]) -> dict[UUID, Fiche]:
    """The demandes that exist among those asked, in two queries whatever their number."""
    rows = (await connection.execute(_READ, {"demandes": list(demandes)})).all()
    known = await keys.find({subject for row in rows for subject in PARTS.subjects(row.personnel)})
    return {row.demande: _fiche(row, known) for row in rows}


def _fiche(row: Any, keys: Mapping[str, bytes]) -> Fiche:
    parts = PARTS.open(DEMANDE.stream(row.demande), row.personnel, keys)
    return Fiche(
        demande=row.demande,
        version=row.version,
        statut=row.statut,
        situation=row.situation,
        communes=tuple(lieu.partition(":")[0] for lieu in row.lieux),
        numero=msgspec.json.decode(parts["numero"], type=str) if "numero" in parts else None,
        dossier=msgspec.json.decode(parts["dossier"], type=Dossier) if "dossier" in parts else None,
        personnes={
            part.removeprefix("personnes/"): msgspec.json.decode(clear, type=Personne)
            for part, clear in parts.items()
            if part.startswith("personnes/")
        },
    )
