"""Deciding which holder gets the next dwelling: decisions a second, in exact integers, one core.

Setting: 20,000 decisions, each a frozen state in and a decision with a new state out, 30 dwellings in progress at any
time (the oldest is charged as the new one is oriented), best of three runs. Two rules: algorithm A, five holders, one
perimeter, and algorithm B, six holders, six communes with their own shares, three axes weighed, a floor for the State
outside QPV, one dwelling in ten closed to a holder. Baseline: the same algorithm A written plainly on
`fractions.Fraction` (flux.md §8 as it stands), counters alone, same run, same choices.
"""

import random
import time
from collections.abc import Callable, Sequence
from fractions import Fraction

from benchmarks.report import report
from services.flux.domain.orientation.etat import EtatOrientation, LogementAOrienter, etat_initial
from services.flux.domain.orientation.orienter import imputer, orienter
from services.flux.domain.orientation.regles import Methode, Regles, Strate, regler

DECISIONS = 20_000
EN_COURS = 30
TOURS = 3
PARTS_A = {"etat": 30, "action_logement": 22, "commune": 12, "departement": 3, "bailleur": 33}
COMMUNES = ("67482", "67447", "67218", "67267", "67365", "67043")


def regles_a() -> Regles:
    return regler({"": {nom: Fraction(p, 100) for nom, p in PARTS_A.items()}}, Methode.TIJDEMAN)


def regles_b() -> Regles:
    locales = {
        commune: {"etat": 30, "action_logement": 20, f"commune_{commune}": 8 + rang, "bailleur": 42 - rang}
        for rang, commune in enumerate(COMMUNES)
    }
    return regler(
        {commune: {nom: Fraction(p, 100) for nom, p in parts.items()} for commune, parts in locales.items()},
        Methode.MULTI_AXES,
        poids={"commune": Fraction(1), "qpv": Fraction(1, 4), "typologie": Fraction(1, 4)},
        planchers=[(Strate("qpv", "hors_qpv"), "etat", Fraction(30, 100))],
    )


def logements_b(hasard: random.Random) -> list[LogementAOrienter]:
    logements = []
    for rang in range(DECISIONS):
        commune = hasard.choice(COMMUNES)
        strates = (
            Strate("commune", commune),
            Strate("qpv", hasard.choice(("hors_qpv", "hors_qpv", "qpv"))),
            Strate("typologie", hasard.choice(("T2", "T3", "T4", "T5"))),
        )
        ecartes = frozenset({"action_logement"}) if hasard.random() < 0.1 else frozenset[str]()
        logements.append(LogementAOrienter(f"L{rang}", commune, strates, ecartes))
    return logements


def derouler(etat: EtatOrientation, logements: Sequence[LogementAOrienter]) -> list[str]:
    choisis = []
    for rang, logement in enumerate(logements):
        decision = orienter(etat, logement)
        choisis.append(decision.retenu)
        etat = decision.etat
        if rang >= EN_COURS:
            etat = imputer(etat, logements[rang - EN_COURS].id)
    return choisis


def naif(parts: dict[str, Fraction], combien: int) -> list[str]:
    """Algorithm A as flux.md writes it, on fractions."""
    c = Fraction(1, 2 * len(parts) - 2)
    recus = dict.fromkeys(parts, 0)
    choisis = []
    for k in range(1, combien + 1):
        du = {nom: part * k - recus[nom] for nom, part in parts.items()}
        murs = [nom for nom in parts if du[nom] >= c]
        choisi = min(murs, key=lambda nom: ((1 - c - du[nom]) / parts[nom], -parts[nom]))
        recus[choisi] += 1
        choisis.append(choisi)
    return choisis


def par_seconde(agir: Callable[[], list[str]]) -> tuple[float, list[str]]:
    meilleur, choisis = 0.0, []
    for _ in range(TOURS):
        debut = time.perf_counter()
        choisis = agir()
        meilleur = max(meilleur, DECISIONS / (time.perf_counter() - debut))
    return meilleur, choisis


def main() -> None:
    """Time both rules and the baseline, check that A and the baseline choose alike, print the figures."""
    print(__doc__)
    logements_a = [LogementAOrienter(f"L{rang}", "") for rang in range(DECISIONS)]
    plaine, attendus = par_seconde(lambda: naif({nom: Fraction(p, 100) for nom, p in PARTS_A.items()}, DECISIONS))
    a, choisis = par_seconde(lambda: derouler(etat_initial(regles_a(), 2026), logements_a))
    assert choisis == attendus, "algorithm A and its plain form disagree"
    autres = logements_b(random.Random(2026))
    b, _ = par_seconde(lambda: derouler(etat_initial(regles_b(), 2026), autres))
    print(f"algorithm A: {a:,.0f} decisions/s; algorithm B: {b:,.0f}; plain fractions: {plaine:,.0f}")
    report(
        "orientation",
        n=DECISIONS,
        value=min(a, b),
        unit="decisions/s",
        baseline="algorithm A on fractions.Fraction, counters alone",
        ratio=min(a, b) / plaine,
        tijdeman=round(a),
        multi_axes=round(b),
    )


if __name__ == "__main__":
    main()
