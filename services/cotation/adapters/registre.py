"""The register's facts, read over an authorised call that it journals."""

from collections.abc import Mapping
from datetime import date

import httpx
import msgspec

from contracts.situation.lecture import LectureDemandee, SituationsLues, VersionDemandee
from services.chassis.consumption.consumer import Unavailable
from services.chassis.fabric import Fabric

_MOST_DEMANDES = 500


async def lire_les_situations(
    fabric: Fabric, voulues: Mapping[str, int], finalite: str, le: date, commune_elargie: str | None = None
) -> SituationsLues:
    """The situations of demandes on a day, at the versions given or newer, by calls of at most 500. Raises Unavailable."""
    versions = [VersionDemandee(demande, version) for demande, version in voulues.items()]
    lues = SituationsLues([], [], [])
    for start in range(0, len(versions), _MOST_DEMANDES):
        asked = LectureDemandee(versions[start : start + _MOST_DEMANDES], finalite, commune_elargie, le)
        try:
            response = await fabric.client("demande").post(
                "/v1/situations/lecture",
                content=msgspec.json.encode(asked),
                headers={"Content-Type": "application/json"},
            )
        except httpx.TransportError as away:
            raise Unavailable(f"the register does not answer: {type(away).__name__}") from away
        if response.status_code != httpx.codes.OK:
            raise Unavailable(f"the register answers {response.status_code} to a reading of situations")
        lot = msgspec.json.decode(response.content, type=SituationsLues)
        lues.situations.extend(lot.situations)
        lues.effacees.extend(lot.effacees)
        lues.inconnues.extend(lot.inconnues)
    return lues
