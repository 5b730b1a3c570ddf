"""How far each file has been imported: kept in the transaction of each batch, read when the import starts again."""

from dataclasses import replace

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.demande.domain.importation import Bilan, LigneRefusee

_READ = text("select bilan::text from import_fichier where empreinte = :fichier and not fini")
_LINES = text("select lignes from import_lignes where empreinte = :fichier and ordre <= :ordre order by ordre")
_FORGET = text("delete from import_lignes where empreinte = :fichier")
_WRITE = text("""
    insert into import_fichier (empreinte, ordre, fini, bilan) values (:fichier, :ordre, :fini, cast(:bilan as jsonb))
    on conflict (empreinte) do update
    set ordre = excluded.ordre, fini = excluded.fini, bilan = excluded.bilan, avance_a = clock_timestamp()""")
_ADD_LINES = text("""
    insert into import_lignes (empreinte, ordre, lignes) values (:fichier, :ordre, :lignes)
    on conflict (empreinte, ordre) do update set lignes = excluded.lignes""")
_DECODER = msgspec.json.Decoder(tuple[LigneRefusee, ...])


async def bilan_interrompu(connection: AsyncConnection, fichier: str) -> Bilan:
    """The report of an import of this file that was cut short; an empty one when there is none to go on with."""
    kept = (await connection.execute(_READ, {"fichier": fichier})).scalar()
    if not kept:
        await connection.execute(_FORGET, {"fichier": fichier})
        return Bilan()
    bilan = msgspec.json.decode(kept, type=Bilan)
    rows = await connection.execute(_LINES, {"fichier": fichier, "ordre": bilan.ordre})
    suite = tuple(ligne for lignes in rows.scalars() for ligne in _DECODER.decode(lignes))
    return replace(bilan, lignes_refusees=(*bilan.lignes_refusees, *suite))


async def garder_bilan(
    connection: AsyncConnection, fichier: str, bilan: Bilan, lignes: tuple[LigneRefusee, ...], *, fini: bool
) -> None:
    """Keep the report so far. lignes: those that this batch adds to it; fini: the file was read to its end; the next import
    of it starts anew."""
    comptes = msgspec.json.encode(replace(bilan, lignes_refusees=())).decode()
    values = {"fichier": fichier, "ordre": bilan.ordre, "fini": fini, "bilan": comptes}
    await connection.execute(_WRITE, values)
    if lignes:
        added = {"fichier": fichier, "ordre": bilan.ordre, "lignes": msgspec.json.encode(lignes)}
        await connection.execute(_ADD_LINES, added)
