"""The register, as the notifications read it: whom a message is for, at the moment it leaves."""

from collections.abc import Collection
from dataclasses import dataclass

import httpx
import msgspec

from contracts.destinataires import Destinataire, DestinatairesLus, LectureDestinataires
from services.chassis.consumption.consumer import Unavailable
from services.chassis.fabric import Fabric

_FINALITE = "envoi des avis dus au demandeur"
_MOST = 500


@dataclass(frozen=True, slots=True)
class Lus:
    """What the register answered: by demande; and those that it will never answer: erased, or unknown."""

    connus: dict[str, Destinataire]
    effaces: frozenset[str]


@dataclass(frozen=True, slots=True)
class Registre:
    """The reading of recipients. Nothing of it outlives the batch that asked."""

    fabric: Fabric

    async def lire(self, demandes: Collection[str]) -> Lus:
        """The recipients of these demandes. Raises Unavailable, httpx.TransportError."""
        connus: dict[str, Destinataire] = {}
        effaces: set[str] = set()
        asked = sorted(set(demandes))
        for start in range(0, len(asked), _MOST):
            body = LectureDestinataires(asked[start : start + _MOST], _FINALITE)
            response = await self.fabric.client("demande").post(
                "/v1/destinataires/lecture",
                content=msgspec.json.encode(body),
                headers={"Content-Type": "application/json"},
            )
            if response.status_code != httpx.codes.OK:
                raise Unavailable(f"the register answers {response.status_code} to a reading of recipients")
            lus = msgspec.json.decode(response.content, type=DestinatairesLus)
            connus |= {lu.demande: lu for lu in lus.destinataires}
            effaces |= {*lus.effacees, *lus.inconnues}
        return Lus(connus, frozenset(effaces))
