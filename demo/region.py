"""The organisations of the demonstration region, read from its `region.toml` as any outside client would."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FICHIER = Path(__file__).parents[1] / "deploy" / "regions" / "demonstration" / "region.toml"


@dataclass(frozen=True, slots=True)
class Bailleur:
    """A landlord and the départements where it has dwellings."""

    id: str
    nom: str
    siren: str
    departements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reservataire:
    """A holder of rights and its perimeter; `departements`, `epci` or `communes` according to its type."""

    id: str
    nom: str
    type: str
    organisation: str
    parent: str | None
    departements: tuple[str, ...]
    epci: tuple[str, ...]
    communes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """What the generator needs of a region."""

    code: str
    bailleurs: tuple[Bailleur, ...]
    reservataires: tuple[Reservataire, ...]
    guichets: tuple[str, ...]

    def bailleurs_de(self, departement: str) -> tuple[str, ...]:
        """SIREN of the landlords that have dwellings in the département."""
        return tuple(bailleur.siren for bailleur in self.bailleurs if departement in bailleur.departements)


def lire_region(fichier: Path = FICHIER) -> Region:
    """The region that a file describes. Raises OSError, tomllib.TOMLDecodeError or KeyError on a file that is not one."""
    contenu = tomllib.loads(fichier.read_text(encoding="utf-8"))
    return Region(
        code=contenu["region"]["code"],
        bailleurs=tuple(_bailleur(o) for o in contenu["organisations"] if o["nature"] == "bailleur"),
        reservataires=tuple(_reservataire(r) for r in contenu["reservataires"]),
        guichets=tuple(guichet["code"] for guichet in contenu["guichets"]),
    )


def _bailleur(organisation: Mapping[str, Any]) -> Bailleur:
    return Bailleur(organisation["id"], organisation["nom"], organisation["siren"], tuple(organisation["departements"]))


def _reservataire(brut: Mapping[str, Any]) -> Reservataire:
    return Reservataire(
        id=brut["id"],
        nom=brut["nom"],
        type=brut["type"],
        organisation=brut["organisation"],
        parent=brut.get("parent"),
        departements=tuple(brut.get("departements", ())),
        epci=tuple(brut.get("epci", ())),
        communes=tuple(brut.get("communes", ())),
    )
