"""What a grid reads in a situation, and the conditions it puts on it: the syntax tree shared by every back-end.

Source: shared note `cotation.md` section 5 (G3, G7, G12), format `cotation-grid/0.1`; meaning: `docs/cotation.md`.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

ANCIENNETE = "demande.anciennete_mois"
"""Seniority in whole months: the one path that the engine establishes itself (docs/cotation.md, step 2)."""
AGE = "demande.age_mois"
DEPOT = "demande.date_depot"
PREUVES = "evidence"
"""Root of the facts that give the evidence level obtained by each rule: `evidence.<rule id>`."""
EVENEMENT = "evenement"
"""Root of the paths that, inside the condition of a count or of an event effect, read the event at hand."""


class Operateur(StrEnum):
    """The ten comparisons of the language, under their names in `cotation-grid/1.0`."""

    EGAL = "egal"
    DIFFERENT = "different"
    SUPERIEUR = "superieur"
    SUPERIEUR_OU_EGAL = "superieur_ou_egal"
    INFERIEUR = "inferieur"
    INFERIEUR_OU_EGAL = "inferieur_ou_egal"
    ENTRE = "entre"
    PARMI = "parmi"
    CONTIENT_UN_DE = "contient_un_de"
    EXISTE = "existe"


Scalaire = Decimal | bool | str | date
"""A constant of a grid. `date` only under an ordering operator; a code, a date under `egal`, is a `str`."""


@dataclass(frozen=True, slots=True)
class Champ:
    """The fact found at a dotted path of the situation (`menage.personnes`)."""

    chemin: str


@dataclass(frozen=True, slots=True)
class MoisDepuis:
    """Whole months from the date found at `chemin` to the day of the evaluation; absent when that date is to come."""

    chemin: str


@dataclass(frozen=True, slots=True)
class NombreDe:
    """How many events of the list at `chemin` satisfy a condition and are younger than the window (G12).

    fenetre_mois: an event counts while fewer than that many whole months have gone by since it; None: no window.
    seulement_si: condition on the event (paths under `evenement.`) or on the situation; None: every event.
    A fact that is a number stands for the count when neither is set.
    """

    chemin: str
    fenetre_mois: int | None = None
    seulement_si: "Condition | None" = None


Mesure = Champ | MoisDepuis | NombreDe


@dataclass(frozen=True, slots=True)
class Toujours:
    """The condition that always holds."""


@dataclass(frozen=True, slots=True)
class Feuille:
    """One comparison of a measure with constants.

    valeurs: one constant for the comparisons; two, low then high, for ENTRE; one or more for PARMI and
    CONTIENT_UN_DE; exactly one bool for EXISTE (False asks for absence).
    """

    mesure: Mesure
    operateur: Operateur
    valeurs: tuple[Scalaire, ...]


@dataclass(frozen=True, slots=True)
class Toutes:
    """Every condition holds (at least one is given)."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Une:
    """One condition at least holds (at least one is given); met twice, it still counts once (G7)."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Non:
    """The condition does not hold; so it holds when the fact it reads is absent."""

    condition: "Condition"


Condition = Toujours | Feuille | Toutes | Une | Non


def feuilles(condition: Condition) -> Iterator[Feuille]:
    """Every leaf of a condition, in reading order, those inside event counts excluded."""
    match condition:
        case Feuille():
            yield condition
        case Toutes(conditions=parts) | Une(conditions=parts):
            for part in parts:
                yield from feuilles(part)
        case Non(condition=part):
            yield from feuilles(part)
        case Toujours():
            return


def tient_par(condition: Condition, chemins: Set[str]) -> bool:
    """Whether the condition can only hold through one of the facts at `chemins` (those that a third party sets).

    Such a rule carries its own evidence. Cautious: False as soon as one way to satisfy it avoids them.
    """
    match condition:
        case Feuille(mesure=Champ(chemin=chemin), operateur=operateur, valeurs=valeurs):
            return chemin in chemins and (operateur is not Operateur.EXISTE or valeurs == (True,))
        case Toutes(conditions=parts):
            return any(tient_par(part, chemins) for part in parts)
        case Une(conditions=parts):
            return all(tient_par(part, chemins) for part in parts)
        case _:
            return False
