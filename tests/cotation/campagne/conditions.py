"""Conditions drawn over the whole language; they shrink towards `Toujours` and small leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from services.cotation.domain.condition import (
    ANCIENNETE,
    Champ,
    Condition,
    Feuille,
    Mesure,
    MoisDepuis,
    NombreDe,
    Non,
    Operateur,
    Scalaire,
    Toujours,
    Toutes,
    Une,
)
from tests.cotation.campagne.vocabulaire import (
    CODES_POSSIBLES,
    CONSTANTES,
    EVENEMENTS,
    LISTES_LONGUES,
    MOIS,
    OBJETS,
    SUR_EVENEMENT,
    SUR_SITUATION,
    jours_autour,
)

T = TypeVar("T")
ORDRE = (
    Operateur.SUPERIEUR,
    Operateur.SUPERIEUR_OU_EGAL,
    Operateur.INFERIEUR,
    Operateur.INFERIEUR_OU_EGAL,
    Operateur.ENTRE,
)
EGALITE = (Operateur.EGAL, Operateur.DIFFERENT, Operateur.PARMI)


@cache
def rangs(combien: int) -> st.SearchStrategy[int]:
    """A rank among so many choices: built once, for building strategies costs more than drawing from them."""
    return st.sampled_from(range(combien))


@dataclass(frozen=True, slots=True)
class Tirage:
    """What draws one grid: Hypothesis' draw, and where the condition being written stands.

    sur_evenement: paths under `evenement.` read the event at hand, and nothing counts events. sans_anciennete: nor is
    the seniority read (condition of a reset).
    """

    draw: st.DrawFn
    as_of: date
    sur_evenement: bool = False
    sans_anciennete: bool = False

    def un(self, *choix: T) -> T:
        """One of these; the first is the simplest."""
        return choix[self.draw(rangs(len(choix)))]

    def combien(self, mini: int, maxi: int) -> int:
        """A whole number between both, both included."""
        return self.un(*range(mini, maxi + 1))

    def une_fois_sur(self, n: int) -> bool:
        """Seldom true."""
        return self.un(*([False] * (n - 1)), True)

    def condition(self, profondeur: int = 2) -> Condition:
        """Any condition of the language, at most that deep."""
        forme = self.un("toujours", "feuille", "feuille", "feuille", "feuille", "toutes", "une", "non")
        if forme == "toujours":
            return Toujours()
        if forme == "feuille" or profondeur == 0:
            return self.feuille()
        if forme == "non":
            return Non(self.condition(profondeur - 1))
        parts = tuple(self.condition(profondeur - 1) for _ in range(self.combien(1, 3)))
        return Toutes(parts) if forme == "toutes" else Une(parts)

    def condition_d_evenement(self, sans_anciennete: bool = False) -> Condition | None:
        """A condition on the event at hand, or none."""
        if self.un(False, False, True):
            return replace(self, sur_evenement=True, sans_anciennete=sans_anciennete).condition(1)
        return None

    def feuille(self) -> Feuille:
        """A comparison; one time in ten the fact is not of the type that is compared."""
        genre = self.un("nombre", "nombre", "code", "booleen", "liste", "date", "existe", "nombre", "liste", "code")
        if genre == "existe":
            return Feuille(self.mesure(), Operateur.EXISTE, (self.un(True, False),))
        mesure = Champ(self.chemin(genre)) if self.un(*[True] * 9, False) else self.mesure()
        match genre:
            case "nombre":
                return self._de_nombre(self.grandeur() if self.un(True, False) else mesure)
            case "date":
                return self._ordonnee(mesure, self.jour)
            case "liste":
                return Feuille(mesure, Operateur.CONTIENT_UN_DE, self.constantes())
        operateur = self.un(*EGALITE)
        if operateur is Operateur.PARMI:
            return Feuille(mesure, operateur, self.constantes())
        return Feuille(mesure, operateur, (self.un(True, False) if genre == "booleen" else self.un(*CODES_POSSIBLES),))

    def _de_nombre(self, mesure: Mesure) -> Feuille:
        if self.un(False, False, True):
            return Feuille(mesure, self.un(Operateur.EGAL, Operateur.DIFFERENT), (self.un(*CONSTANTES),))
        return self._ordonnee(mesure, lambda: self.un(*CONSTANTES))

    def _ordonnee(self, mesure: Mesure, constante: Callable[[], Scalaire]) -> Feuille:
        operateur = self.un(*ORDRE)
        if operateur is Operateur.ENTRE:
            return Feuille(mesure, operateur, tuple(sorted((constante(), constante()))))  # type: ignore[type-var]
        return Feuille(mesure, operateur, (constante(),))

    def constantes(self) -> tuple[Scalaire, ...]:
        """One to three constants, codes mostly; seldom a long list of codes."""
        if self.une_fois_sur(16):
            return self.un(*LISTES_LONGUES)
        return tuple(
            self.un(True, False) if rare == "booleen" else self.un(*(CONSTANTES if rare else CODES_POSSIBLES))
            for rare in (self.un("", "", "", "", "nombre", "booleen") for _ in range(self.combien(1, 3)))
        )

    def jour(self) -> date:
        """A day around the evaluation or around so many months before it."""
        return self.un(*(jour for mois in (0, *MOIS) for jour in jours_autour(self.as_of, mois)))

    def chemin(self, genre: str) -> str:
        """A path where facts of that kind stand."""
        if self.sur_evenement and self.un(True, True, False):
            return self.un(*SUR_EVENEMENT[genre])
        chemin = self.un(*SUR_SITUATION[genre])
        return "n" if self.sans_anciennete and chemin == ANCIENNETE else chemin

    def mesure(self) -> Mesure:
        """Any measure of any fact."""
        match self.un("nombre", "code", "booleen", "liste", "date", "objet", "evenements", "grandeur"):
            case "objet":
                return Champ(self.un(*OBJETS))
            case "evenements":
                return Champ(self.un(*EVENEMENTS))
            case "grandeur":
                return self.grandeur()
            case genre:
                return Champ(self.chemin(genre))

    def grandeur(self) -> Mesure:
        """A measure that gives a number: a fact, months since a date, a count of events."""
        match self.un("champ", "mois", "nombre"):
            case "mois":
                return MoisDepuis(self.chemin("date"))
            case "nombre" if not self.sur_evenement:
                return NombreDe(self.un(*EVENEMENTS), self.un(None, *MOIS), self.condition_d_evenement())
            case _:
                return Champ(self.chemin("nombre"))
