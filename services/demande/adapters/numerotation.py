"""Numbers given out by this register: counted per territory and month of deposit, never given twice."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.demande.domain.numero import composer, mois_de_sequence

_NEXT = text("""
    insert into numero_sequence (territoire, mois, dernier) values (:territoire, :mois, :combien)
    on conflict (territoire, mois) do update set dernier = numero_sequence.dernier + excluded.dernier
    returning dernier""")


async def prochains_numeros(
    connection: AsyncConnection, territoire: str, deposee_le: date, guichets: list[str]
) -> list[str]:
    """One fresh number per guichet given, of the same territory and month, in the caller's transaction."""
    mois = mois_de_sequence(deposee_le)
    last = (
        await connection.execute(_NEXT, {"territoire": territoire, "mois": mois, "combien": len(guichets)})
    ).scalar_one()
    first = last - len(guichets) + 1
    return [composer(territoire, deposee_le, first + n, guichet) for n, guichet in enumerate(guichets)]
