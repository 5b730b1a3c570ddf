"""Why a score changed: the difference of two evaluations shared out between seven causes, with no residue.

Source: design.md section 8 ("causes of a changed score"): correction, fact, evidence, label, refusal, time, grid, applied in
this order; each cause is worth what the total moves by when its inputs, and they alone, are replaced.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.condition import AGE, ANCIENNETE, PREUVES
from services.cotation.domain.decimales import EXACT
from services.cotation.domain.evenements import age_mois, fait
from services.cotation.domain.grille import Grille
from services.cotation.domain.resultat import Ligne, Resultat

REFUS = frozenset({"demande.refus", "demande.refus_prospection"})
TEMPS = frozenset({AGE, ANCIENNETE})

Evaluer = Callable[[Grille, Mapping[str, Any], date], Resultat]


class Cause(StrEnum):
    """The seven causes, in the order in which they are applied."""

    CORRECTION = "correction"
    FAIT = "fait"
    PREUVE = "preuve"
    LABEL = "label"
    REFUS = "refus"
    TEMPS = "temps"
    GRILLE = "grille"


@dataclass(frozen=True, slots=True)
class Cas:
    """One evaluation to compare. corrections: paths of facts that an authorised agent corrected from documents."""

    grille: Grille
    faits: Mapping[str, Any]
    as_of: date
    corrections: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FaitChange:
    """A fact that is not the same on both sides; None where absent."""

    chemin: str
    avant: Any
    apres: Any


@dataclass(frozen=True, slots=True)
class LigneChangee:
    """A line that a cause moved; None on a side where it does not count or does not exist."""

    regle: str
    libelle: str
    avant: Ligne | None
    apres: Ligne | None


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause is worth: the total went from `avant` to `apres` when it was applied."""

    cause: Cause
    avant: Decimal
    apres: Decimal
    faits: tuple[FaitChange, ...] = ()
    lignes: tuple[LigneChangee, ...] = ()

    @property
    def points(self) -> Decimal:
        """Points gained (or lost, below 0) through this cause."""
        return EXACT.subtract(self.apres, self.avant)


@dataclass(frozen=True, slots=True)
class Comparaison:
    """The whole change. parts: the causes at work, in order; the sum of their points is exactly `difference`."""

    avant: Resultat
    apres: Resultat
    parts: tuple[Part, ...] = field(default=())

    @property
    def difference(self) -> Decimal:
        """Points gained (or lost) in all."""
        return EXACT.subtract(self.apres.total, self.avant.total)


def comparer(avant: Cas, apres: Cas, evaluer: Evaluer) -> Comparaison:
    """The change from one evaluation to another, cause after cause (nine evaluations at most)."""
    attendu = evaluer(apres.grille, apres.faits, apres.as_of)
    changes = tuple(faits_changes(avant.faits, apres.faits))
    change = _derouler(avant, apres, _classer(avant, apres, changes), evaluer)
    if (change.apres.total, change.apres.lignes) == (attendu.total, attendu.lignes):
        return change
    # An object that comes or goes empty moves `existe` and has no path of its own: the facts are then taken as one.
    return _derouler(avant, apres, {Cause.FAIT: changes}, evaluer, en_bloc=True)


def _derouler(
    avant: Cas,
    apres: Cas,
    classes: Mapping[Cause, tuple[FaitChange, ...]],
    evaluer: Evaluer,
    *,
    en_bloc: bool = False,
) -> Comparaison:
    premier = courant = evaluer(avant.grille, avant.faits, avant.as_of)
    etat = avant
    parts: list[Part] = []
    for cause in Cause:
        siens = classes.get(cause, ())
        suite = (
            replace(etat, faits=apres.faits) if en_bloc and cause is Cause.FAIT else _avancer(cause, etat, apres, siens)
        )
        if suite is etat:
            continue
        suivant = evaluer(suite.grille, suite.faits, suite.as_of)
        lignes = tuple(lignes_changees(courant, suivant))
        if lignes or suivant.total != courant.total or cause is Cause.GRILLE:
            parts.append(Part(cause, courant.total, suivant.total, siens, lignes))
        etat, courant = suite, suivant
    return Comparaison(premier, courant, tuple(parts))


def _avancer(cause: Cause, etat: Cas, apres: Cas, siens: tuple[FaitChange, ...]) -> Cas:
    """The case with what belongs to one cause taken from `apres`; the same object when nothing does."""
    if cause is Cause.TEMPS and etat.as_of != apres.as_of:
        etat = replace(etat, as_of=apres.as_of)
    if cause is Cause.GRILLE and etat.grille != apres.grille:
        etat = replace(etat, grille=apres.grille)
    faits = etat.faits
    for change in siens:
        faits = _avec(faits, change.chemin.split("."), change.apres)
    return etat if faits is etat.faits else replace(etat, faits=faits)


def faits_changes(avant: Mapping[str, Any], apres: Mapping[str, Any], racine: str = "") -> Iterator[FaitChange]:
    """Every path whose value differs, in the order of the two situations; a list, or an empty object, is one value."""
    for cle in dict.fromkeys((*avant, *apres)):
        if "." in cle:
            continue  # never met by a path (docs/cotation.md, section 1)
        chemin, ancien, nouveau = f"{racine}{cle}", avant.get(cle), apres.get(cle)
        gauche, droite = _branches(ancien), _branches(nouveau)
        if gauche or droite:
            yield from faits_changes(gauche, droite, f"{chemin}.")
            if not droite and nouveau is not None:
                yield FaitChange(chemin, None, nouveau)
        elif not _memes(ancien, nouveau):
            yield FaitChange(chemin, ancien, nouveau)


def _branches(valeur: Any) -> Mapping[str, Any]:
    return valeur if isinstance(valeur, Mapping) else {}


def lignes_changees(avant: Resultat, apres: Resultat) -> Iterator[LigneChangee]:
    """Every line whose contribution differs: counted or not, or with another value."""
    anciennes = {ligne.regle: ligne for ligne in avant.lignes}
    nouvelles = {ligne.regle: ligne for ligne in apres.lignes}
    for regle in dict.fromkeys((*anciennes, *nouvelles)):
        gauche, droite = anciennes.get(regle), nouvelles.get(regle)
        if _apport(gauche) != _apport(droite):
            libelle = (droite or gauche or avant.lignes[0]).libelle
            yield LigneChangee(regle, libelle, _comptee(gauche), _comptee(droite))


def _memes(gauche: Any, droite: Any) -> bool:
    """Equal and of the same types all the way down: `True` is not 1, though Python says so."""
    if type(gauche) is not type(droite):
        return False
    if isinstance(gauche, list | tuple):
        return len(gauche) == len(droite) and all(map(_memes, gauche, droite))
    if isinstance(gauche, Mapping):
        return gauche.keys() == droite.keys() and all(_memes(gauche[cle], droite[cle]) for cle in gauche)
    return bool(gauche == droite)


def _comptee(ligne: Ligne | None) -> Ligne | None:
    return ligne if ligne is not None and ligne.compte else None


def _apport(ligne: Ligne | None) -> tuple[str, Decimal] | None:
    return (ligne.effet, ligne.valeur) if ligne is not None and ligne.compte else None


def _classer(avant: Cas, apres: Cas, changes: Collection[FaitChange]) -> dict[Cause, tuple[FaitChange, ...]]:
    labels = Catalogue().avec(apres.grille.faits_locaux).par_label
    listes = REFUS | {remise.evenements for grille in (avant.grille, apres.grille) for remise in grille.remises_a_zero}
    chute = _chute_d_anciennete(avant, apres, changes, listes)
    classes: dict[Cause, list[FaitChange]] = {}
    for change in changes:
        cause = _cause_du_fait(change.chemin, apres.corrections, labels, listes)
        if chute and change.chemin == ANCIENNETE:
            cause = Cause.REFUS
        classes.setdefault(cause, []).append(change)
    return {cause: tuple(siens) for cause, siens in classes.items()}


def _cause_du_fait(chemin: str, corrections: frozenset[str], labels: frozenset[str], listes: frozenset[str]) -> Cause:
    if chemin in corrections:
        return Cause.CORRECTION
    if chemin.startswith(f"{PREUVES}."):
        return Cause.PREUVE
    if chemin in labels:
        return Cause.LABEL
    if chemin in listes:
        return Cause.REFUS
    return Cause.TEMPS if chemin in TEMPS else Cause.FAIT


def _chute_d_anciennete(avant: Cas, apres: Cas, changes: Collection[FaitChange], listes: frozenset[str]) -> bool:
    """A seniority given as it stands that falls beside a new refusal falls because of it."""
    if age_mois(apres.faits, apres.as_of) is not None or not any(change.chemin in listes for change in changes):
        return False
    ancien, nouveau = fait(avant.faits, ANCIENNETE), fait(apres.faits, ANCIENNETE)
    return isinstance(ancien, int) and isinstance(nouveau, int) and nouveau < ancien


def _avec(faits: Mapping[str, Any], pas: list[str], valeur: Any) -> dict[str, Any]:
    """The facts with one path replaced, the others shared; None takes the path away, and an object that it empties."""
    copie = dict(faits)
    tete, suite = pas[0], pas[1:]
    if suite and valeur is None and not isinstance(copie.get(tete), Mapping):
        return copie
    nouvelle = _avec(_branches(copie.get(tete)), suite, valeur) if suite else valeur
    if nouvelle is None or (suite and not nouvelle):
        copie.pop(tete, None)
    else:
        copie[tete] = nouvelle
    return copie
