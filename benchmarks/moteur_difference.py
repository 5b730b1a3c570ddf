"""One criterion of a grid changed over three million demandes, by difference.

Setting: grid of 40 criteria (moteur_grilles), 3,000,000 situations encoded and scored, points per criterion kept. For each
kind of criterion (points, scale, variants, member of a group, in a capped bloc), the values of one rule change; the new grid
is compiled, then scored by difference, its planning included. Best and median of the runs; the result equals, array by array,
the one scored from nothing, which is the baseline (same run). `cpu` is processor time: what it costs when other work shares
the machine.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from benchmarks.moteur_grilles import grille_nationale
from benchmarks.moteur_population import en_table, repeter, tirer
from benchmarks.report import median, report
from services.cotation.domain.grille import Grille, Points, Regle, Tranches, Variantes
from services.cotation.domain.moteur import ResultatColonnes, compiler, encoder_table

LE = date(2026, 11, 22)
MILLION = 1_000_000
FOIS = 3
TOURS = 60
CIBLE_MS = 15.0


def changee(regle: Regle) -> Regle:
    """The same rule, one point more or less on each value, within ±50."""
    match regle.effet:
        case Points(valeur=valeur):
            effet = Points(valeur - 1 if valeur > 0 else valeur + 1)
            return replace(regle, effet=effet)
        case Tranches(tranches=tranches):
            moindres = tuple(replace(tranche, valeur=tranche.valeur - 1) for tranche in tranches)
            return replace(regle, effet=replace(regle.effet, tranches=moindres))
        case Variantes(variantes=variantes):
            autres = tuple(replace(variante, valeur=variante.valeur - 1) for variante in variantes)
            return replace(regle, effet=replace(regle.effet, variantes=autres))
        case _:
            raise ValueError(f"no change is written for {regle.effet!r}")


def cas(grille: Grille) -> Iterator[tuple[str, Regle]]:
    """One rule of each kind, then one of a group and one of a capped bloc."""
    groupees = {identifiant for groupe in grille.groupes for identifiant in groupe.regles}
    bornes = {bloc.id for bloc in grille.blocs if bloc.bornes.maxi is not None}
    libres = [regle for regle in grille.regles if regle.id not in groupees and regle.bloc not in bornes]
    for nom, genre in (("points", Points), ("scale", Tranches), ("variants", Variantes)):
        yield nom, next(regle for regle in libres if isinstance(regle.effet, genre))
    yield "in a group", next(regle for regle in grille.regles if regle.id in groupees and regle.bloc not in bornes)
    yield (
        "in a capped bloc",
        next(
            regle
            for regle in grille.regles
            if regle.bloc in bornes and regle.id not in groupees and isinstance(regle.effet, Points)
        ),
    )


def egaux(gauche: ResultatColonnes, droite: ResultatColonnes) -> bool:
    """Every array equal, dtype included."""
    paires = zip((*gauche.points, gauche.total), (*droite.points, droite.total), strict=True)
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in paires)


def main() -> None:
    """Change one rule of each kind, print the figures."""
    print(__doc__)
    grille = grille_nationale(40)
    compilee = compiler(grille)
    colonnes = repeter(encoder_table(compilee.encodage(), en_table(tirer(MILLION, grille))), FOIS)
    avant = compilee.evaluer_colonnes(colonnes, LE)
    meilleures, medianes, cpu, entieres = {}, {}, {}, []
    for nom, regle in cas(grille):
        regles = tuple(changee(regle) if autre is regle else autre for autre in grille.regles)
        nouvelle = compiler(replace(grille, regles=regles))
        durees, processeur = [], []
        for _ in range(TOURS):
            debut, debut_cpu = time.perf_counter(), time.process_time()
            resultat = nouvelle.reevaluer(avant)
            durees.append((time.perf_counter() - debut) * 1000)
            processeur.append((time.process_time() - debut_cpu) * 1000)
        debut = time.perf_counter()
        attendu = nouvelle.evaluer_colonnes(colonnes, LE)
        entieres.append((time.perf_counter() - debut) * 1000)
        assert egaux(resultat, attendu), f"{nom}: the difference disagrees"
        meilleures[nom], medianes[nom], cpu[nom] = min(durees), median(durees), min(processeur)
        suite = f"median {medianes[nom]:.1f}, cpu {cpu[nom]:.1f}; from nothing {entieres[-1]:.1f} ms"
        print(f"{nom:<18} {meilleures[nom]:7.1f} ms, {suite}")
    pire = max(meilleures.values())
    report(
        "moteur_difference",
        n=FOIS * MILLION,
        value=pire,
        unit="ms, the slowest kind of criterion",
        baseline="scored from nothing",
        ratio=min(entieres) / pire,
        meilleures_ms={nom: round(duree, 1) for nom, duree in meilleures.items()},
        cpu_ms={nom: round(duree, 1) for nom, duree in cpu.items()},
        medianes_ms={nom: round(duree, 1) for nom, duree in medianes.items()},
        atteint={nom: duree <= CIBLE_MS for nom, duree in meilleures.items()},
    )


if __name__ == "__main__":
    main()
