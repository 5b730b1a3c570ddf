"""The rankings that the scoring keeps, read over an authorised call."""

from uuid import UUID

import httpx
import msgspec

from services.chassis.fabric import Fabric
from services.demande.domain.erreurs import CotationIndisponible


class _Ligne(msgspec.Struct, frozen=True):
    demande: str


class Classement(msgspec.Struct, frozen=True):
    """What a designation must agree with: the dwelling that was ranked for, and who was ranked."""

    mise_a_disposition: str
    lignes: list[_Ligne]

    @property
    def demandes(self) -> frozenset[str]:
        return frozenset(ligne.demande for ligne in self.lignes)


async def lire_classement(fabric: Fabric, classement: UUID) -> Classement | None:
    """A ranking; None when the scoring knows none of that identifier. Raises CotationIndisponible."""
    try:
        response = await fabric.client("cotation").get(f"/v1/classements/{classement}")
    except httpx.TransportError as away:
        raise _indisponible() from away
    if response.status_code == httpx.codes.NOT_FOUND:
        return None
    if response.status_code != httpx.codes.OK:
        raise _indisponible()
    return msgspec.json.decode(response.content, type=Classement)


def _indisponible() -> CotationIndisponible:
    return CotationIndisponible(
        "Le classement cité ne peut pas être vérifié : la cotation ne répond pas. Réessayez dans un instant.",
        headers={"Retry-After": "5"},
    )
