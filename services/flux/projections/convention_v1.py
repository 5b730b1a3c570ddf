"""Read model: the conventions, whole, one row each: what an orientation reads the shares in force from."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.flux.domain.convention import Convention, Statut, Termes
from services.flux.domain.droits import ConventionEnVigueur
from services.flux.flots import CONVENTION
from services.flux.projections.table_d_etat import Rangee, TableDEtat

_TERMES = msgspec.json.Decoder(Termes)
_SIGNEES = text("""
    select convention, signee_le, resiliee_le, termes from convention_v1
    where bailleur = :bailleur and departement = :departement and signee_le is not null order by convention""")


def _rangees(convention: str, version: int, etat: Convention) -> list[Rangee]:
    termes = etat.termes
    if termes is None:
        return []
    signee_le = etat.signee_le if etat.statut in (Statut.SIGNEE, Statut.RESILIEE) else None
    return [
        (
            UUID(convention),
            version,
            termes.bailleur,
            termes.reservataire,
            termes.organisation,
            termes.departement,
            etat.statut.value,
            signee_le,
            etat.resiliee_le,
            " ".join(etat.a_verifier),
            msgspec.json.encode(termes, order="sorted").decode(),
        )
    ]


CONVENTION_V1 = TableDEtat(
    "convention_v1",
    CONVENTION,
    ("convention",),
    {
        "convention": "uuid",
        "version": "integer",
        "bailleur": "text",
        "reservataire": "text",
        "organisation": "text",
        "departement": "text",
        "statut": "text",
        "signee_le": "date",
        "resiliee_le": "date",
        "a_verifier": "text",
        "termes": "text",
    },
    _rangees,
)


def lire_termes(texte: str) -> Termes:
    """The terms as the row keeps them."""
    return _TERMES.decode(texte)


async def conventions_signees(
    connection: AsyncConnection, bailleur: str, departement: str
) -> Sequence[ConventionEnVigueur]:
    """The conventions that a landlord ever signed in a département."""
    rows: Sequence[Any] = (await connection.execute(_SIGNEES, {"bailleur": bailleur, "departement": departement})).all()
    return [
        ConventionEnVigueur(str(row.convention), row.signee_le, lire_termes(row.termes), row.resiliee_le)
        for row in rows
    ]
