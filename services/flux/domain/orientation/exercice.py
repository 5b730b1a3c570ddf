"""What changes between two decisions: shares by an avenant, and the year (flux.md §8, 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

from services.flux.domain.orientation.etat import EtatOrientation
from services.flux.domain.orientation.regles import GLOBALE, Strate, regler


class ReportSolde(StrEnum):
    """What of the credits goes into the next year."""

    REMISE_A_ZERO = "remise_a_zero"
    """Nothing: the percentage is annual."""
    PLAFONNE = "plafonne"
    """At most one dwelling behind or ahead, credits reduced in proportion."""
    INTEGRAL = "integral"


def changer_parts(etat: EtatOrientation, parts: Mapping[str, Mapping[str, Fraction]]) -> EtatOrientation:
    """New shares by perimeter from here on: credits, counts and what is in progress stay.

    A new holder starts at rest; one that leaves keeps its counters, without a share. Raises ReglesInvalides.
    """
    anciennes = etat.regles
    unite = anciennes.titulaires
    regles = regler(
        parts,
        anciennes.methode,
        poids_global=Fraction(anciennes.poids_global),
        poids={axe: Fraction(poids) for axe, poids in anciennes.poids.items()},
        planchers=[(p.strate, unite[p.titulaire], p.part) for p in anciennes.planchers],
        rendu_compte=anciennes.rendu_compte,
        titulaires=unite,
    )
    nouveaux = (0,) * (len(regles.titulaires) - len(unite))
    etat = replace(
        etat,
        regles=regles,
        credits={strate: valeurs + nouveaux for strate, valeurs in etat.credits.items()},
        recus={strate: valeurs + nouveaux for strate, valeurs in etat.recus.items()},
        imputes=etat.imputes + nouveaux,
        rendus=etat.rendus + nouveaux,
        suite_reguliere=etat.suite_reguliere and _au_repos(etat),
    )
    for locales in regles.perimetres.values():
        etat = etat.sur(locales.unite)
    return etat


def changer_exercice(etat: EtatOrientation, exercice: int, report: ReportSolde) -> EtatOrientation:
    """Counters of the next year: counts at 0, credits as `report` says, what is in progress still in progress.

    Raises ValueError unless `exercice` is later.
    """
    if exercice <= etat.exercice:
        raise ValueError(f"L'exercice {exercice} ne suit pas {etat.exercice}.")
    zeros = etat.zeros()
    if report is ReportSolde.REMISE_A_ZERO:
        credits_: dict[Strate, tuple[int, ...]] = {GLOBALE: zeros}
        dus: tuple[int, ...] = (0,) * len(etat.planchers_dus)
    elif report is ReportSolde.PLAFONNE:
        credits_ = {s: _plafonner(valeurs, etat.denominateur) for s, valeurs in etat.credits.items()}
        dus = tuple(max(min(du, etat.denominateur), -etat.denominateur) for du in etat.planchers_dus)
    else:
        credits_, dus = dict(etat.credits), etat.planchers_dus
    suivant = replace(
        etat,
        exercice=exercice,
        rang=0,
        credits=credits_,
        recus={GLOBALE: zeros},
        planchers_dus=dus,
        imputes=zeros,
        rendus=zeros,
    )
    return replace(suivant, suite_reguliere=_au_repos(suivant))


def _au_repos(etat: EtatOrientation) -> bool:
    return etat.rang == 0 and not any(etat.credits.get(GLOBALE, ()))


def _plafonner(valeurs: Sequence[int], limite: int) -> tuple[int, ...]:
    """Credits divided by the largest in size when it exceeds `limite`, whole, sum still 0, none beyond `limite`."""
    plus_grand = max(map(abs, valeurs), default=0)
    if plus_grand <= limite:
        return tuple(valeurs)
    divisions = [divmod(valeur * limite, plus_grand) for valeur in valeurs]
    reduits = [quotient for quotient, _ in divisions]
    servis = sorted(range(len(valeurs)), key=lambda r: (-divisions[r][1], r))
    for r in servis[: -sum(reduits)]:
        reduits[r] += 1
    return tuple(reduits)
