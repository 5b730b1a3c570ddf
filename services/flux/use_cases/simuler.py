"""Simulate a year: a list of vacancies oriented under given shares, each decision kept with its deviation and bound."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from heapq import heapify, heappop, heappush

from services.flux.domain.orientation.decision import Decision, Portee
from services.flux.domain.orientation.etat import EtatOrientation, LogementAOrienter, etat_initial
from services.flux.domain.orientation.exercice import changer_parts
from services.flux.domain.orientation.orienter import imputer, orienter, rendre
from services.flux.domain.orientation.regles import GLOBALE, Regles

PartsParPerimetre = Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True, slots=True)
class Liberation:
    """A vacancy to orient, on the day it comes; the first holder gives it back on `rendu_le`, if at all."""

    le: date
    logement: LogementAOrienter
    rendu_le: date | None = None


@dataclass(frozen=True, slots=True)
class Avenant:
    """Shares that replace the others from a day on."""

    le: date
    parts: PartsParPerimetre


@dataclass(frozen=True, slots=True)
class Pas:
    """One vacancy of the simulation with its decision."""

    le: date
    decision: Decision


@dataclass(frozen=True, slots=True)
class Simulation:
    """A year played: every step in order, and the counters at the end."""

    pas: tuple[Pas, ...]
    etat: EtatOrientation

    @property
    def ecart_max(self) -> Fraction:
        """Largest global deviation met, in dwellings."""
        return max((un.decision.ecart_max for un in self.pas), default=Fraction(0))

    @property
    def borne(self) -> Fraction:
        """Largest bound shown with a decision, in dwellings: `ecart_max` never exceeds it."""
        return max((un.decision.borne for un in self.pas), default=Fraction(0))

    @property
    def portees(self) -> tuple[Portee, ...]:
        """What the bounds were worth, in the order met."""
        return tuple(dict.fromkeys(un.decision.portee for un in self.pas))

    def recus(self, titulaire: str) -> int:
        """Dwellings that a holder received."""
        return self.etat.recus[GLOBALE][self.etat.regles.titulaires.index(titulaire)]


def simuler(regles: Regles, liberations: Sequence[Liberation], avenants: Sequence[Avenant] = ()) -> Simulation:
    """The year of the first vacancy, in the order of the days (the given order within a day).

    Every suggestion is followed and charged at once, save for a dwelling given back: it stays in progress until its day,
    is returned as the rules say (`rendu_compte`), then oriented to another holder when one is eligible.
    Raises OrientationRefusee as `orienter`, ValueError when empty.
    """
    if not liberations:
        raise ValueError("Une année sans libération ne se simule pas.")
    arrivees = sorted(liberations, key=lambda une: une.le)
    faits = [(une.le, rang, une) for rang, une in enumerate(arrivees)]
    heapify(faits)
    a_venir = sorted(avenants, key=lambda un: un.le)
    etat = etat_initial(regles, arrivees[0].le.year)
    pas: list[Pas] = []
    while faits:
        le, rang, une = heappop(faits)
        while a_venir and a_venir[0].le <= le:
            etat = changer_parts(etat, a_venir.pop(0).parts)
        logement = une.logement
        if logement.id in etat.en_cours:
            etat, logement = _reprendre(etat, logement)
        decision = orienter(etat, logement)
        pas.append(Pas(le, decision))
        etat = decision.etat
        if une.rendu_le is None or logement is not une.logement or une.rendu_le < le:
            etat = imputer(etat, logement.id)
        else:
            heappush(faits, (une.rendu_le, len(arrivees) + rang, une))
    return Simulation(tuple(pas), etat)


def _reprendre(etat: EtatOrientation, logement: LogementAOrienter) -> tuple[EtatOrientation, LogementAOrienter]:
    """The dwelling taken back, and the same one closed to the holder that gave it back, if somebody else is eligible."""
    engagement = etat.en_cours[logement.id]
    rendeur = etat.regles.titulaires[engagement.titulaire]
    seul = len(engagement.credits) == 1
    ecartes = logement.ecartes if seul else logement.ecartes | {rendeur}
    return rendre(etat, logement.id), replace(logement, ecartes=ecartes)


def ecarts(simulation: Simulation, titulaire: str) -> Iterator[Fraction]:
    """Received minus owed after each vacancy, in dwellings: above 0 the holder is ahead of its share."""
    for un in simulation.pas:
        noms = un.decision.etat.regles.titulaires
        yield -un.decision.etat.credit(titulaire) if titulaire in noms else Fraction(0)
