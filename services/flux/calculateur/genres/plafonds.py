"""Kind on ceilings alone: a set of conventions checked as a whole."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from pydantic import Field

from services.flux.calculateur.affichage import Resultat
from services.flux.calculateur.champs import Nom, Pourcentage, Table
from services.flux.calculateur.entrees import Controle
from services.flux.calculateur.fautes import Faute, pointeur, proche
from services.flux.calculateur.genre import Genre
from services.flux.calculateur.plafonds import AvecPlafonds, controles, violations

DONT_AGENTS = "dont_etat_agents"


class Plafonds(AvecPlafonds):
    """Shares to check: `etat` with `dont_etat_agents`, or the State's two parts; `collectivites_garantie`; others."""

    parts_percent: Table[Pourcentage] = Field(description="dont_etat_agents est compris dans etat")


def _parts(entrees: Any) -> Iterator[Faute]:
    parts: dict[Nom, Fraction] = entrees.parts_percent
    for nom in parts:
        if nom.startswith("dont_") and nom != DONT_AGENTS:
            message = f"« {nom} » n'est pas un sous-total connu."
            yield Faute(pointeur(("parts_percent", nom)), "titulaire-inconnu", message, proche(nom, [DONT_AGENTS]))
    if DONT_AGENTS in parts and "etat" in parts and parts[DONT_AGENTS] > parts["etat"]:
        ou = pointeur(("parts_percent", DONT_AGENTS))
        yield Faute(ou, "partie-trop-grande", "Les agents dépassent le total de l'État.", "Corrigez l'un des deux.")
    if "etat" in parts and (separees := [nom for nom in parts if nom.startswith("etat_")]):
        ou = pointeur(("parts_percent", separees[0]))
        yield Faute(ou, "compte-deux-fois", "L'État est donné en entier et par parties.", "Gardez l'un ou l'autre.")
    if sum(part for nom, part in parts.items() if nom != DONT_AGENTS) > 1:
        yield Faute("/parts_percent", "parts-plus-de-100", "Les parts dépassent 100 %.", "Ramenez leur somme à 100 %.")


Plafonds.CONTROLES = (*controles("parts_percent"), Controle(("parts_percent",), _parts))


def plafonds(entrees: Plafonds) -> Resultat:
    """F7."""
    return violations(entrees, entrees.parts_percent)


GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "caps_validation",
        "Plafonds d'un ensemble de conventions",
        "État ≤ 30, dont agents ≤ 5, Σ garanties ≤ 20, État hors QPV ≥ 30 sauf stipulation ; dérogations datées",
        ("CCH R441-5-2 I-II", "CCH R441-5-3", "flux.md F7, L13-L15, L19"),
        Plafonds,
        plafonds,
        "CAP-01",
    ),
)
