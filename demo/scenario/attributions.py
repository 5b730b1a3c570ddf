"""Dwellings let one after the other, the first of them followed step by step."""

from collections.abc import Sequence
from dataclasses import dataclass

from demo.region import Region
from demo.scenario.attribution import CANDIDATS, attribuer, ouvrir
from demo.scenario.logements import MiseADisposition
from demo.scenario.maison import Maison
from demo.scenario.suivie import Suivie, suivre

_NOMMENT_PEU = ("BAILLEUR", "COMMUNE")
"""Holders whose candidates the landlord names: their dwellings come after those that a holder names itself."""


@dataclass
class Attributions:
    """What came of the dwellings. sans_candidat: those for which fewer than three demandes are eligible."""

    designes: int = 0
    refus: int = 0
    baux: int = 0
    sans_candidat: int = 0
    suivie: Suivie | None = None
    derniere: str = ""


async def tout_attribuer(
    maison: Maison, region: Region, mises: Sequence[MiseADisposition], jour: str, nombre: int
) -> Attributions:
    """Let `nombre` dwellings, each after one refusal; derniere: the offer of the last one."""
    types = {reservataire.id: reservataire.type for reservataire in region.reservataires}
    fait = Attributions()
    for mise in sorted(mises, key=lambda une: types[une.orientation["retenu"]] in _NOMMENT_PEU):
        if fait.baux == nombre:
            break
        une = await ouvrir(maison, mise, jour)
        candidats = (await une.chercher())[:CANDIDATS]
        if len(candidats) < CANDIDATS:
            fait.sans_candidat += 1
            continue
        if fait.suivie is None:
            fait.suivie = await suivre(maison, une, candidats)
        else:
            await attribuer(une, candidats)
        fait.designes += CANDIDATS
        fait.refus += 1
        fait.baux += 1
        fait.derniere = mise.id
    return fait
