"""Messages as the API reads them, and the printing of their letters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.messages import Reserve
from services.notifications.domain.canaux import Canal
from services.notifications.domain.message import Nature

_COLUMNS = """id, modele, version, nature, destinataire, objet, avant, canal, etat, essais, cree_a, envoye_a, empreinte,
              raison"""
_LIST = f"""
    select {_COLUMNS} from message
    where (cast(:organisation as text) is null or (nature = 'organisation' and destinataire = :organisation))
      and (cast(:etat as text) is null or etat = :etat)
      and (cast(:modele as text) is null or modele = :modele)
      and (cast(:destinataire as text) is null or destinataire = :destinataire)
      and (cast(:cree_a as timestamptz) is null or (cree_a, id) < (:cree_a, cast(:id as uuid)))
    order by cree_a desc, id desc limit :limite"""  # noqa: S608 (our own column list)
_READ = f"select {_COLUMNS}, donnees, evenement, correlation, traceparent from message where id = :id"  # noqa: S608
_PRINTED = text("""
    insert into tirage (message, empreinte, tire_a) values (:message, :empreinte, :tire_a) on conflict do nothing""")
_IS_PRINTED = text("select exists (select from tirage where message = :message and empreinte = :empreinte)")
_LOCK = text("select nature, destinataire, objet, modele, version, etat, cree_a from message where id = :id for update")
_POSTED = text("""
    update message set etat = 'envoye', canal = 'lettre', envoye_a = :envoye_a, empreinte = :empreinte, raison = null
    where id = :id""")


@dataclass(frozen=True, slots=True)
class MessageLu:
    """A message as its row says it."""

    id: UUID
    modele: str
    version: int
    nature: str
    destinataire: str
    objet: str
    avant: date | None
    canal: str | None
    etat: str
    essais: int
    cree_a: datetime
    envoye_a: datetime | None
    empreinte: str | None
    raison: str | None


@dataclass(frozen=True, slots=True)
class Filtre:
    """What a list shows. organisation: only the messages sent to it; None: all."""

    organisation: str | None = None
    etat: str | None = None
    modele: str | None = None
    destinataire: str | None = None


async def lister(
    connection: AsyncConnection, filtre: Filtre, apres: tuple[datetime, UUID] | None, limite: int
) -> list[MessageLu]:
    """The latest messages first, those after the key."""
    cree_a, identifiant = apres or (None, None)
    named: Mapping[str, Any] = {
        "organisation": filtre.organisation,
        "etat": filtre.etat,
        "modele": filtre.modele,
        "destinataire": filtre.destinataire,
        "cree_a": cree_a,
        "id": identifiant,
        "limite": limite,
    }
    return [MessageLu(*row) for row in await connection.execute(text(_LIST), named)]


async def lire(connection: AsyncConnection, identifiant: UUID) -> tuple[MessageLu, Reserve] | None:
    """A message, and what its template is written from."""
    row = (await connection.execute(text(_READ), {"id": identifiant})).one_or_none()
    if row is None:
        return None
    reserve = Reserve(
        row.id, row.modele, row.version, Nature(row.nature), row.destinataire, row.objet, row.donnees, row.avant,
        None if row.canal is None else Canal(row.canal), row.essais, row.evenement, row.correlation, row.traceparent,
    )  # fmt: skip
    return MessageLu(*row[:14]), reserve


async def tirer(connection: AsyncConnection, message: UUID, empreinte: str, a: datetime) -> None:
    """Keep the print of a letter that is handed out."""
    await connection.execute(_PRINTED, {"message": message, "empreinte": empreinte, "tire_a": a})


async def est_tire(connection: AsyncConnection, message: UUID, empreinte: str) -> bool:
    """Whether a letter of these bytes was handed out for the message."""
    row = await connection.execute(_IS_PRINTED, {"message": message, "empreinte": empreinte})
    return bool(row.scalar_one())


async def verrouiller(connection: AsyncConnection, message: UUID) -> Any:
    """The row of a message, locked until the end of the transaction; None when there is none."""
    return (await connection.execute(_LOCK, {"id": message})).one_or_none()


async def poster(connection: AsyncConnection, message: UUID, envoye_a: datetime, empreinte: str) -> None:
    """The letter was handed to the post."""
    await connection.execute(_POSTED, {"id": message, "envoye_a": envoye_a, "empreinte": empreinte})
