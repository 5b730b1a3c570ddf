"""The demandes of which time may have something to decide on a day, by where they stand (`demande_v1`)."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.calendrier import ajouter_mois
from contracts.parametres import NATIONAUX

_FINS_DE_MOIS = timedelta(days=3)
"""A delay from the deposit and one from the end of validity differ by the lengths of months: the decision is the domain's."""
_DUES = text("""
    select demande from demande_v1
    where demande > :apres and (
      (statut = 'ACTIVE' and valable_jusqu_au <= :a_prevenir) or (statut = 'PREAVIS' and valable_jusqu_au < :le)
      or (statut = 'ECHUE' and valable_jusqu_au <= :a_radier))
    order by demande limit :lot""")


async def demandes_dues(connection: AsyncConnection, le: date, apres: UUID, lot: int) -> list[UUID]:
    """The next ones, in the order of their identifiers: none that is due is left out, some are not yet."""
    preavis = NATIONAUX.valeur("preavis_mois", le)
    tolerance = NATIONAUX.valeur("radiation_non_renouvellement_mois", le) - NATIONAUX.valeur("validite_mois", le)
    values = {
        "le": le,
        "apres": apres,
        "lot": lot,
        "a_prevenir": ajouter_mois(le, preavis) + _FINS_DE_MOIS,
        "a_radier": ajouter_mois(le, -tolerance) + _FINS_DE_MOIS,
    }
    return [row.demande for row in await connection.execute(_DUES, values)]
