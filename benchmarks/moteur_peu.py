"""Scoring one demande, then a thousand: the generated function on nested facts, and columns for the thousand.

Setting: grid of 40 criteria (moteur_grilles). One demande: 300 situations, each scored many times, best time of each, median
of the 300; `score` gives the total and what each of the 40 lines brings, `explained` the whole result (40 lines with reason,
facts read, evidence). A thousand: already encoded, points per criterion kept, best and median of 200 runs. Baseline: the
scalar oracle on the same situations, same results.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from benchmarks.moteur_grilles import grille_nationale
from benchmarks.moteur_population import en_objets, tirer
from benchmarks.report import median, report
from services.cotation.domain import oracle
from services.cotation.domain.moteur import compiler, encoder

LE = date(2026, 11, 22)
SITUATIONS = 300
TOURS = 25
CIBLE_UNE_US, CIBLE_MILLE_MS = 10.0, 0.5


def mesurer(action: Callable[[Any], Any], situations: Sequence[Any], tours: int = TOURS) -> float:
    """Microseconds: median over the situations of the best of some runs."""
    meilleures = []
    for faits in situations:
        durees = []
        for _ in range(tours):
            debut = time.perf_counter_ns()
            action(faits)
            durees.append(time.perf_counter_ns() - debut)
        meilleures.append(min(durees) / 1000)
    return median(meilleures)


def main() -> None:
    """Score one and a thousand demandes, print the figures."""
    print(__doc__)
    grille = grille_nationale(40)
    compilee = compiler(grille)
    situations = en_objets(tirer(1_000, grille), 1_000)
    for faits in situations:
        assert compilee.evaluer(faits, LE) == oracle.evaluer(grille, faits, LE), "the oracle disagrees"
    peu = situations[:SITUATIONS]
    score = mesurer(lambda faits: compilee.noter(faits, LE), peu)
    explique = mesurer(lambda faits: compilee.evaluer(faits, LE), peu)
    temoin = mesurer(lambda faits: oracle.evaluer(grille, faits, LE), peu[:30], 5)
    colonnes = encoder(compilee.encodage(), situations)
    resultat = compilee.evaluer_colonnes(colonnes, LE)
    assert [int(total) for total in compilee.totaux(situations, LE)] == resultat.total.tolist()
    durees = []
    for _ in range(200):
        debut = time.perf_counter()
        compilee.evaluer_colonnes(colonnes, LE)
        durees.append((time.perf_counter() - debut) * 1000)
    mille = min(durees)
    print(f"one demande: score {score:.1f} µs, explained {explique:.1f} µs; oracle {temoin:.0f} µs")
    print(f"1,000 demandes in columns: best {mille:.3f} ms, median {median(durees):.3f} ms")
    report(
        "moteur_peu",
        n=1,
        value=score,
        unit="µs/demande, 40 criteria",
        baseline="scalar oracle, same situations",
        ratio=temoin / score,
        explique_us=round(explique, 1),
        mille_ms=round(mille, 3),
        mille_mediane_ms=round(median(durees), 3),
        atteint={"une": score <= CIBLE_UNE_US, "mille": mille <= CIBLE_MILLE_MS},
    )


if __name__ == "__main__":
    main()
