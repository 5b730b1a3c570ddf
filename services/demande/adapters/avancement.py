"""How far each file has been imported: kept in the transaction of each batch, read when the import starts again."""

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.demande.domain.importation import Bilan

_READ = text("select bilan::text from import_fichier where empreinte = :fichier and not fini")
_WRITE = text("""
    insert into import_fichier (empreinte, ordre, fini, bilan) values (:fichier, :ordre, :fini, cast(:bilan as jsonb))
    on conflict (empreinte) do update
    set ordre = excluded.ordre, fini = excluded.fini, bilan = excluded.bilan, avance_a = clock_timestamp()""")


async def bilan_interrompu(connection: AsyncConnection, fichier: str) -> Bilan:
    """The report of an import of this file that was cut short; an empty one when there is none to go on with."""
    kept = (await connection.execute(_READ, {"fichier": fichier})).scalar()
    return msgspec.json.decode(kept, type=Bilan) if kept else Bilan()


async def garder_bilan(connection: AsyncConnection, fichier: str, bilan: Bilan, *, fini: bool) -> None:
    """Keep the report so far. fini: the file was read to its end; the next import of it starts anew."""
    values = {"fichier": fichier, "ordre": bilan.ordre, "fini": fini, "bilan": msgspec.json.encode(bilan).decode()}
    await connection.execute(_WRITE, values)
