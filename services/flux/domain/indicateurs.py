"""Follow-up of a convention within its year (flux.md §9): definitions of ours, no text gives formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Periode:
    """A year of the convention, whole or not: both days included."""

    debut: date
    fin: date

    @property
    def jours(self) -> int:
        """Days of the period."""
        return (self.fin - self.debut).days + 1

    def ecoules(self, jour: date) -> int:
        """Days gone on `jour`, that day included: 0 before the start, all of them after the end."""
        return min(max((jour - self.debut).days + 1, 0), self.jours)


@dataclass(frozen=True, slots=True)
class Suivi:
    """Where a target stands on a day, in dwellings; a rate is None when its base is nil."""

    jours_ecoules: int
    jours_total: int
    prorata: Fraction
    taux_realisation: Fraction | None
    ecart: Fraction
    taux_prorata: Fraction | None
    ecart_avec_engages: Fraction
    reste_a_faire: Fraction


def suivre(objectif: Fraction, realise: int, engages: int, periode: Periode, le: date) -> Suivi:
    """The target, what is done and what is under way, against the days gone of the period.

    `reste_a_faire` is never below 0. Source: flux.md §9 (definitions), seed S0 for the tables.
    """
    ecoules = periode.ecoules(le)
    prorata = objectif * ecoules / periode.jours
    return Suivi(
        jours_ecoules=ecoules,
        jours_total=periode.jours,
        prorata=prorata,
        taux_realisation=taux(Fraction(realise), objectif),
        ecart=realise - prorata,
        taux_prorata=taux(Fraction(realise), prorata),
        ecart_avec_engages=realise + engages - prorata,
        reste_a_faire=max(objectif - realise, Fraction(0)),
    )


def ecart_flux(realise: int, part: Fraction, liberations_a_date: Fraction) -> Fraction:
    """Gap to what the flow itself has brought so far: it follows the season of departures. Source: flux.md §9."""
    return realise - part * liberations_a_date


def taux(numerateur: Fraction, denominateur: Fraction) -> Fraction | None:
    """Ratio, or None over zero: returns, refusals, transformations, internal moves (flux.md §9)."""
    return numerateur / denominateur if denominateur else None


def mediane(jours: Sequence[int]) -> Fraction:
    """Median of at least one delay in days, exact: half a day between two middle values."""
    tri = sorted(jours)
    milieu = len(tri) // 2
    return Fraction(tri[milieu]) if len(tri) % 2 else Fraction(tri[milieu - 1] + tri[milieu], 2)
