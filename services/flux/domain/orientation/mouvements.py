"""Movements of the counters: a dwelling credits the eligible, an orientation debits one, a return undoes both."""

from dataclasses import dataclass, replace

from services.flux.domain.orientation.etat import Engagement, EtatOrientation, LogementAOrienter
from services.flux.domain.orientation.regles import GLOBALE, Strate

Compteurs = tuple[int, ...]


@dataclass(slots=True)
class Mouvement:
    """The counters that one dwelling moves, between two states.

    credits: the strata of the dwelling alone; dus: every floor. The state itself is never touched.
    """

    etat: EtatOrientation
    logement: LogementAOrienter
    planchers: tuple[int, ...]
    credits: dict[Strate, list[int]]
    dus: list[int]

    @classmethod
    def ouvrir(cls, etat: EtatOrientation, logement: LogementAOrienter, planchers: tuple[int, ...]) -> "Mouvement":
        """The counters as they stand. planchers: indexes of the floors that the dwelling touches."""
        strates = strates_de(logement)
        courants = {strate: list(etat.credits.get(strate) or etat.zeros()) for strate in strates}
        return cls(etat, logement, planchers, courants, list(etat.planchers_dus))

    def crediter(self, credits_: tuple[tuple[int, int], ...], unite: int, sens: int = 1) -> None:
        """Credit the eligible holders, and their floors, with their parts of one dwelling (sens −1: take them back).

        credits_: (index of the holder, numerator) over `unite`, which divides the denominator of the state.
        """
        denominateur = self.etat.denominateur
        facteur = sens * (denominateur // unite)
        for valeurs in self.credits.values():
            for r, numerateur in credits_:
                valeurs[r] += facteur * numerateur
        for p in self.planchers:
            self.dus[p] += sens * int(self.etat.regles.planchers[p].part * denominateur)

    def debiter(self, titulaire: int, sens: int = 1) -> None:
        """Debit one dwelling from the holder served, in each stratum and in its floors (sens −1: give it back)."""
        unite = sens * self.etat.denominateur
        for valeurs in self.credits.values():
            valeurs[titulaire] -= unite
        for p in self.planchers:
            if self.etat.regles.planchers[p].titulaire == titulaire:
                self.dus[p] -= unite

    def credits_apres(self) -> dict[Strate, Compteurs]:
        """Credits of every stratum once moved."""
        return {**self.etat.credits, **{strate: tuple(valeurs) for strate, valeurs in self.credits.items()}}

    def recus_apres(self, titulaire: int, sens: int = 1) -> dict[Strate, Compteurs]:
        """Dwellings received, one more (sens −1: one less) for the holder in each stratum of the dwelling."""
        recus = self.etat.recus
        zeros = self.etat.zeros()
        return {**recus, **{strate: plus(recus.get(strate) or zeros, titulaire, sens) for strate in self.credits}}


def strates_de(logement: LogementAOrienter) -> tuple[Strate, ...]:
    """Strata that a dwelling moves, the global one first."""
    return (GLOBALE, *logement.strates)


def defaire(etat: EtatOrientation, engagement: Engagement) -> EtatOrientation:
    """The counters as if the dwelling had never been oriented."""
    etat = etat.sur(engagement.unite)
    mouvement = Mouvement.ouvrir(etat, engagement.logement, engagement.planchers)
    mouvement.crediter(engagement.credits, engagement.unite, -1)
    mouvement.debiter(engagement.titulaire, -1)
    return replace(
        etat,
        credits=mouvement.credits_apres(),
        recus=mouvement.recus_apres(engagement.titulaire, -1),
        planchers_dus=tuple(mouvement.dus),
    )


def plus(valeurs: Compteurs, rang: int, combien: int) -> Compteurs:
    """The same counters, `combien` more for one holder."""
    return (*valeurs[:rang], valeurs[rang] + combien, *valeurs[rang + 1 :])
