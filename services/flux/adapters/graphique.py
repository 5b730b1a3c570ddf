"""The chart of a simulation: each holder's deviation through the year, under the bound drawn as a band."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from services.flux.domain.orientation.decision import Portee
from services.flux.domain.orientation.regles import Methode
from services.flux.domain.titulaires import libelle
from services.flux.use_cases.simuler import Simulation, ecarts

FORMATS = (".svg", ".png")
_MOIS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_PLACES = 20
"""Month names that fit side by side under the axis: a month that starts too near the one before is not written."""
_COULEURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito: told apart by colour-blind readers."""
_BANDE = "#DDE3EA"
_METHODES = {
    Methode.TIJDEMAN: "règle de Tijdeman",
    Methode.QUOTA: "méthode des quotas",
    Methode.MULTI_AXES: "règle à plusieurs axes",
}
_SENS = {
    Portee.SUITE: "borne prouvée pour toute la suite",
    Portee.CREDITS: "borne prouvée à partir des compteurs",
    Portee.DECISION: "borne de chaque décision",
}


def dessiner(simulation: Simulation, fichier: Path) -> None:
    """Write the chart as SVG or PNG, by the suffix; the same simulation gives the same SVG bytes.

    One panel a holder, one scale for all; band: the bound of each decision. Raises ValueError for another suffix.
    """
    if fichier.suffix.lower() not in FORMATS:
        raise ValueError(f"L'image se finit par {' ou '.join(FORMATS)}.")
    titulaires = simulation.etat.regles.titulaires
    with mpl.rc_context({"svg.hashsalt": "logis", "font.family": "DejaVu Sans", "font.size": 9}):
        figure = Figure(figsize=(10, 1.8 + 1.25 * len(titulaires)), layout="constrained")
        cadres = figure.subplots(len(titulaires), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        bornes = _encre(un.decision.borne for un in simulation.pas)
        for cadre, titulaire, couleur in zip(cadres, titulaires, cycle(_COULEURS)):
            _panneau(cadre, simulation, titulaire, bornes, couleur)
        _habiller(figure, list(cadres), simulation)
        metadonnees = {"Date": None} if fichier.suffix.lower() == ".svg" else {"Software": "Logis"}
        figure.savefig(fichier, dpi=150, metadata=metadonnees)


def _encre(valeurs: Iterable[Fraction]) -> NDArray[np.float32]:
    """Positions on the paper: the one place where a number stops being exact, once nothing is decided any more."""
    return np.array(list(valeurs), dtype=np.float32)


def _panneau(cadre: Axes, simulation: Simulation, titulaire: str, bornes: NDArray[np.float32], couleur: str) -> None:
    rangs = range(1, len(bornes) + 1)
    cadre.fill_between(rangs, -bornes, bornes, step="mid", color=_BANDE, linewidth=0, label="_borne")
    cadre.axhline(0, color="#777777", linewidth=0.6)
    cadre.plot(rangs, _encre(ecarts(simulation, titulaire)), color=couleur, linewidth=1.1)
    recus = simulation.recus(titulaire)
    objectif = recus + simulation.etat.credit(titulaire)
    cadre.set_title(
        f"{libelle(titulaire)} : {recus} reçu{'s' if recus > 1 else ''} pour {_virgule(objectif)} dus",
        loc="left",
        fontsize=9,
        fontweight="bold",
        color=couleur,
        pad=3,
    )
    cadre.spines[["top", "right"]].set_visible(False)
    cadre.margins(x=0.01)
    cadre.yaxis.set_major_locator(MaxNLocator(nbins=4, symmetric=True))
    cadre.yaxis.set_major_formatter(FuncFormatter(lambda valeur, _: f"{valeur:g}".replace(".", ",").replace("-", "−")))


def _habiller(figure: Figure, cadres: Sequence[Axes], simulation: Simulation) -> None:
    annee = simulation.pas[0].le.year
    n = len(simulation.pas)
    figure.suptitle(
        f"Orientations de {annee} : écart de chaque titulaire à sa part\n"
        f"{n} orientations, {_METHODES[simulation.etat.regles.methode]}, "
        f"écart le plus grand {_virgule(simulation.ecart_max)} pour une borne de {_virgule(simulation.borne)}",
        fontsize=11,
    )
    figure.supylabel("Écart en logements (au-dessus de 0 : en avance, au-dessous : en retard)", fontsize=9)
    cadres[-1].set_xlabel("Orientations dans l'ordre de l'année (début de chaque mois)")
    debuts = _debuts_de_mois(simulation)
    cadres[-1].set_xticks([rang for rang, _ in debuts], [nom for _, nom in debuts])
    portees = " ; ".join(_SENS[portee] for portee in simulation.portees)
    bande = Patch(color=_BANDE, label=f"Bande : ± la borne ({portees})")
    trait = Line2D([], [], color="#444444", linewidth=1.1, label="Trait : logements reçus − part × logements")
    colonnes = 2 if len(simulation.portees) == 1 else 1
    figure.legend(handles=[trait, bande], loc="outside lower center", ncols=colonnes, frameon=False, fontsize=9)


def _debuts_de_mois(simulation: Simulation) -> list[tuple[int, str]]:
    debuts: dict[int, int] = {}
    for rang, un in enumerate(simulation.pas, start=1):
        debuts.setdefault(un.le.month, rang)
    retenus: list[tuple[int, str]] = []
    for mois, rang in debuts.items():
        if not retenus or (rang - retenus[-1][0]) * _PLACES >= len(simulation.pas):
            retenus.append((rang, _MOIS[mois - 1]))
    return retenus


def _virgule(valeur: Fraction) -> str:
    entier = (abs(valeur.numerator) * 200 + valeur.denominator) // (2 * valeur.denominator)
    signe = "−" if valeur < 0 else ""
    return f"{signe}{entier // 100},{entier % 100:02d}"
