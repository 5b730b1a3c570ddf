"""Where the attribution of a dwelling stands, and how it folds."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import singledispatch
from typing import Any

from services.demande.domain.attribution.evenements import (
    BailSigne,
    CandidatDesigne,
    CandidatEcarte,
    CandidatsEpuises,
    CommissionTenue,
    LogementOffert,
    MiseADispositionOuverte,
    MiseADispositionRendue,
    OffreAcceptee,
    OffreDeclinee,
    OffreFaite,
)


class Phase(StrEnum):
    """How far the attribution is. EPUISEE: no candidate is left, a new designation may come."""

    ABSENTE = "ABSENTE"
    OUVERTE = "OUVERTE"
    DESIGNEE = "DESIGNEE"
    OFFERTE = "OFFERTE"
    ACCEPTEE = "ACCEPTEE"
    EPUISEE = "EPUISEE"
    LOUEE = "LOUEE"
    RENDUE = "RENDUE"


class Issue(StrEnum):
    """What became of a candidate."""

    DESIGNE = "DESIGNE"
    CLASSE = "CLASSE"
    NON_RETENU = "NON_RETENU"
    OFFRE = "OFFRE"
    ACCEPTE = "ACCEPTE"
    DECLINE = "DECLINE"
    ECARTE = "ECARTE"


@dataclass(frozen=True, slots=True)
class Candidat:
    """A demande named for the dwelling. rang: of the designation, then of the commission; proposition: its offer."""

    demande: str
    rang: int
    issue: Issue = Issue.DESIGNE
    conditionnel: bool = False
    proposition: str | None = None
    offerte_le: date | None = None
    repondre_avant: date | None = None
    acceptee_le: date | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """The dwelling, who may act on it, its candidates in the order in which they were named."""

    phase: Phase = Phase.ABSENTE
    bailleur: str = ""
    reservataire: str = ""
    organisations: tuple[str, ...] = ()
    logement: LogementOffert | None = None
    disponible_le: date | None = None
    designer_avant: date | None = None
    candidats: tuple[Candidat, ...] = ()
    seance_le: date | None = None

    @property
    def est_ouverte(self) -> bool:
        """Whether something may still happen to it."""
        return self.phase not in (Phase.ABSENTE, Phase.LOUEE, Phase.RENDUE)

    def candidat(self, demande: str) -> Candidat | None:
        """The candidate of that demande."""
        return next((un for un in self.candidats if un.demande == demande), None)

    def en(self, issue: Issue) -> tuple[Candidat, ...]:
        """The candidates who are there, by rank."""
        return tuple(sorted((un for un in self.candidats if un.issue is issue), key=lambda un: un.rang))


@singledispatch
def evolve(evenement: Any, etat: Attribution) -> Attribution:
    """The attribution after one event."""
    del etat
    raise TypeError(f"{type(evenement).__name__} is no event of an attribution")


@evolve.register
def _(evenement: MiseADispositionOuverte, etat: Attribution) -> Attribution:
    return replace(
        etat,
        phase=Phase.OUVERTE,
        bailleur=evenement.bailleur,
        reservataire=evenement.reservataire,
        organisations=evenement.organisations,
        logement=evenement.logement,
        disponible_le=evenement.disponible_le,
        designer_avant=evenement.designer_avant,
    )


@evolve.register
def _(evenement: CandidatDesigne, etat: Attribution) -> Attribution:
    candidats = (*etat.candidats, Candidat(evenement.demande, evenement.rang))
    return replace(etat, phase=Phase.DESIGNEE, candidats=candidats)


@evolve.register
def _(evenement: CommissionTenue, etat: Attribution) -> Attribution:
    decisions = {une.demande: une for une in evenement.decisions}
    candidats = []
    for candidat in etat.candidats:
        prise = decisions.get(candidat.demande)
        if prise is None:
            candidats.append(candidat)
        elif prise.rang is None:
            candidats.append(replace(candidat, issue=Issue.NON_RETENU))
        else:
            condition = prise.fournir_avant is not None
            candidats.append(replace(candidat, rang=prise.rang, issue=Issue.CLASSE, conditionnel=condition))
    return replace(etat, seance_le=evenement.seance_le, candidats=tuple(candidats))


@evolve.register
def _(evenement: OffreFaite, etat: Attribution) -> Attribution:
    return _change(
        replace(etat, phase=Phase.OFFERTE),
        evenement.demande,
        issue=Issue.OFFRE,
        proposition=evenement.proposition,
        offerte_le=evenement.le,
        repondre_avant=evenement.repondre_avant,
    )


@evolve.register
def _(evenement: OffreAcceptee, etat: Attribution) -> Attribution:
    return _change(
        replace(etat, phase=Phase.ACCEPTEE), evenement.demande, issue=Issue.ACCEPTE, acceptee_le=evenement.le
    )


@evolve.register
def _(evenement: OffreDeclinee, etat: Attribution) -> Attribution:
    return _change(replace(etat, phase=Phase.DESIGNEE), evenement.demande, issue=Issue.DECLINE)


@evolve.register
def _(evenement: CandidatEcarte, etat: Attribution) -> Attribution:
    return _change(etat, evenement.demande, issue=Issue.ECARTE)


@evolve.register
def _(_evenement: CandidatsEpuises, etat: Attribution) -> Attribution:
    return replace(etat, phase=Phase.EPUISEE)


@evolve.register
def _(_evenement: BailSigne, etat: Attribution) -> Attribution:
    return replace(etat, phase=Phase.LOUEE)


@evolve.register
def _(_evenement: MiseADispositionRendue, etat: Attribution) -> Attribution:
    return replace(etat, phase=Phase.RENDUE)


def _change(etat: Attribution, demande: str, **champs: Any) -> Attribution:
    candidats = tuple(replace(un, **champs) if un.demande == demande else un for un in etat.candidats)
    return replace(etat, candidats=candidats)
