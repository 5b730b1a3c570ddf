"""A sequence of orientations: who was served, in one landlord's perimeter, in one year (flux.md §8).

A year has its own stream, which opens with the counters carried over from the year before: a dwelling given back later moves
the counters of the year in which it was oriented, never those of the new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import singledispatch
from typing import Any

from services.flux.domain.orientation import orienter as regle_d_orientation
from services.flux.domain.orientation.decision import Compteur, Decision, Regle
from services.flux.domain.orientation.etat import EtatOrientation, LogementAOrienter, etat_initial
from services.flux.domain.orientation.exercice import ReportSolde, changer_exercice, changer_parts
from services.flux.domain.orientation.regles import GLOBALE, Methode, Strate, regler


@dataclass(frozen=True, slots=True)
class PartDeTitulaire:
    """A holder's share, exact, as text. Listed in the order of ties."""

    titulaire: str
    part: str


@dataclass(frozen=True, slots=True)
class Report:
    """Credits carried over from the year before, by stratum, over one denominator; each sums to 0."""

    denominateur: str
    credits: tuple[tuple[str, str, tuple[str, ...]], ...]
    regulier: bool


@dataclass(frozen=True, slots=True)
class SequenceOuverte:
    """The year begins. report: None when counters start at rest."""

    bailleur: str
    perimetre: str
    exercice: int
    methode: Methode
    parts: tuple[PartDeTitulaire, ...]
    report: Report | None


@dataclass(frozen=True, slots=True)
class PartsChangees:
    """Other shares from here on: an avenant, a new convention, one that ended. Credits stay."""

    le: date
    parts: tuple[PartDeTitulaire, ...]


@dataclass(frozen=True, slots=True)
class CompteurNote:
    """A holder's counters after a decision. Shares and credits exact, as text, in dwellings."""

    titulaire: str
    part: str
    credit: str
    orientes: int
    engages: int
    imputes: int
    rendus: int
    eligible: bool


@dataclass(frozen=True, slots=True)
class OrientationDecidee:
    """A dwelling was oriented: what the tool suggested, what was decided and why, the counters, the deviation and its bound.

    rang: number in the sequence, from 1. mise_a_disposition: what is oriented. ecartes: holders that could not take it.
    ecart_max, borne, borne_durable: exact, as text, in dwellings; portee: how long `borne` holds.
    """

    mise_a_disposition: str
    liberation: str
    rang: int
    le: date
    strates: tuple[tuple[str, str], ...]
    ecartes: tuple[str, ...]
    regle: Regle
    suggestion: str
    retenu: str
    motif: str | None
    ecart_max: str
    borne: str
    borne_durable: str | None
    portee: str
    compteurs: tuple[CompteurNote, ...]


@dataclass(frozen=True, slots=True)
class OrientationImputee:
    """The oriented dwelling is charged to its holder."""

    mise_a_disposition: str
    le: date


@dataclass(frozen=True, slots=True)
class OrientationRendue:
    """The oriented dwelling came back. compte: the turn is spent all the same."""

    mise_a_disposition: str
    le: date
    compte: bool


@dataclass(frozen=True, slots=True)
class Derniere:
    """What the last decision left: deviation, bound, how long it holds."""

    ecart_max: str
    borne: str
    portee: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Where a sequence stands. etat: None until the year is opened."""

    bailleur: str = ""
    perimetre: str = ""
    exercice: int = 0
    etat: EtatOrientation | None = None
    derniere: Derniere | None = None
    ecart_record: str = "0"
    borne_record: str = "0"


def identifiant(bailleur: str, perimetre: str, exercice: int) -> str:
    """The sequence of a landlord in a perimeter for a year."""
    return f"{bailleur}:{perimetre}:{exercice}"


def ouvrir(
    bailleur: str,
    perimetre: str,
    exercice: int,
    parts: Mapping[str, Fraction],
    precedente: Sequence | None = None,
    report: ReportSolde = ReportSolde.PLAFONNE,
) -> SequenceOuverte:
    """Open a year: with Tijdeman's rule, from rest or from what the year before carries over (flux.md §8, 7).

    Shares and credits both unchanged, the sequence goes on and its theorem with it: the rule looks at credits alone. In a
    perimeter with few releases a year, counters put back to zero would never serve the smaller holders.
    """
    reporte = None
    if precedente is not None and precedente.etat is not None and report is not ReportSolde.REMISE_A_ZERO:
        suivant = changer_exercice(changer_parts(precedente.etat, {perimetre: parts}), exercice, report)
        meme_suite = not suivre_les_parts(precedente, parts, date(exercice, 1, 1)) and _globaux(suivant) == _globaux(
            precedente.etat
        )
        parts = {nom: parts.get(nom, Fraction(0)) for nom in suivant.regles.titulaires}
        reporte = Report(
            str(suivant.denominateur),
            tuple((s.axe, s.valeur, tuple(map(str, valeurs))) for s, valeurs in suivant.credits.items()),
            suivant.suite_reguliere or (meme_suite and precedente.etat.suite_reguliere),
        )
    return SequenceOuverte(bailleur, perimetre, exercice, Methode.TIJDEMAN, _notees(parts), reporte)


def suivre_les_parts(sequence: Sequence, parts: Mapping[str, Fraction], le: date) -> list[PartsChangees]:
    """Take the shares in force when they are no longer those of the sequence; nothing when they are the same."""
    assert sequence.etat is not None
    regles = sequence.etat.regles
    locales = regles.perimetres[sequence.perimetre]
    connues = {nom: part for r, nom in enumerate(regles.titulaires) if (part := locales.part(r))}
    return [] if connues == {n: p for n, p in parts.items() if p} else [PartsChangees(le, _notees(parts))]


def decider(sequence: Sequence, logement: LogementAOrienter, choix: str | None, motif: str | None) -> Decision:
    """The decision on a dwelling: the suggestion, or an agent's choice with its reason. Raises OrientationRefusee."""
    assert sequence.etat is not None
    if choix is None:
        return regle_d_orientation.orienter(sequence.etat, logement)
    return regle_d_orientation.retenir(sequence.etat, logement, choix, motif or "")


def noter(decision: Decision, liberation: str, le: date) -> OrientationDecidee:
    """The decision as the journal keeps it."""
    durable = decision.borne_durable
    return OrientationDecidee(
        mise_a_disposition=decision.logement.id,
        liberation=liberation,
        rang=decision.rang,
        le=le,
        strates=tuple((s.axe, s.valeur) for s in decision.logement.strates),
        ecartes=tuple(sorted(decision.logement.ecartes)),
        regle=decision.regle,
        suggestion=decision.suggestion,
        retenu=decision.retenu,
        motif=decision.motif,
        ecart_max=str(decision.ecart_max),
        borne=str(decision.borne),
        borne_durable=None if durable is None else str(durable),
        portee=decision.portee.value,
        compteurs=tuple(map(_compteur, decision.compteurs)),
    )


def imputer(sequence: Sequence, mise: str, le: date) -> list[OrientationImputee]:
    """Charge an orientation in progress. Nothing when it is not."""
    en_cours = sequence.etat is not None and mise in sequence.etat.en_cours
    return [OrientationImputee(mise, le)] if en_cours else []


def rendre(sequence: Sequence, mise: str, le: date, *, compte: bool) -> list[OrientationRendue]:
    """Take an orientation in progress back. Nothing when it is not."""
    en_cours = sequence.etat is not None and mise in sequence.etat.en_cours
    return [OrientationRendue(mise, le, compte)] if en_cours else []


@singledispatch
def evolve(evenement: Any, sequence: Sequence) -> Sequence:
    """The sequence after one event: counters are folded, nothing is decided again."""
    del evenement
    return sequence


@evolve.register
def _(evenement: SequenceOuverte, sequence: Sequence) -> Sequence:
    del sequence
    parts = {p.titulaire: Fraction(p.part) for p in evenement.parts}
    etat = etat_initial(
        regler({evenement.perimetre: parts}, evenement.methode, titulaires=list(parts)), evenement.exercice
    )
    if evenement.report is not None:
        credits_ = {Strate(axe, v): tuple(map(int, valeurs)) for axe, v, valeurs in evenement.report.credits}
        unite = etat.denominateur
        etat = replace(
            etat,
            denominateur=int(evenement.report.denominateur),
            credits={GLOBALE: etat.zeros(), **credits_},
            suite_reguliere=evenement.report.regulier,
        ).sur(unite)
    return Sequence(evenement.bailleur, evenement.perimetre, evenement.exercice, etat)


@evolve.register
def _(evenement: PartsChangees, sequence: Sequence) -> Sequence:
    assert sequence.etat is not None
    parts = {p.titulaire: Fraction(p.part) for p in evenement.parts}
    return replace(sequence, etat=changer_parts(sequence.etat, {sequence.perimetre: parts}))


@evolve.register
def _(evenement: OrientationDecidee, sequence: Sequence) -> Sequence:
    assert sequence.etat is not None
    logement = LogementAOrienter(
        evenement.mise_a_disposition,
        sequence.perimetre,
        tuple(Strate(axe, valeur) for axe, valeur in evenement.strates),
        frozenset(evenement.ecartes),
    )
    etat = regle_d_orientation.appliquer(
        sequence.etat, logement, regle=evenement.regle, suggestion=evenement.suggestion, retenu=evenement.retenu
    )
    return replace(
        sequence,
        etat=etat,
        derniere=Derniere(evenement.ecart_max, evenement.borne, evenement.portee),
        ecart_record=str(max(Fraction(sequence.ecart_record), Fraction(evenement.ecart_max))),
        borne_record=str(max(Fraction(sequence.borne_record), Fraction(evenement.borne))),
    )


@evolve.register
def _(evenement: OrientationImputee, sequence: Sequence) -> Sequence:
    assert sequence.etat is not None
    return replace(sequence, etat=regle_d_orientation.imputer(sequence.etat, evenement.mise_a_disposition))


@evolve.register
def _(evenement: OrientationRendue, sequence: Sequence) -> Sequence:
    etat = sequence.etat
    assert etat is not None
    regles = etat.regles
    compte = replace(etat, regles=replace(regles, rendu_compte=evenement.compte))
    return replace(
        sequence,
        etat=replace(regle_d_orientation.rendre(compte, evenement.mise_a_disposition), regles=regles),
    )


def _globaux(etat: EtatOrientation) -> list[Fraction]:
    return [Fraction(credit, etat.denominateur) for credit in etat.credits[GLOBALE]]


def _notees(parts: Mapping[str, Fraction]) -> tuple[PartDeTitulaire, ...]:
    return tuple(PartDeTitulaire(nom, str(part)) for nom, part in parts.items())


def _compteur(compteur: Compteur) -> CompteurNote:
    return CompteurNote(
        compteur.titulaire,
        str(compteur.part),
        str(compteur.credit),
        compteur.orientes,
        compteur.engages,
        compteur.imputes,
        compteur.rendus,
        compteur.eligible,
    )
