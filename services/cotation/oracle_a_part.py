"""The oracle in processes of its own: recomputing every score of a region takes all the cores of a machine."""

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from multiprocessing import get_context
from typing import Any, NamedTuple

from services.cotation.domain.grille import Grille, Mode
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Resultat, Role

_PEU = 500
"""Fewer are recomputed here: starting a process takes the time of as many."""


class Cas(NamedTuple):
    """What a score comes from: the version of a grid, the facts at a place, the day."""

    version: str
    faits: Mapping[str, Any]
    au: date


class Jugement(NamedTuple):
    """A score as the oracle gives it. hors: code of the reason out of scope; somme: what its lines say."""

    total: Decimal
    provisoire: bool
    hors: str | None
    somme: Decimal


@dataclass
class Oracle:
    """Judges many cases at once. contenus: the text of each grid, by version."""

    contenus: Mapping[str, str]
    _processus: ProcessPoolExecutor | None = None
    _lues: dict[str, Grille] = field(default_factory=dict)

    async def juger(self, cas: Sequence[Cas]) -> list[Jugement]:
        """The judgement of each case, in order."""
        if len(cas) < _PEU:
            return [juger(self._grille(un.version), un) for un in cas]
        if self._processus is None:
            self._processus = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _ouvrir, (dict(self.contenus),))
        part = -(-len(cas) // (os.cpu_count() or 1))
        boucle = asyncio.get_running_loop()
        parts = [cas[rang : rang + part] for rang in range(0, len(cas), part)]
        jugees = await asyncio.gather(*(boucle.run_in_executor(self._processus, _juger, une) for une in parts))
        return [jugement for une in jugees for jugement in une]

    def fermer(self) -> None:
        """End the processes."""
        if self._processus is not None:
            self._processus.shutdown(cancel_futures=True)

    def _grille(self, version: str) -> Grille:
        if version not in self._lues:
            self._lues[version] = lire_grille(self.contenus[version])
        return self._lues[version]


@contextmanager
def oracle_a_part(contenus: Mapping[str, str]) -> Iterator[Oracle]:
    """An oracle, its processes ended with the block."""
    oracle = Oracle(contenus)
    try:
        yield oracle
    finally:
        oracle.fermer()


def juger(grille: Grille, cas: Cas) -> Jugement:
    """The judgement of one case."""
    resultat = evaluer(grille, cas.faits, cas.au)
    hors = resultat.hors_cotation.code if resultat.hors_cotation else None
    return Jugement(resultat.total, resultat.provisoire, hors, somme_des_lignes(resultat, grille.mode))


def somme_des_lignes(resultat: Resultat, mode: Mode) -> Decimal:
    """The total that the lines say: base × factor, points, adjustments; 0 out of scope."""
    if resultat.hors_cotation is not None:
        return Decimal(0)
    comptees = [ligne for ligne in resultat.lignes if ligne.compte]
    base = sum((ligne.valeur for ligne in comptees if ligne.effet is Role.BASE), Decimal(0))
    points = sum((ligne.valeur for ligne in comptees if ligne.effet is Role.POINTS), Decimal(0))
    coefficients = [ligne.valeur - 1 for ligne in comptees if ligne.effet is Role.COEFFICIENT]
    facteur = 1 + sum(coefficients, Decimal(0)) if mode is Mode.BASE_PAR_COEFFICIENTS else Decimal(1)
    return base * facteur + points + sum((a.valeur for a in resultat.ajustements), Decimal(0))


# In a process of its own: its grids, each read once.

_contenus: dict[str, str] = {}


def _ouvrir(contenus: dict[str, str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends its processes
    _contenus.update(contenus)


@cache
def _grille(version: str) -> Grille:
    return lire_grille(_contenus[version])


def _juger(cas: Sequence[Cas]) -> list[Jugement]:
    return [juger(_grille(un.version), un) for un in cas]
