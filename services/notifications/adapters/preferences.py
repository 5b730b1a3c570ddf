"""The applicants who asked to be told by e-mail and by post (R441-2-7): the only preference that the law gives."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_BOTH = text("select demande from preference where demande = any(cast(:demandes as text[]))")
_ASK = text("insert into preference (demande) values (:demande) on conflict do nothing")
_WITHDRAW = text("delete from preference where demande = any(cast(:demandes as text[]))")


async def par_les_deux(connection: AsyncConnection, demandes: Sequence[str]) -> frozenset[str]:
    """Those of the demandes whose applicant asked for both channels."""
    if not demandes:
        return frozenset()
    return frozenset((await connection.execute(_BOTH, {"demandes": list(demandes)})).scalars())


async def demander(connection: AsyncConnection, demande: str) -> None:
    """The applicant asks for both channels."""
    await connection.execute(_ASK, {"demande": demande})


async def retirer(connection: AsyncConnection, demandes: Sequence[str]) -> None:
    """The applicants ask for it no more, or their demande is erased."""
    if demandes:
        await connection.execute(_WITHDRAW, {"demandes": list(demandes)})
