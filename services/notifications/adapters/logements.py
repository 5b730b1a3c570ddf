"""The dwellings put at disposal, as `logement.mis-a-disposition` told them: what messages describe."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.evenements.flux import LogementMisADisposition

_KEEP = text("""
    insert into mise_a_disposition (id, bailleur, reservataire, fiche)
    select u.id, u.bailleur, u.reservataire, cast(u.fiche as jsonb)
    from unnest(cast(:id as text[]), cast(:bailleur as text[]), cast(:reservataire as text[]), cast(:fiche as text[]))
      u(id, bailleur, reservataire, fiche)
    on conflict (id) do update
    set bailleur = excluded.bailleur, reservataire = excluded.reservataire, fiche = excluded.fiche""")
_FIND = text("select id, fiche from mise_a_disposition where id = any(cast(:ids as text[]))")


async def garder(connection: AsyncConnection, logements: Sequence[LogementMisADisposition]) -> None:
    """Keep dwellings; the last word on each stands."""
    derniers = {logement.mise_a_disposition: logement for logement in logements}
    if derniers:
        await connection.execute(
            _KEEP,
            {
                "id": list(derniers),
                "bailleur": [logement.bailleur for logement in derniers.values()],
                "reservataire": [logement.reservataire for logement in derniers.values()],
                "fiche": [msgspec.json.encode(logement).decode() for logement in derniers.values()],
            },
        )


async def trouver(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, LogementMisADisposition]:
    """The dwellings known among these."""
    if not ids:
        return {}
    rows = await connection.execute(_FIND, {"ids": list(ids)})
    return {row.id: msgspec.convert(row.fiche, LogementMisADisposition) for row in rows}
