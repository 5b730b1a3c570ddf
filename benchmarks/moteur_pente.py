"""How the cost of a demande changes with their number, and the memory it takes.

Setting: grid of 40 criteria (moteur_grilles), 10,000, 100,000, 1 and 3 million situations already encoded, points per
criterion kept, best of the runs. The slope is the cost of a demande among 3 million against one among 10,000: past 1.3 the
engine would not scale; below 1, it says what a call costs beside what it computes: some 450 calls of NumPy a block, a third
of a millisecond whatever the rows, which 100,000 of them no longer show. `plate`: from there on, the greatest cost over the
least. Memory: bytes of every column and of every result, and what the process gained while scoring 3 million. Baseline: the
cost among 10,000. `cpu` is processor time: a run on 3 million is long enough to be interrupted by whatever shares the
machine, one on 10,000 is not.
"""

import resource
import time
from datetime import date

from benchmarks.moteur_grilles import grille_nationale
from benchmarks.moteur_population import en_table, premieres, repeter, tirer
from benchmarks.report import report
from services.cotation.domain.moteur import compiler, encoder_table

LE = date(2026, 11, 22)
MILLION = 1_000_000
TAILLES = {10_000: 60, 100_000: 30, MILLION: 40, 3 * MILLION: 25}
CIBLE_OCTETS, CIBLE_PENTE = 200, 1.3


def main() -> None:
    """Score at each size, print the figures."""
    print(__doc__)
    grille = grille_nationale(40)
    compilee = compiler(grille)
    million = encoder_table(compilee.encodage(), en_table(tirer(MILLION, grille)))
    couts: dict[int, float] = {}
    cpu: dict[int, float] = {}
    octets = gagnes = 0.0
    for n, tours in TAILLES.items():
        colonnes = premieres(million, n) if n <= MILLION else repeter(million, n // MILLION)
        avant = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        durees, processeur = [], []
        for _ in range(tours):
            debut, debut_cpu = time.perf_counter(), time.process_time()
            resultat = compilee.evaluer_colonnes(colonnes, LE)
            durees.append(time.perf_counter() - debut)
            processeur.append(time.process_time() - debut_cpu)
        couts[n], cpu[n] = min(durees) / n * 1e9, min(processeur) / n * 1e9
        octets = (colonnes.octets + resultat.octets) / n
        gagnes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - avant) * 1024 / n
        print(f"{n:>9,} demandes: {couts[n]:7.1f} ns each, cpu {cpu[n]:.1f}, {octets:.0f} bytes each")
    pente = couts[3 * MILLION] / couts[10_000]
    grands = [cout for n, cout in couts.items() if n >= 100_000]
    plate = max(grands) / min(grands)
    report(
        "moteur_pente",
        n=3 * MILLION,
        value=couts[3 * MILLION],
        unit="ns/demande, 40 criteria",
        baseline="the same among 10,000 demandes",
        ratio=pente,
        couts={n: round(cout, 1) for n, cout in couts.items()},
        cpu_ns={n: round(cout, 1) for n, cout in cpu.items()},
        plate=round(plate, 3),
        pente_cpu=round(cpu[3 * MILLION] / cpu[10_000], 3),
        octets=round(octets, 1),
        octets_resultats_rss=round(gagnes, 1),
        atteint={"pente": pente <= CIBLE_PENTE, "plate": plate <= CIBLE_PENTE, "memoire": octets <= CIBLE_OCTETS},
    )


if __name__ == "__main__":
    main()
