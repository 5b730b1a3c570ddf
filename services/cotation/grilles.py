"""The grids in force: published by events, kept with their content, compiled once in a process."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cotation.domain.echeance import Temporels, temporels
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.moteur import GrilleCompilee, compiler
from services.cotation.domain.resultat import Constat, Resultat

_ALL = text("select epci, effet, version, contenu from grille_v1 order by epci, effet, version")
_COUNT = text("select count(*) from grille_v1")


def version_de(contenu: str) -> str:
    """The version of a grid: SHA-256 of its text, in hexadecimal."""
    return hashlib.sha256(contenu.encode()).hexdigest()


@dataclass
class GrilleDeService:
    """One published version of a grid, compiled when first used."""

    version: str
    contenu: str

    @cached_property
    def grille(self) -> Grille:
        return lire_grille(self.contenu)

    @cached_property
    def compilee(self) -> GrilleCompilee:
        return compiler(self.grille)

    @cached_property
    def temporels(self) -> Temporels:
        return temporels(self.grille)

    def evaluer(self, faits: Mapping[str, Any], as_of: date) -> Resultat:
        return self.compilee.evaluer(faits, as_of)

    def constater(self, faits: Mapping[str, Any], as_of: date) -> Constat:
        return self.compilee.constater(faits, as_of)

    def apports(self, faits: Mapping[str, Any], as_of: date) -> tuple[int, ...]:
        return self.compilee.noter(faits, as_of).points


@dataclass
class Grilles:
    """Every published grid, by EPCI and by version; read again when another was published."""

    _by_version: dict[str, GrilleDeService] = field(default_factory=dict)
    _in_force: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    _count: int = 0

    async def refresh(self, connection: AsyncConnection) -> None:
        """Read what was published since. Versions never change: those already compiled stay."""
        if (await connection.execute(_COUNT)).scalar_one() == self._count:
            return
        rows = (await connection.execute(_ALL)).all()
        in_force: dict[str, list[tuple[date, str]]] = {}
        for epci, effet, version, contenu in rows:
            self._by_version.setdefault(version, GrilleDeService(version, contenu))
            in_force.setdefault(epci, []).append((effet, version))
        self._in_force, self._count = in_force, len(rows)

    @property
    def par_version(self) -> Mapping[str, GrilleDeService]:
        return self._by_version

    def en_vigueur(self, le: date) -> dict[str, GrilleDeService]:
        """By EPCI (SIREN), the grid in force on a day: the last one whose effect has come."""
        found = {}
        for epci, versions in self._in_force.items():
            due = [version for effet, version in versions if effet <= le]
            if due:
                found[epci] = self._by_version[due[-1]]
        return found
