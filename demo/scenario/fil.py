"""Reading a service's feed to its end, as any partner would."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec

from contracts.enveloppe import CloudEvent

_LOT = msgspec.json.Decoder(list[CloudEvent])


async def lire_le_fil(
    client: httpx.AsyncClient, service: str, apres: str, attente_ms: int
) -> AsyncIterator[CloudEvent]:
    """The published events of a service after a cursor, until nothing comes for `attente_ms` milliseconds."""
    while True:
        parametres: dict[str, Any] = {"timeout": attente_ms}
        if apres:
            parametres["lastEventId"] = apres
        reponse = await client.get(f"/{service}/v1/evenements", params=parametres)
        reponse.raise_for_status()
        lot = _LOT.decode(reponse.content)
        if not lot:
            return
        for evenement in lot:
            yield evenement
        apres = lot[-1].id
