"""Put in force the grids of the region's folder (G17): each once, from a date on."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import text

from services.chassis.directory import Region
from services.chassis.events.unit_of_work import Stream, UnitOfWork
from services.cotation.domain.journal import GrillePubliee
from services.cotation.domain.lecture import lire_grille
from services.cotation.flots import GRILLE
from services.cotation.grilles import version_de

_KNOWN = text("select version from grille_v1 where epci = :epci order by effet desc limit 1")


@dataclass(frozen=True, slots=True)
class GrilleDeLaRegion:
    """A grid of the region's folder: the EPCI (SIREN) that it is for, its name, its text."""

    epci: str
    grille: str
    contenu: str


def grilles_de_la_region(region: Region, dossier: Path) -> list[GrilleDeLaRegion]:
    """The grid of each EPCI, read from `<dossier>/<id>.json`. Raises GrilleInvalide, FileNotFoundError."""
    found = []
    for epci in region.epci.values():
        contenu = (dossier / f"{epci.grille}.json").read_text(encoding="utf-8")
        found.append(GrilleDeLaRegion(epci.siren, lire_grille(contenu).id, contenu))
    return found


async def publier_grilles(grilles: list[GrilleDeLaRegion], effet: date, work: UnitOfWork) -> list[str]:
    """Publish the grids that are not the ones last published; returns the identifiers of those that were. Safe to repeat."""
    streams = await work.ends(GRILLE, [grille.epci for grille in grilles])
    changes: list[tuple[Stream[None], list[GrillePubliee]]] = []
    for stream, grille in zip(streams, grilles, strict=True):
        version = version_de(grille.contenu)
        if (await work.connection.execute(_KNOWN, {"epci": grille.epci})).scalar() != version:
            changes.append((stream, [GrillePubliee(grille.epci, grille.grille, version, effet, grille.contenu)]))
    await work.append_all(changes)
    return [events[0].grille for _, events in changes]
