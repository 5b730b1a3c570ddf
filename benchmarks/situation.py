"""From a demande to its situation: the cost of one, and the slope.

Setting: demandes of the generator, read from an SNE file and registered, with the thresholds and delays of a region (90 facts
and 2.8 places each); every situation is made and dropped, as when a batch is answered. Processor time of one process, best of
five runs, the state of the demandes frozen out of the garbage collector. Baseline: encoding the same situations as JSON, what
`POST /v1/situations/lecture` does next.
"""

import gc
import tempfile
import time
from datetime import date
from pathlib import Path

import msgspec

from benchmarks.report import report
from contracts.situation.lecture import Situation
from demo.manifeste import Parametres, generer
from demo.region import lire_region
from services.demande.adapters.sne import DemandeLue, lire
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.demande import Demande, enregistrer, evolve
from services.demande.domain.situation import Reperes, situation

SIZES = (1_000, 10_000)
ROUNDS = 5
LE = date(2026, 11, 1)
REPERES = Reperes({"246700488": 9_243, "200066009": 9_243}, {("67", "T2"): 24, ("68", "T3"): 30})


def states(count: int) -> list[Demande]:
    """Demandes as the register folds them."""
    with tempfile.TemporaryDirectory() as folder:
        generer(Parametres(count, 1, LE, LE.year, logements=1, avaries=False), lire_region(), Path(folder))
        with min((Path(folder) / "sne").iterdir()).open("rb") as stream:
            return [registered(lue) for lue in lire(stream, le=LE) if isinstance(lue, DemandeLue)]


def registered(lue: DemandeLue) -> Demande:
    """One demande of a file, registered on its deposit."""
    assert lue.deposee_le is not None
    assert lue.guichet is not None
    assert lue.territoire is not None
    assert lue.recherche is not None
    deposit = DeposerDemande(
        deposee_le=lue.deposee_le,
        recue_le=LE,
        guichet=lue.guichet,
        canal="import",
        territoire=lue.territoire,
        recherche=lue.recherche,
        dossier=lue.dossier,
        personnes=lue.personnes,
        numero=lue.numero,
        autres_numeros=lue.autres_numeros,
    )
    return evolve(enregistrer(Demande(), deposit, "empreinte")[0], Demande())


def derive(demandes: list[Demande]) -> float:
    """Seconds to derive every situation, none kept."""
    start = time.process_time()
    for demande in demandes:
        situation("d", demande, le=LE, reperes=REPERES)
    return time.process_time() - start


def encode(situations: list[Situation]) -> float:
    """Seconds to encode them."""
    start = time.process_time()
    for one in situations:
        msgspec.json.encode(one)
    return time.process_time() - start


def main() -> None:
    print(__doc__)
    costs = []
    for count in SIZES:
        demandes = states(count)
        gc.collect()
        gc.freeze()
        costs.append(min(derive(demandes) for _ in range(ROUNDS)) / count)
        print(f"{count:7,} demandes: {costs[-1] * 1e6:6.1f} µs each")
    situations = [situation("d", demande, le=LE, reperes=REPERES) for demande in demandes[:1_000]]
    encoding = min(encode(situations) for _ in range(ROUNDS)) / len(situations)
    report(
        "situation",
        n=SIZES[-1],
        value=costs[-1] * 1e6,
        unit="µs/demande",
        baseline="msgspec JSON encoding of the same situations",
        ratio=costs[-1] / encoding,
        pente=round(costs[-1] / costs[0], 2),
        faits=round(sum(len(s.faits) + sum(len(p.faits) for p in s.lieux.values()) for s in situations) / 1_000, 1),
    )


if __name__ == "__main__":
    main()
