"""The yearly statement (flux.md §6.4): dwellings proposed and awarded along the axes of the article."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.flux.domain.parametres import BILAN_ECHEANCE, CHIFFRES_MINISTERE_ECHEANCE


class Motif(StrEnum):
    """Why a dwelling was let: on the flow, or deducted from it (CCH R441-5 I a to e; flux.md L8)."""

    FLUX = "flux"
    MUTATION_INTERNE = "mutation_interne"
    RENOUVELLEMENT_URBAIN = "relogement_renouvellement_urbain"
    ORCOD = "relogement_orcod_l741"
    L521_3 = "relogement_l521_3"
    VENTE = "relogement_vente_l443_7"


AXES = ("reservataire", "typologie", "financement", "qpv", "commune", "periode_construction")
"""CCH R441-5-1; the brackets of the construction period are the caller's."""


@dataclass(frozen=True, slots=True)
class LogementDuBilan:
    """One dwelling of the year, with its code on each axis (`axes[i]` for `AXES[i]`)."""

    id: str
    axes: tuple[str, ...]
    motif: Motif
    propose: bool
    attribue: bool
    bail: bool
    refus: bool


@dataclass(frozen=True, slots=True)
class Ventilation:
    """A count by each value of each axis, values sorted, those at zero left out."""

    par_axe: Mapping[str, Mapping[str, int]]
    total: int


@dataclass(frozen=True, slots=True)
class LigneReservataire:
    """One holder's year."""

    proposes: int
    attributions_prononcees: int
    baux_signes: int
    refus_attributaire: int


@dataclass(frozen=True, slots=True)
class Bilan:
    """The statement: flow dwellings by axis, deducted ones by motive, and one line a holder."""

    proposes: Ventilation
    attribues: Ventilation
    soustraits_attribues: Mapping[str, int]
    par_reservataire: Mapping[str, LigneReservataire]


def dresser(logements: Iterable[LogementDuBilan]) -> Bilan:
    """Statement of a year from its dwellings. Source: CCH R441-5 I (deducted) and R441-5-1; flux.md L10, L11, §6.4."""
    tous = list(logements)
    flux = [un for un in tous if un.motif is Motif.FLUX]
    soustraits = Counter(un.motif.value for un in tous if un.motif is not Motif.FLUX and un.attribue)
    return Bilan(
        proposes=_ventiler([un for un in flux if un.propose]),
        attribues=_ventiler([un for un in flux if un.attribue]),
        soustraits_attribues=dict(sorted(soustraits.items())),
        par_reservataire={
            nom: _ligne([un for un in flux if un.axes[0] == nom]) for nom in sorted({un.axes[0] for un in flux})
        },
    )


def echeance(annee: int) -> date:
    """Last day to send the statement of `annee` to every holder: 28 February of the next year (flux.md L10, L11)."""
    return BILAN_ECHEANCE.le().en(annee + 1)


def echeance_ministere(annee: int) -> date:
    """Day before which the figures of `annee` go to the ministry: 15 February of the next year (flux.md L30)."""
    return CHIFFRES_MINISTERE_ECHEANCE.le().en(annee + 1)


def _ventiler(logements: Sequence[LogementDuBilan]) -> Ventilation:
    par_axe = {axe: dict(sorted(Counter(un.axes[rang] for un in logements).items())) for rang, axe in enumerate(AXES)}
    return Ventilation(par_axe, len(logements))


def _ligne(logements: Sequence[LogementDuBilan]) -> LigneReservataire:
    return LigneReservataire(
        sum(un.propose for un in logements),
        sum(un.attribue for un in logements),
        sum(un.bail for un in logements),
        sum(un.refus for un in logements),
    )
