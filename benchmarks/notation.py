"""Scoring the demandes of a batch, as the service does when the register announces them: first scores, then changed ones.

Setting: 1,000 demandes of the generator with their facts (90 of them, 2.8 places wished), the two grids of the demonstration
region (16 and 11 rules). *First*: never scored, one score a place. *Unchanged*: scored the same day on the same facts, nothing
to say. *Changed*: two facts moved since (tenure and household), each new score told with its cause: the comparison of
design.md §8. Processor time a demande, best of five runs; no database, no HTTP. Baseline: `evaluer`, the
whole result with its lines, once for each place.
"""

import gc
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import msgspec

from benchmarks.report import report
from benchmarks.situation import LE, REPERES, states
from contracts.situation.fait import Provenance
from contracts.situation.lecture import FaitLu, Situation
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.journal import CotationEtablie
from services.cotation.domain.notation import Avant, NoteConnue, noter
from services.cotation.grilles import GrilleDeService, version_de
from services.demande.domain.situation import situation

DEMANDES, TOURS = 1_000, 5
GRILLES = {"246700488": "strasbourg-2019-tous-lieux", "200066009": "mulhouse-illustration"}
DOSSIER = Path(__file__).parent.parent / "deploy" / "regions" / "demonstration" / "grilles"
JAMAIS = Avant({}, {}, {})
DEMANDE = UUID(int=1)


def grille_de_service(nom: str) -> GrilleDeService:
    """A grid of the demonstration region."""
    contenu = (DOSSIER / f"{nom}.json").read_text()
    return GrilleDeService(version_de(contenu), contenu)


def voile(classe: str, bande: str) -> str:
    """Stands for the keyed hash of a resource band, whose cost is the vault's."""
    return classe + bande


def connue(etablie: CotationEtablie) -> NoteConnue:
    """A score established, as the service knows it afterwards."""
    return NoteConnue(
        etablie.version,
        Decimal(etablie.total),
        etablie.provisoire,
        etablie.hors,
        etablie.au,
        etablie.classes,
        etablie.situation,
    )


def changee(avant: Situation, le: date) -> Situation:
    """The same demande, its tenure and its household declared otherwise."""
    statut = "parc_prive" if avant.faits["logement_actuel.statut"].valeur != "parc_prive" else "hotel"
    nouveaux: dict[str, str | int] = {"logement_actuel.statut": statut, "menage.personnes": 7}
    lus = {chemin: FaitLu(valeur, Provenance.DECLAREE, le) for chemin, valeur in nouveaux.items()}
    return msgspec.structs.replace(avant, version=avant.version + 1, faits=avant.faits | lus)


def us(action: Callable[[int], object], nombre: int) -> float:
    """Microseconds of processor time a demande, best of the runs."""
    durees = []
    for _ in range(TOURS):
        debut = time.process_time()
        for rang in range(nombre):
            action(rang)
        durees.append(time.process_time() - debut)
    return min(durees) / nombre * 1e6


def evaluer_tout(situations: Sequence[Situation], en_vigueur: dict[str, GrilleDeService], rang: int) -> None:
    """The whole result of each place."""
    for lieu, lu in situations[rang].lieux.items():
        if lu.epci in en_vigueur:
            en_vigueur[lu.epci].evaluer(faits_du_lieu(situations[rang], lieu), LE)


def main() -> None:
    """Score, print the figures."""
    print(__doc__)
    en_vigueur = {epci: grille_de_service(nom) for epci, nom in GRILLES.items()}
    par_version = {grille.version: grille for grille in en_vigueur.values()}
    situations = [situation(str(DEMANDE), demande, le=LE, reperes=REPERES) for demande in states(DEMANDES)]
    situations = [une for une in situations if "logement_actuel.statut" in une.faits]
    premieres = [noter(une, en_vigueur, JAMAIS, LE, voile) for une in situations]
    avants = [
        Avant({(DEMANDE, une.version, LE): une}, {etablie.lieu: connue(etablie) for etablie in etablies}, par_version)
        for une, etablies in zip(situations, premieres, strict=True)
    ]
    changees = [changee(une, LE) for une in situations]
    gc.collect()
    gc.freeze()
    n = len(situations)
    initiale = us(lambda rang: noter(situations[rang], en_vigueur, JAMAIS, LE, voile), n)
    identique = us(lambda rang: noter(situations[rang], en_vigueur, avants[rang], LE, voile), n)
    modifiee = us(lambda rang: noter(changees[rang], en_vigueur, avants[rang], LE, voile), n)
    temoin = us(lambda rang: evaluer_tout(situations, en_vigueur, rang), n)
    nouvelles = [noter(une, en_vigueur, avant, LE, voile) for une, avant in zip(changees, avants, strict=True)]
    assert not any(noter(une, en_vigueur, avant, LE, voile) for une, avant in zip(situations, avants, strict=True))
    causes = {etablie.cause for etablies in nouvelles for etablie in etablies}
    assert causes == {"fait"}, causes
    lieux = sum(map(len, premieres)) / n
    print(f"{lieux:.1f} places a demande, {sum(map(len, nouvelles)) / n:.1f} of which changed")
    print(f"first {initiale:.0f} µs, unchanged {identique:.0f} µs, changed with causes {modifiee:.0f} µs a demande")
    report(
        "notation",
        n=n,
        value=initiale,
        unit="µs/demande, every place",
        baseline="`evaluer`, whole results",
        ratio=initiale / temoin,
        identique_us=round(identique, 1),
        changee_us=round(modifiee, 1),
        lieux=round(lieux, 1),
        changees=round(sum(map(len, nouvelles)) / n, 1),
    )


if __name__ == "__main__":
    main()
