"""A decision: the holder suggested, the one retained, the counters after it, the deviation and its bound."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from services.flux.domain.orientation import bornes, quota, tijdeman
from services.flux.domain.orientation.etat import EtatOrientation, LogementAOrienter
from services.flux.domain.orientation.regles import GLOBALE


class Regle(StrEnum):
    """What decided a suggestion."""

    TIJDEMAN = "tijdeman"
    QUOTA = "quota"
    PLUS_EN_RETARD = "plus_en_retard"
    MULTI_AXES = "multi_axes"
    PLANCHER = "plancher"


class Portee(StrEnum):
    """How long the bound shown with a decision holds."""

    SUITE = "suite"
    """The whole sequence: theorem of the method from counters at rest."""
    CREDITS = "credits"
    """From these counters on, while "most behind first" decides and everybody is eligible (bornes.py)."""
    DECISION = "decision"
    """This decision alone, whoever it served: weights, a floor, an exclusion, an agent's choice."""


@dataclass(frozen=True, slots=True)
class Compteur:
    """One holder's counters after a decision, in dwellings."""

    titulaire: str
    part: Fraction
    credit: Fraction
    orientes: int
    engages: int
    imputes: int
    rendus: int
    eligible: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Which holder gets the dwelling, why, and the counters after it.

    suggestion: the tool's; retenu: the one decided, the same unless an agent chose otherwise, for `motif`.
    """

    logement: LogementAOrienter
    exercice: int
    rang: int
    suggestion: str
    retenu: str
    motif: str | None
    regle: Regle
    avant: EtatOrientation
    etat: EtatOrientation

    @property
    def ecart_max(self) -> Fraction:
        """Largest global deviation of a holder after the decision, in dwellings."""
        return self.etat.ecart_max()

    @property
    def portee(self) -> Portee:
        """How long `borne` holds."""
        if self.suggestion != self.retenu or self.regle in {Regle.MULTI_AXES, Regle.PLANCHER}:
            return Portee.DECISION
        if self.regle is Regle.PLUS_EN_RETARD:
            return Portee.CREDITS if self._tous_eligibles else Portee.DECISION
        return Portee.SUITE

    @property
    def borne(self) -> Fraction:
        """Deviation that the decision could not exceed: `ecart_max <= borne` always (< for the quota method)."""
        durable = self.borne_durable
        if durable is not None and self.portee is not Portee.DECISION:
            return durable
        engagement = self.etat.en_cours[self.logement.id]
        avant = [Fraction(credit, self.avant.denominateur) for credit in self._credits_avant]
        return bornes.de_la_decision(avant, {r: Fraction(c, engagement.unite) for r, c in engagement.credits})

    @property
    def borne_durable(self) -> Fraction | None:
        """Deviation that nothing exceeds from here on while decisions are taken like this one; None: none is known.

        When some holders are not eligible it is wide (n − 1 + δ), and `borne` the tighter bound of this decision.
        """
        if self.suggestion != self.retenu or self.regle in {Regle.MULTI_AXES, Regle.PLANCHER}:
            return None
        if self.regle is Regle.QUOTA:
            return quota.BORNE_STRICTE
        if self.regle is Regle.TIJDEMAN:
            return tijdeman.borne(len(self.etat.regles.perimetres[self.logement.perimetre].numerateurs))
        tous = self._tous_eligibles
        return bornes.certificat(self._credits_avant, self.avant.denominateur, tous_eligibles=tous)

    @property
    def _credits_avant(self) -> tuple[int, ...]:
        return self.avant.credits.get(GLOBALE, self.avant.zeros())

    @property
    def _tous_eligibles(self) -> bool:
        return len(self.etat.en_cours[self.logement.id].credits) == len(self.etat.regles.titulaires)

    @property
    def compteurs(self) -> tuple[Compteur, ...]:
        """Every holder's counters, in listed order, global stratum."""
        etat = self.etat
        locales = etat.regles.perimetres[self.logement.perimetre]
        eligibles = {r for r, _ in etat.en_cours[self.logement.id].credits}
        engages = _engages(etat)
        return tuple(
            Compteur(
                titulaire=nom,
                part=locales.part(r),
                credit=Fraction(etat.credits[GLOBALE][r], etat.denominateur),
                orientes=etat.recus[GLOBALE][r],
                engages=engages[r],
                imputes=etat.imputes[r],
                rendus=etat.rendus[r],
                eligible=r in eligibles,
            )
            for r, nom in enumerate(etat.regles.titulaires)
        )


def _engages(etat: EtatOrientation) -> list[int]:
    engages = list(etat.zeros())
    for engagement in etat.en_cours.values():
        engages[engagement.titulaire] += 1
    return engages
