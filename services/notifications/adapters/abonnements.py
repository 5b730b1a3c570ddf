"""The table of subscriptions; their secrets sealed under each one's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.vault.keys import KeyStore
from services.chassis.vault.sealed_parts import SealedParts
from services.notifications.adapters.signature import Trousseau

_SEALED = SealedParts("abonnement")
_PART = "trousseau"
_COLUMNS = "id, organisation, url, types, description, etat, raison, version, cle_publique, cree_par, cree_a"
_INSERT = text("""
    insert into abonnement (id, organisation, url, types, description, etat, version, trousseau, cle_publique, cree_par,
                            cree_a)
    values (:id, :organisation, :url, cast(:types as text[]), :description, 'actif', 1, :trousseau, :cle_publique,
            :cree_par, :cree_a)""")
_ACTIVE = text("select id, organisation, types from abonnement where etat = 'actif'")
_READ = text(f"select {_COLUMNS}, trousseau from abonnement where id = :id")  # noqa: S608 (our own column list)
_LOCK = text(f"select {_COLUMNS}, trousseau from abonnement where id = :id for update")  # noqa: S608
_LIST = text(f"""
    select {_COLUMNS} from abonnement
    where (cast(:organisation as text) is null or organisation = :organisation)
      and (cast(:cree_a as timestamptz) is null or (cree_a, id) < (:cree_a, cast(:id as uuid)))
    order by cree_a desc, id desc limit :limite""")  # noqa: S608
_STATE = text("update abonnement set etat = :etat, raison = :raison, version = version + 1 where id = :id")
_SUSPEND = text("""
    update abonnement set etat = 'suspendu', raison = :raison, version = version + 1
    where id = :id and etat = 'actif' returning organisation""")
_ROTATE = text("update abonnement set trousseau = :trousseau, version = version + 1 where id = :id")


@dataclass(frozen=True, slots=True)
class AbonnementLu:
    """A subscription, its secrets excepted. version: rises at each change, and is its ETag."""

    id: UUID
    organisation: str
    url: str
    types: list[str]
    description: str
    etat: str
    raison: str | None
    version: int
    cle_publique: str
    cree_par: str
    cree_a: datetime


@dataclass(frozen=True, slots=True)
class Scelle:
    """A subscription with its secrets, sealed."""

    lu: AbonnementLu
    trousseau: bytes


def sujet(abonnement: UUID) -> str:
    """The subject of the vault's key that seals a subscription's secrets."""
    return f"abonnement-{abonnement}"


def sceller(abonnement: UUID, trousseau: Trousseau, keys: Mapping[str, bytes]) -> bytes:
    """The secrets as the table keeps them. keys: that of `sujet`."""
    return _SEALED.seal(str(abonnement), {_PART: (sujet(abonnement), trousseau)}, keys)


async def ouvrir(keys: KeyStore, scelles: Sequence[Scelle]) -> dict[UUID, Trousseau]:
    """The secrets of subscriptions; one whose key is gone is absent."""
    known = await keys.find(sujet(scelle.lu.id) for scelle in scelles)
    opened = {scelle.lu.id: _SEALED.open(str(scelle.lu.id), scelle.trousseau, known) for scelle in scelles}
    return {
        abonnement: msgspec.json.decode(parts[_PART], type=Trousseau)
        for abonnement, parts in opened.items()
        if _PART in parts
    }


async def creer(connection: AsyncConnection, lu: AbonnementLu, trousseau: bytes) -> None:
    """Keep a new subscription."""
    await connection.execute(
        _INSERT,
        {
            "id": lu.id,
            "organisation": lu.organisation,
            "url": lu.url,
            "types": lu.types,
            "description": lu.description,
            "trousseau": trousseau,
            "cle_publique": lu.cle_publique,
            "cree_par": lu.cree_par,
            "cree_a": lu.cree_a,
        },
    )


async def actifs(connection: AsyncConnection) -> Sequence[Any]:
    """(id, organisation, types) of every subscription that is called."""
    return (await connection.execute(_ACTIVE)).all()


async def lire(connection: AsyncConnection, abonnement: UUID, *, verrou: bool = False) -> Scelle | None:
    """A subscription; `verrou` keeps it from others until the end of the transaction."""
    row = (await connection.execute(_LOCK if verrou else _READ, {"id": abonnement})).one_or_none()
    return None if row is None else Scelle(AbonnementLu(*row[:-1]), row[-1])


async def lister(
    connection: AsyncConnection, organisation: str | None, apres: tuple[datetime, UUID] | None, limite: int
) -> list[AbonnementLu]:
    """The latest first, those of an organisation or all."""
    cree_a, identifiant = apres or (None, None)
    named = {"organisation": organisation, "cree_a": cree_a, "id": identifiant, "limite": limite}
    return [AbonnementLu(*row) for row in await connection.execute(_LIST, named)]


async def changer_etat(connection: AsyncConnection, abonnement: UUID, etat: str, raison: str | None = None) -> None:
    """A new state, decided on the locked row."""
    await connection.execute(_STATE, {"id": abonnement, "etat": etat, "raison": raison})


async def suspendre(connection: AsyncConnection, abonnement: UUID, raison: str) -> str | None:
    """Stop calling; returns the organisation, None when it was no longer called."""
    row = (await connection.execute(_SUSPEND, {"id": abonnement, "raison": raison})).one_or_none()
    return None if row is None else str(row.organisation)


async def renouveler(connection: AsyncConnection, abonnement: UUID, trousseau: bytes) -> None:
    """New secrets, decided on the locked row."""
    await connection.execute(_ROTATE, {"id": abonnement, "trousseau": trousseau})
