"""Scoring a million demandes in columns, points per criterion kept, beside what others do with the same grid.

Setting: 1,000,000 situations drawn by a seed, already encoded; grids of 40 and of 64 criteria in the manner of the national
module (moteur_grilles), then each real grid. Every engine scores the same situations in the same run and must give the same
points, line by line, and the same totals (zen-engine, which takes one demande at a time, on the first 5,000). The figure is
the best of several runs, the median is beside it. The memory bound is the time to read every input column and to write as
many bytes as the results, nothing computed, on as many threads, in the same run. `cpu` is processor time on one thread: what
the scoring costs when other work shares the machine.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.moteur_grilles import grille_nationale
from benchmarks.moteur_openfisca import OpenFisca
from benchmarks.moteur_polars import Polars
from benchmarks.moteur_population import Population, en_objets, en_table, tirer
from benchmarks.moteur_zen import Zen
from benchmarks.report import median, report
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.moteur import Colonnes, GrilleCompilee, ResultatColonnes, compiler, encoder_table
from services.cotation.domain.moteur.colonnes import Bits, Jours, Nombres
from services.cotation.domain.moteur.execution import FILS

N = 1_000_000
N_ZEN = 5_000
TOURS = 40
TOURS_PAIRS = 3
LE = date(2026, 11, 22)
REELLES = Path(__file__).parent.parent / "contracts" / "grilles"
CIBLES = {40: 60.0, 64: 100.0}
Tableau = np.ndarray[Any, Any]


def chronometrer(action: Callable[[], Any], tours: int) -> list[float]:
    """Seconds of each run."""
    durees = []
    for _ in range(tours):
        debut = time.perf_counter()
        action()
        durees.append(time.perf_counter() - debut)
    return durees


def cpu_ns(action: Callable[[], Any], n: int) -> float:
    """Least processor time of a demande over some runs, in nanoseconds."""
    durees = []
    for _ in range(TOURS):
        debut = time.process_time_ns()
        action()
        durees.append(time.process_time_ns() - debut)
    return min(durees) / n


def entrees(colonnes: Colonnes) -> list[Tableau]:
    """The arrays of plain columns."""
    tableaux: list[Tableau] = []
    for colonne in colonnes.par_fait.values():
        if isinstance(colonne, Bits):
            tableaux += colonne.mots
        elif isinstance(colonne, (Nombres, Jours)) and colonne.valeurs is not None:
            tableaux.append(colonne.valeurs)
    return tableaux


def borne_memoire(colonnes: Colonnes, resultat: ResultatColonnes) -> float:
    """Seconds to read the inputs and write outputs of that size, nothing computed, on FILS threads, best of the runs."""
    lus = [np.array_split(tableau.view(np.uint8), FILS) for tableau in entrees(colonnes)]

    def parcourir(part: int, ecrits: Tableau) -> None:
        for tableau in lus:
            np.bitwise_or.reduce(tableau[part])
        np.array_split(ecrits, FILS)[part].fill(1)

    def tout() -> None:
        ecrits = np.empty(resultat.octets, np.uint8)
        list(fils.map(lambda part: parcourir(part, ecrits), range(FILS)))

    with ThreadPoolExecutor(FILS) as fils:
        return min(chronometrer(tout, TOURS))


def verifier(nom: str, resultat: ResultatColonnes, lignes: Sequence[Tableau], total: Tableau) -> None:
    """A peer's lines and totals are ours."""
    n = len(total)
    for ligne, points in zip(lignes, resultat.points, strict=True):
        assert np.array_equal(np.broadcast_to(ligne, (n,)), points[:n]), f"{nom} disagrees on a line"
    assert np.array_equal(total, resultat.total[:n]), f"{nom} disagrees on the total"


def pair(nom: str, moteur: Any, n: int, resultat: ResultatColonnes) -> float:
    """Nanoseconds a demande of a peer, best of its runs, its results checked against ours."""
    durees = []
    for _ in range(TOURS_PAIRS):
        pret = moteur.preparer()
        debut = time.perf_counter()
        lignes, total = moteur.calculer(pret)
        durees.append(time.perf_counter() - debut)
    verifier(nom, resultat, lignes, total)
    ns = min(durees) / n * 1e9
    print(f"  {nom:<22} {ns:10.1f} ns/demande   equal on {n:,} demandes")
    return ns


def verifier_un_par_un(compilee: GrilleCompilee, population: Population, resultat: ResultatColonnes) -> None:
    """The generated Python gives the same totals."""
    objets = en_objets(population, 2_000)
    unites = [int(total * 10**resultat.decimales_total) for total in compilee.totaux(objets, LE)]
    assert unites == resultat.total[: len(unites)].tolist(), "the two back-ends disagree"


def nationale(criteres: int) -> dict[str, float]:
    """Every engine on the grid of that many criteria."""
    grille = grille_nationale(criteres)
    population = tirer(N, grille)
    compilee = compiler(grille)
    colonnes = encoder_table(compilee.encodage(), en_table(population))
    resultat = compilee.evaluer_colonnes(colonnes, LE)
    verifier_un_par_un(compilee, population, resultat)
    durees = chronometrer(lambda: compilee.evaluer_colonnes(colonnes, LE), TOURS)
    nous = min(durees) / N * 1e9
    cpu = cpu_ns(lambda: compilee.evaluer_colonnes(colonnes, LE, fils=1), N)
    borne = borne_memoire(colonnes, resultat) / N * 1e9
    octets = (colonnes.octets + resultat.octets) / N
    print(f"{criteres} criteria, {octets:.0f} bytes a demande (columns and results)")
    print(f"  {'Logis, columns':<22} {nous:10.1f} ns/demande   median {median(durees) / N * 1e9:.1f}, cpu {cpu:.1f}")
    print(f"  {'memory bound':<22} {borne:10.1f} ns/demande")
    pairs = {
        "openfisca": pair("OpenFisca-Core", OpenFisca(grille, population), N, resultat),
        "polars": pair("Polars expressions", Polars(grille, population), N, resultat),
        "zen": pair("zen-engine", Zen(grille, population, N_ZEN), N_ZEN, resultat),
    }
    return {
        "ns": nous,
        "median_ns": median(durees) / N * 1e9,
        "cpu_ns": cpu,
        "memoire_ns": borne,
        "octets": octets,
    } | pairs


def reelle(chemin: Path) -> tuple[str, float]:
    """Our figure on one real grid."""
    grille: Grille = lire_grille(chemin.read_bytes())
    compilee = compiler(grille)
    population = tirer(N, grille)
    colonnes = encoder_table(compilee.encodage(), en_table(population))
    resultat = compilee.evaluer_colonnes(colonnes, LE)
    verifier_un_par_un(compilee, population, resultat)
    durees = chronometrer(lambda: compilee.evaluer_colonnes(colonnes, LE), TOURS)
    borne = borne_memoire(colonnes, resultat) / N * 1e9
    print(
        f"{grille.id:<22} {len(grille.regles):3} rules {min(durees) / N * 1e9:8.1f} ns/demande   memory bound {borne:.1f}"
    )
    return grille.id, min(durees) / N * 1e9


def main() -> None:
    """Score with every engine, check that they agree, print the figures."""
    print(__doc__)
    figures = {criteres: nationale(criteres) for criteres in CIBLES}
    reelles = dict(reelle(chemin) for chemin in sorted(REELLES.glob("*.json")) if chemin.stem != "examples")
    quarante = figures[40]
    report(
        "moteur",
        n=N,
        value=quarante["ns"],
        unit="ns/demande, 40 criteria",
        baseline="OpenFisca-Core, same grid, same run",
        ratio=quarante["openfisca"] / quarante["ns"],
        figures={criteres: {nom: round(v, 1) for nom, v in chiffres.items()} for criteres, chiffres in figures.items()},
        reelles={nom: round(ns, 1) for nom, ns in reelles.items()},
        atteint={criteres: figures[criteres]["ns"] <= cible for criteres, cible in CIBLES.items()},
    )


if __name__ == "__main__":
    main()
