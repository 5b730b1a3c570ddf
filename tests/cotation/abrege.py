"""Grids written in short, for tests: numbers as text, one bloc, what is not said left at its default."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from services.cotation.domain.condition import (
    ANCIENNETE,
    Champ,
    Condition,
    Feuille,
    Mesure,
    Operateur,
    Scalaire,
    Toujours,
)
from services.cotation.domain.grille import (
    Bloc,
    Bornes,
    Coefficient,
    Cumul,
    Effet,
    Grille,
    Mode,
    Nature,
    Points,
    Regle,
    Territoire,
    Tranche,
    Tranches,
    Variante,
    Variantes,
)
from services.cotation.domain.resultat import Ligne, Resultat

LE = date(2026, 11, 22)


def feuille(mesure: str | Mesure, operateur: str, *valeurs: object) -> Feuille:
    """A leaf: a path or a measure, an operator, constants (numbers as int, codes as str)."""
    lue = Champ(mesure) if isinstance(mesure, str) else mesure
    return Feuille(lue, Operateur(operateur), tuple(_constante(valeur) for valeur in valeurs))


def _constante(valeur: object) -> Scalaire:
    if isinstance(valeur, int) and not isinstance(valeur, bool):
        return Decimal(valeur)
    assert isinstance(valeur, Decimal | bool | str | date)
    return valeur


def coche(champ: str) -> Feuille:
    """The leaf that holds when that box is ticked."""
    return feuille(champ, "egal", True)


def regle(identifiant: str, effet: Effet | str | int, quand: Condition | None = None, **reste: Any) -> Regle:
    """A rule; a bare number gives points."""
    points = effet if isinstance(effet, Effet) else Points(Decimal(effet))
    reste.setdefault("bloc", "b")
    reste.setdefault("libelle", f"Critère {identifiant}")
    return Regle(id=identifiant, quand=quand or Toujours(), effet=points, **reste)


def coef(valeur: str) -> Coefficient:
    """A coefficient."""
    return Coefficient(Decimal(valeur))


def cumul(mesure: str | Mesure, valeur: str, plafond: str | None = None) -> Cumul:
    """So many points per unit."""
    lue = Champ(mesure) if isinstance(mesure, str) else mesure
    return Cumul(lue, Decimal(valeur), plafond=None if plafond is None else Decimal(plafond))


def par_mois() -> Cumul:
    """One point per month of seniority."""
    return cumul(ANCIENNETE, "1")


def tranches(mesure: str | Mesure, *pas: tuple[int | str | None, int | str | None, str], **reste: Any) -> Tranches:
    """Steps (from, to, value)."""
    lue = Champ(mesure) if isinstance(mesure, str) else mesure
    return Tranches(lue, tuple(Tranche(_borne(bas), _borne(haut), Decimal(v)) for bas, haut, v in pas), **reste)


def variantes(*choix: tuple[Condition, str], nature: Nature = Nature.POINTS) -> Variantes:
    """Values by condition; the first that holds."""
    return Variantes(tuple(Variante(quand, Decimal(valeur)) for quand, valeur in choix), nature)


def bornes(mini: int | str | None = None, maxi: int | str | None = None) -> Bornes:
    """A floor and a cap."""
    return Bornes(_borne(mini), _borne(maxi))


def _borne(valeur: int | str | None) -> Decimal | None:
    return None if valeur is None else Decimal(valeur)


def grille(*regles: Regle, base: str | None = None, **reste: Any) -> Grille:
    """An additive grid, or base times coefficients when a base rule is named."""
    reste.setdefault("blocs", tuple(Bloc(bloc, bloc) for bloc in dict.fromkeys(regle.bloc for regle in regles)))
    return Grille(
        id="essai",
        nom="Essai",
        format="cotation-grid/1.0",
        territoire=Territoire("epci", "Essai"),
        mode=Mode.ADDITIF if base is None else Mode.BASE_PAR_COEFFICIENTS,
        regle_de_base=base,
        regles=regles,
        **reste,
    )


def faits(**chemins: object) -> dict[str, Any]:
    """Nested facts, from `menage__personnes=3`."""
    racine: dict[str, Any] = {}
    for chemin, valeur in chemins.items():
        *parents, cle = chemin.split("__")
        noeud = racine
        for parent in parents:
            noeud = noeud.setdefault(parent, {})
        noeud[cle] = valeur
    return racine


def ligne(resultat: Resultat, identifiant: str) -> Ligne:
    """The line of that rule."""
    (trouvee,) = [candidate for candidate in resultat.lignes if candidate.regle == identifiant]
    return trouvee


def valeurs(resultat: Resultat) -> Mapping[str, Decimal]:
    """Value of each counted line, by rule."""
    return {candidate.regle: candidate.valeur for candidate in resultat.lignes if candidate.compte}
