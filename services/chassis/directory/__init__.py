"""The directory of organisations: one validated file per region, loaded by every service (design.md §2)."""

import tomllib
from pathlib import Path

from services.chassis.directory import coherence, parsing
from services.chassis.directory.model import (
    DelaiAnormalementLong,
    Departement,
    Emprise,
    EpciDeLaRegion,
    FaitLocal,
    Guichet,
    Nature,
    Organisation,
    Region,
    Registre,
    Reservataire,
    Role,
)
from services.chassis.directory.reading import Lecture
from services.chassis.problems import Fault

__all__ = [
    "DelaiAnormalementLong",
    "Departement",
    "Emprise",
    "EpciDeLaRegion",
    "FaitLocal",
    "Guichet",
    "Nature",
    "Organisation",
    "Region",
    "RegionInvalide",
    "Registre",
    "Reservataire",
    "Role",
    "load_region",
    "parse_region",
]


class RegionInvalide(ValueError):
    """A region file that cannot be used: `fautes` holds each fault with its pointer and its sentence."""

    def __init__(self, nom: str, fautes: tuple[Fault, ...]) -> None:
        lignes = "\n".join(f"  {f.pointer or '/'} : {f.message}" for f in fautes)
        super().__init__(f"Le fichier de région « {nom} » a {len(fautes)} faute(s) :\n{lignes}")
        self.fautes = fautes


def load_region(path: Path) -> Region:
    """The region that a `region.toml` describes. Raises RegionInvalide with every fault at once, unreadable file too."""
    try:
        texte = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        message = "Le fichier est absent, illisible ou n'est pas en UTF-8."
        raise RegionInvalide(path.name, (Fault("", "fichier-illisible", message),)) from cause
    return parse_region(texte, nom=path.name)


def parse_region(texte: str, *, nom: str = "region.toml") -> Region:
    """The region that this TOML text describes. Raises RegionInvalide with every fault at once."""
    try:
        contenu = tomllib.loads(texte)
    except tomllib.TOMLDecodeError as cause:
        raise RegionInvalide(nom, (Fault("", "toml-illisible", f"Le TOML est mal formé : {cause}."),)) from cause
    fautes: list[Fault] = []
    region = parsing.region(Lecture(contenu, "", fautes))
    if not fautes:
        fautes += coherence.fautes(region)
    if fautes:
        raise RegionInvalide(nom, tuple(fautes))
    return region
