"""Reading SNE files: demandes read and validated a second, on one core.

Setting: 5,000 demandes of the generator in one file of 02.01 (one spoiled in a hundred), from memory, processor time of one
process; best of five runs, each followed by the baselines on the same bytes. Baselines: lxml's `iterparse` on
`demandeLogement` with a bare walk of each tree (tag, text and code of every element, nothing kept), and expat with handlers
that do nothing: what any reader pays before it validates anything.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from benchmarks.report import report
from demo.manifeste import Parametres, generer
from demo.region import lire_region
from services.demande.adapters.sne import DemandeLue, lire

DEMANDES = 5_000
ROUNDS = 5
LE = date(2026, 11, 1)
DEMANDE_LOGEMENT = "{http://nuu.application.i2/}demandeLogement"


def read(content: bytes) -> int:
    """Demandes taken by our reader."""
    return sum(isinstance(lue, DemandeLue) for lue in lire(BytesIO(content), le=LE))


def walk(content: bytes) -> int:
    """Elements met by lxml."""
    met = 0
    for _, demande in etree.iterparse(BytesIO(content), tag=DEMANDE_LOGEMENT):
        for element in demande.iter():
            met += bool(element.tag) + bool(element.text) + bool(element.get("code"))
        demande.clear()
    return met


def events(content: bytes) -> int:
    """Expat with empty handlers."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda _name, _attributes: None
    parser.EndElementHandler = lambda _name: None
    parser.CharacterDataHandler = lambda _text: None
    stream = BytesIO(content)
    while block := stream.read(1 << 16):
        parser.Parse(block, False)
    return parser.Parse(b"", True)


def seconds(job: Callable[[bytes], int], content: bytes) -> float:
    """Processor time of one run."""
    start = time.process_time()
    assert job(content)
    return time.process_time() - start


def main() -> None:
    print(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        generer(Parametres(DEMANDES, 1, LE, LE.year, logements=1), lire_region(), Path(folder))
        content = min((Path(folder) / "sne").iterdir()).read_bytes()
    jobs = (read, walk, events)
    best = {job: min(seconds(job, content) for _ in range(ROUNDS)) for job in jobs}
    for job, spent in best.items():
        print(f"{job.__name__:8} {DEMANDES / spent:10,.0f} demandes/s {spent / DEMANDES * 1e6:8.1f} µs each")
    report(
        "lecture-sne",
        n=DEMANDES,
        value=DEMANDES / best[read],
        unit="demandes/s",
        baseline="lxml iterparse and bare walk of each tree, nothing validated",
        ratio=best[walk] / best[read],
        octets_par_demande=len(content) // DEMANDES,
    )


if __name__ == "__main__":
    main()
