"""Movements of the counters: a dwelling credits the eligible, an orientation debits one, a return undoes both."""

from dataclasses import replace

from services.flux.domain.orientation.etat import Engagement, EtatOrientation, LogementAOrienter
from services.flux.domain.orientation.regles import GLOBALE, Strate


def strates_de(logement: LogementAOrienter) -> tuple[Strate, ...]:
    """Strata that a dwelling moves, the global one first."""
    return (GLOBALE, *logement.strates)


def crediter(etat: EtatOrientation, engagement: Engagement, sens: int = 1) -> EtatOrientation:
    """Credit the eligible holders, and their floors, with their parts of one dwelling (sens −1: take them back).

    The denominator of the state must be a multiple of the engagement's `unite`.
    """
    facteur = sens * (etat.denominateur // engagement.unite)
    credits_ = dict(etat.credits)
    for strate in strates_de(engagement.logement):
        valeurs = list(credits_.get(strate) or etat.zeros())
        for r, numerateur in engagement.credits:
            valeurs[r] += facteur * numerateur
        credits_[strate] = tuple(valeurs)
    dus = list(etat.planchers_dus)
    for p in engagement.planchers:
        dus[p] += sens * int(etat.regles.planchers[p].part * etat.denominateur)
    return replace(etat, credits=credits_, planchers_dus=tuple(dus))


def debiter(etat: EtatOrientation, engagement: Engagement, sens: int = 1) -> EtatOrientation:
    """Debit one dwelling from the holder served, in each stratum and in its floors (sens −1: give it back)."""
    titulaire, unite = engagement.titulaire, sens * etat.denominateur
    credits_, recus = dict(etat.credits), dict(etat.recus)
    for strate in strates_de(engagement.logement):
        credits_[strate] = plus(credits_[strate], titulaire, -unite)
        recus[strate] = plus(recus.get(strate) or etat.zeros(), titulaire, sens)
    dus = list(etat.planchers_dus)
    for p in engagement.planchers:
        if etat.regles.planchers[p].titulaire == titulaire:
            dus[p] -= unite
    return replace(etat, credits=credits_, recus=recus, planchers_dus=tuple(dus))


def defaire(etat: EtatOrientation, engagement: Engagement) -> EtatOrientation:
    """The counters as if the dwelling had never been oriented."""
    etat = etat.sur(engagement.unite)
    return debiter(crediter(etat, engagement, -1), engagement, -1)


def plus(valeurs: tuple[int, ...], rang: int, combien: int) -> tuple[int, ...]:
    """The same counters, `combien` more for one holder."""
    return (*valeurs[:rang], valeurs[rang] + combien, *valeurs[rang + 1 :])
