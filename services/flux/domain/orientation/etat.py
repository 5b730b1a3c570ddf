"""The counters of a sequence: credits by stratum, dwellings oriented, charged and returned, what is in progress."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm

from services.flux.domain.orientation.regles import GLOBALE, Regles, Strate


@dataclass(frozen=True, slots=True)
class LogementAOrienter:
    """A dwelling to orient.

    perimetre: key of the shares that apply to it. strates: the values it has on the watched axes. ecartes: holders that
    cannot take it (perimeter, hard refusal, DALO, accessibility): they are not credited for it.
    """

    id: str
    perimetre: str
    strates: tuple[Strate, ...] = ()
    ecartes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len({axe for axe, _ in self.strates} | {GLOBALE.axe}) <= len(self.strates):
            raise ValueError(f"Logement {self.id} : une valeur par axe, hors l'axe {GLOBALE.axe}.")


@dataclass(frozen=True, slots=True)
class Engagement:
    """An orientation under way: what it credited and whom it debited, so that a return can undo it exactly.

    credits: (index of the holder, numerator) over `unite`. planchers: indexes of the floors credited.
    """

    logement: LogementAOrienter
    exercice: int
    titulaire: int
    credits: tuple[tuple[int, int], ...]
    unite: int
    planchers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EtatOrientation:
    """Counters of one sequence; replaced, never changed.

    credits: by stratum, one integer a holder over `denominateur`; positive: owed, negative: ahead; each sums to 0.
    recus: dwellings oriented in the exercise, in progress or charged, by stratum and holder: the choice looks at these,
    not at what is charged alone (flux.md §8, 5). planchers_dus: as credits, one a floor of the rules.
    suite_reguliere: true while the theorem of the method holds: one perimeter, every holder eligible, every suggestion
    followed, nothing undone, the same shares.
    """

    regles: Regles
    exercice: int
    rang: int = 0
    denominateur: int = 1
    credits: Mapping[Strate, tuple[int, ...]] = field(default_factory=dict)
    recus: Mapping[Strate, tuple[int, ...]] = field(default_factory=dict)
    planchers_dus: tuple[int, ...] = ()
    imputes: tuple[int, ...] = ()
    rendus: tuple[int, ...] = ()
    en_cours: Mapping[str, Engagement] = field(default_factory=dict)
    suite_reguliere: bool = True

    def zeros(self) -> tuple[int, ...]:
        """A counter at rest for every holder."""
        return (0,) * len(self.regles.titulaires)

    def credit(self, titulaire: str, strate: Strate = GLOBALE) -> Fraction:
        """What a holder is owed in a stratum, in dwellings."""
        rang = self.regles.titulaires.index(titulaire)
        return Fraction(self.credits.get(strate, self.zeros())[rang], self.denominateur)

    def ecart_max(self, strate: Strate = GLOBALE) -> Fraction:
        """Largest deviation of a holder from its share in a stratum, behind or ahead, in dwellings."""
        return Fraction(max(map(abs, self.credits.get(strate, self.zeros()))), self.denominateur)

    def sur(self, unite: int) -> "EtatOrientation":
        """The same counters over a denominator that `unite` divides."""
        commun = lcm(self.denominateur, unite)
        facteur = commun // self.denominateur
        if facteur == 1:
            return self
        return replace(
            self,
            denominateur=commun,
            credits={strate: tuple(c * facteur for c in valeurs) for strate, valeurs in self.credits.items()},
            planchers_dus=tuple(du * facteur for du in self.planchers_dus),
        )


def etat_initial(regles: Regles, exercice: int) -> EtatOrientation:
    """Counters at rest at the start of an exercise (a year)."""
    unite = lcm(
        *(locales.unite for locales in regles.perimetres.values()), *(p.part.denominator for p in regles.planchers)
    )
    zeros = (0,) * len(regles.titulaires)
    return EtatOrientation(
        regles=regles,
        exercice=exercice,
        denominateur=unite,
        credits={GLOBALE: zeros},
        recus={GLOBALE: zeros},
        planchers_dus=(0,) * len(regles.planchers),
        imputes=zeros,
        rendus=zeros,
    )
