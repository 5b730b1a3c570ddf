"""The table of messages: queued once, reserved by one sender at a time, concluded where the reservation still holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.canaux import Canal
from services.notifications.domain.message import Avis, Etat, Nature, Valeur

_QUEUE = text("""
    insert into message (id, modele, version, nature, destinataire, objet, donnees, avant, etat, prochain_essai, source,
                         evenement, correlation, traceparent, cree_a)
    select u.id, u.modele, u.version, u.nature, u.destinataire, u.objet, cast(u.donnees as jsonb), u.avant, 'a_envoyer',
           :cree_a, :source, u.evenement, u.correlation, u.traceparent, :cree_a
    from unnest(cast(:id as uuid[]), cast(:modele as text[]), cast(:version as smallint[]), cast(:nature as text[]),
                cast(:destinataire as text[]), cast(:objet as text[]), cast(:donnees as text[]), cast(:avant as date[]),
                cast(:evenement as text[]), cast(:correlation as text[]), cast(:traceparent as text[]))
      u(id, modele, version, nature, destinataire, objet, donnees, avant, evenement, correlation, traceparent)
    on conflict (id) do nothing""")
_QUEUED = ("id", "modele", "version", "nature", "destinataire", "objet", "donnees", "avant", "evenement", "correlation",
           "traceparent")  # fmt: skip

# A reservation ends by itself: what a killed sender held is due again then, under the same Message-ID. It is not a row lock
# held while the mail leaves: a transaction open that long would hold back every reader of the cluster (engineering.md §5).
_RESERVE = text("""
    with du as (
      select id from message where etat = 'a_envoyer' and prochain_essai <= :maintenant
      order by prochain_essai, id limit :nombre for update skip locked)
    update message m set prochain_essai = :jusque, reservation = :reservation, essais = essais + 1
    from du where m.id = du.id
    returning m.id, m.modele, m.version, m.nature, m.destinataire, m.objet, m.donnees, m.avant, m.canal, m.essais,
              m.evenement, m.correlation, m.traceparent""")
_CONCLUDE = text("""
    update message m
    set etat = u.etat, canal = u.canal, prochain_essai = u.prochain_essai, envoye_a = u.envoye_a, empreinte = u.empreinte,
        raison = u.raison, essais = m.essais - u.rendu, reservation = null
    from unnest(cast(:id as uuid[]), cast(:etat as text[]), cast(:canal as text[]),
                cast(:prochain_essai as timestamptz[]), cast(:envoye_a as timestamptz[]), cast(:empreinte as text[]),
                cast(:raison as text[]), cast(:rendu as smallint[]))
      u(id, etat, canal, prochain_essai, envoye_a, empreinte, raison, rendu)
    where m.id = u.id and m.reservation = :reservation and m.etat = 'a_envoyer'
    returning m.id""")
_CONCLUDED = ("id", "etat", "canal", "prochain_essai", "envoye_a", "empreinte", "raison", "rendu")
_ADD_LETTERS = text("""
    insert into message (id, modele, version, nature, destinataire, objet, donnees, avant, canal, etat, prochain_essai,
                         source, evenement, correlation, traceparent, cree_a)
    select u.lettre, m.modele, m.version, m.nature, m.destinataire, m.objet, m.donnees, m.avant, 'lettre', 'a_imprimer',
           :maintenant, m.source, m.evenement, m.correlation, m.traceparent, :maintenant
    from message m join unnest(cast(:message as uuid[]), cast(:lettre as uuid[])) u(message, lettre) on u.message = m.id
    on conflict (id) do nothing""")
_CANCEL = text("""
    update message set etat = 'annule', raison = :raison, reservation = null
    where nature = 'demande' and destinataire = any(cast(:demandes as text[])) and etat in ('a_envoyer', 'a_imprimer')""")


@dataclass(frozen=True, slots=True)
class Reserve:
    """A message reserved by a sender. essais: tries, this one included."""

    id: UUID
    modele: str
    version: int
    nature: Nature
    destinataire: str
    objet: str
    donnees: Mapping[str, Valeur]
    avant: date | None
    canal: Canal | None
    essais: int
    evenement: str
    correlation: str
    traceparent: str


@dataclass(frozen=True, slots=True)
class AMettreEnFile:
    """A message to queue, and what it comes from."""

    id: UUID
    version: int
    avis: Avis
    evenement: str
    correlation: str
    traceparent: str


@dataclass(frozen=True, slots=True)
class Issue:
    """What became of a reserved message. rendu: 1 when the try does not count (nothing was attempted), else 0.

    lettre: a letter is due besides, or instead.
    """

    message: Reserve
    etat: Etat
    prochain_essai: datetime
    canal: Canal | None = None
    envoye_a: datetime | None = None
    empreinte: str | None = None
    raison: str | None = None
    rendu: int = 0
    lettre: UUID | None = None


async def mettre_en_file(
    connection: AsyncConnection, source: str, messages: Sequence[AMettreEnFile], cree_a: datetime
) -> None:
    """Queue messages, each once whatever the number of times its event is read."""
    if not messages:
        return
    rows = [
        (m.id, m.avis.modele, m.version, m.avis.nature.value, m.avis.destinataire, m.avis.objet,
         msgspec.json.encode(m.avis.donnees).decode(), m.avis.avant, m.evenement, m.correlation, m.traceparent)
        for m in messages
    ]  # fmt: skip
    await connection.execute(_QUEUE, _columns(_QUEUED, rows) | {"source": source, "cree_a": cree_a})


async def reserver(
    connection: AsyncConnection, reservation: UUID, nombre: int, maintenant: datetime, bail: timedelta
) -> list[Reserve]:
    """At most `nombre` messages due, reserved for `bail`, the longest due first."""
    rows = await connection.execute(
        _RESERVE,
        {"maintenant": maintenant, "jusque": maintenant + bail, "nombre": nombre, "reservation": reservation},
    )
    return [
        Reserve(row.id, row.modele, row.version, Nature(row.nature), row.destinataire, row.objet,
                row.donnees, row.avant,
                None if row.canal is None else Canal(row.canal), row.essais, row.evenement, row.correlation,
                row.traceparent)
        for row in rows
    ]  # fmt: skip


async def conclure(
    connection: AsyncConnection, reservation: UUID, issues: Sequence[Issue], maintenant: datetime
) -> set[UUID]:
    """Write what became of reserved messages; returns those whose reservation still held: the others are another's now."""
    rows = [
        (i.message.id, i.etat.value, i.canal.value if i.canal else None, i.prochain_essai, i.envoye_a, i.empreinte,
         i.raison, i.rendu)
        for i in issues
    ]  # fmt: skip
    written = await connection.execute(_CONCLUDE, _columns(_CONCLUDED, rows) | {"reservation": reservation})
    ours = set(written.scalars())
    letters = [(i.message.id, i.lettre) for i in issues if i.lettre is not None and i.message.id in ours]
    if letters:
        named: dict[str, Any] = {"maintenant": maintenant}
        await connection.execute(_ADD_LETTERS, _columns(("message", "lettre"), letters) | named)
    return ours


async def annuler(connection: AsyncConnection, demandes: Sequence[str], raison: str) -> None:
    """Cancel what is still due to applicants."""
    if demandes:
        await connection.execute(_CANCEL, {"demandes": list(demandes), "raison": raison})


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
