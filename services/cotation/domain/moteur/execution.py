"""Running a plan over columns: blocks that fit a core's cache, on one thread or more, into arrays made once."""

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate, count
from typing import Any

import numpy as np

from services.cotation.domain.moteur.colonnes import Colonnes, Tableau
from services.cotation.domain.moteur.evenements_colonnes import tableau_de
from services.cotation.domain.moteur.noeuds import Noeud
from services.cotation.domain.moteur.plan import Chantier, Plan
from services.cotation.domain.moteur.programme import Bloc, Programme, programmer

LIGNES_PAR_BLOC = 65_536
"""Rows of a block: its thirty buffers, one byte a row for most, stay in the caches of a core. Measured on a grid of 40
criteria: 16,384 rows cost twice as much (the calls show), 262,144 gain nothing."""
FILS = 1 if getattr(sys, "_is_gil_enabled", lambda: True)() else 2
"""Threads by default. A NumPy call on a block lasts 2 to 5 microseconds, less than a hand-over of the interpreter lock: two
threads gained 9 % at best on an idle machine and lost half and more on a busy one. Without that lock, two."""
ALIGNEMENT = 64
SEUIL_FILS = 4 * LIGNES_PAR_BLOC
"""Below, a second thread costs more than it gives."""


class Detail(StrEnum):
    """How much is kept. TOTAL: the total, the reason out of scope, provisional. POINTS: also what each line brings."""

    TOTAL = "total"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class ResultatColonnes:
    """The scores of n situations, row by row, exact scaled integers. The arrays are not to be written to.

    total: (n,), in units of `10**-decimales_total`; 0 out of scope. somme: (n,), the same before the floor and cap of the
    total. hors_cotation: (n,), 0 or 1 + rank of the reason in the grid. provisoire: (n,) booleans. points: what each
    line brings, (n,) each, in the narrowest dtype that the compiler proves: points or base in units of
    `10**-decimales[i]`, 0 for a line that does not count; for a coefficient, what it has above 1. Empty with Detail.TOTAL.
    """

    n: int
    as_of: date
    detail: Detail
    total: Tableau
    somme: Tableau
    hors_cotation: Tableau
    provisoire: Tableau
    points: tuple[Tableau, ...]
    decimales_total: int
    decimales: tuple[int, ...]
    colonnes: Colonnes
    chantier: Chantier
    plan: Plan

    @property
    def octets(self) -> int:
        """Bytes taken by the results alone, arrays shared by several lines counted once."""
        tableaux = (self.total, self.somme, self.hors_cotation, self.provisoire, *self.points)
        propres = {id(tableau): tableau.nbytes for tableau in tableaux if tableau.strides != (0,)}
        return sum(propres.values())


def calculer(
    noeuds: Sequence[Noeud], colonnes: Colonnes, programme: Programme, connus: Mapping[int, Tableau], fils: int
) -> list[Tableau]:
    """The arrays of some nodes, in order. connus: arrays of nodes already computed, by node number."""
    n = colonnes.n
    sorties = _reserver(programme.sorties, n)

    def tableau(noeud: Noeud) -> Tableau:
        if noeud.numero in connus:
            return connus[noeud.numero]
        if noeud.op == "constante":
            return np.broadcast_to(np.array(noeud.param, noeud.dtype), (n,))
        return sorties[noeud.numero] if noeud.op != "entree" else _entree(noeud.param, colonnes, connus)

    entrees = [_entree(cle, colonnes, connus) for cle, _ in programme.entrees]
    if programme.sorties:
        _executer(programme, colonnes, entrees, list(sorties.values()), fils)
    return [tableau(noeud) for noeud in noeuds]


def _reserver(noeuds: Sequence[Noeud], n: int) -> dict[int, Tableau]:
    """Room for some nodes, in one piece: NumPy asks for huge pages from 4 MB on, and faults are what costs here."""
    tailles = [-(-n * noeud.dtype.itemsize // ALIGNEMENT) * ALIGNEMENT for noeud in noeuds]
    piece = np.empty(sum(tailles), np.uint8)
    fins = accumulate(tailles)
    return {
        noeud.numero: piece[fin - taille :][: n * noeud.dtype.itemsize].view(noeud.dtype)
        for noeud, taille, fin in zip(noeuds, tailles, fins, strict=True)
    }


def _entree(cle: Any, colonnes: Colonnes, connus: Mapping[int, Tableau]) -> Tableau:
    return connus[cle[1]] if cle[0] == "connu" else tableau_de(colonnes.par_fait, *cle[1:])


def a_calculer(noeuds: Sequence[Noeud]) -> tuple[Noeud, ...]:
    """Those that need a program, each once."""
    return tuple({noeud.numero: noeud for noeud in noeuds if noeud.op not in {"constante", "entree"}}.values())


def programmer_plan(plan: Plan, detail: Detail) -> Programme:
    """The program of a whole plan."""
    return programmer(a_calculer(sorties_de(plan, detail)))


def sorties_de(plan: Plan, detail: Detail) -> tuple[Noeud, ...]:
    """The nodes that a result keeps: total, sum, reason out of scope, provisional, then the lines."""
    lignes = plan.lignes if detail is Detail.POINTS else ()
    somme = plan.somme if detail is Detail.POINTS else plan.total
    return (*lignes, somme, plan.total, plan.hors, plan.provisoire)


def _executer(
    programme: Programme, colonnes: Colonnes, entrees: Sequence[Tableau], sorties: Sequence[Tableau], fils: int
) -> None:
    n = colonnes.n
    rangs = count()
    fils = fils if n >= SEUIL_FILS else 1
    taille = max(1, min(LIGNES_PAR_BLOC, n))

    def blocs() -> Iterator[Bloc]:
        for rang in rangs:  # next() of a count is atomic: each block goes to one thread
            if rang * taille >= n:
                return
            yield Bloc(rang * taille, min(n, (rang + 1) * taille), colonnes.par_fait)

    def travailler() -> None:
        table = programme.table(taille)
        for bloc in blocs():
            start, stop, _ = bloc
            if stop - start < taille:
                table = programme.table(stop - start)
            entrees_bloc = [entree[start:stop] for entree in entrees]
            programme.executer(table, bloc, entrees_bloc, [sortie[start:stop] for sortie in sorties])

    _paralleliser(travailler, fils)


def _paralleliser(travailler: Any, fils: int) -> None:
    fautes: list[BaseException] = []

    def prudent() -> None:
        try:
            travailler()
        except BaseException as faute:  # noqa: BLE001 - raised again by the caller's thread
            fautes.append(faute)

    autres = [threading.Thread(target=prudent, name="cotation-colonnes") for _ in range(fils - 1)]
    for fil in autres:
        fil.start()
    prudent()
    for fil in autres:
        fil.join()
    if fautes:
        raise fautes[0]
