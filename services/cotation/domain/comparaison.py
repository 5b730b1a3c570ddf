"""Why a score changed: the difference of two evaluations shared out between seven causes, with no residue.

Source: design.md section 8 ("causes of a changed score"): correction, fact, evidence, label, refusal, time, grid, applied in
this order; each cause is worth what the total moves by when its inputs, and they alone, are replaced.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.condition import AGE, ANCIENNETE, PREUVES
from services.cotation.domain.decimales import EXACT
from services.cotation.domain.evenements import age_mois, fait
from services.cotation.domain.grille import Grille
from services.cotation.domain.resultat import Ligne, Resultat

REFUS = frozenset({"demande.refus", "demande.refus_prospection"})
TEMPS = frozenset({AGE, ANCIENNETE})
_SIMPLES = frozenset({str, int, bool})

Evaluer = Callable[[Grille, Mapping[str, Any], date], Resultat]
Totaliser = Callable[[Grille, Mapping[str, Any], date], Decimal]


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
    """One evaluation to compare. corrections: paths of facts that an authorised agent corrected from documents.

    vieilli: nothing was declared since the case before: facts that differ do so by time alone.
    """

    grille: Grille
    faits: Mapping[str, Any]
    as_of: date
    corrections: frozenset[str] = frozenset()
    vieilli: bool = False


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
    etapes = _etapes(avant, apres, _changes(avant, apres))
    change = _derouler(avant, etapes, evaluer)
    if _memes(etapes[-1].etat.faits if etapes else avant.faits, apres.faits):
        return change
    attendu = evaluer(apres.grille, apres.faits, apres.as_of)
    if (change.apres.total, change.apres.lignes) == (attendu.total, attendu.lignes):
        return change
    # An object that comes or goes empty moves `existe` and has no path of its own: the facts are then taken as one.
    return _derouler(avant, _etapes(avant, apres, _changes(avant, apres), en_bloc=True), evaluer)


def cause_principale(avant: Cas, apres: Cas, evaluer: Evaluer, totaliser: Totaliser) -> Cause | None:
    """The cause that moved the total most, the first applied when two move it as much; None when none did.

    totaliser: the total that `evaluer` gives, found without its lines. Same answer as from the parts of `comparer`.
    """
    etapes = _etapes(avant, apres, _changes(avant, apres))
    if etapes and _memes(etapes[-1].etat.faits, apres.faits):
        totaux = [totaliser(cas.grille, cas.faits, cas.as_of) for cas in (avant, *(etape.etat for etape in etapes))]
        points = [EXACT.subtract(suivant, total) for total, suivant in pairwise(totaux)]
        apports = list(zip((etape.cause for etape in etapes), points, strict=True))
    else:
        apports = [(part.cause, part.points) for part in comparer(avant, apres, evaluer).parts]
    cause, valeur = max(apports, key=lambda apport: abs(apport[1]), default=(None, Decimal(0)))
    return cause if valeur else None


class _Etape(NamedTuple):
    """One cause applied. etat: the case once it is; siens: the facts that belong to it."""

    cause: Cause
    etat: Cas
    siens: tuple[FaitChange, ...]


def _changes(avant: Cas, apres: Cas) -> tuple[FaitChange, ...]:
    return tuple(faits_changes(avant.faits, apres.faits))


def _etapes(avant: Cas, apres: Cas, changes: tuple[FaitChange, ...], *, en_bloc: bool = False) -> list[_Etape]:
    """The causes at work, in order. en_bloc: every fact is taken as one change, of one cause."""
    seule = Cause.TEMPS if apres.vieilli else Cause.FAIT
    classes = {seule: changes} if en_bloc else _classer(avant, apres, changes)
    etat, etapes = avant, []
    for cause in Cause:
        siens = classes.get(cause, ())
        d_un_bloc = en_bloc and cause is seule
        base = replace(etat, faits=apres.faits) if d_un_bloc else etat
        suite = _avancer(cause, base, apres, () if d_un_bloc else siens)
        if suite is not etat:
            etapes.append(_Etape(cause, suite, siens))
            etat = suite
    return etapes


def _derouler(avant: Cas, etapes: Sequence[_Etape], evaluer: Evaluer) -> Comparaison:
    premier = courant = evaluer(avant.grille, avant.faits, avant.as_of)
    parts: list[Part] = []
    for cause, etat, siens in etapes:
        suivant = evaluer(etat.grille, etat.faits, etat.as_of)
        lignes = tuple(lignes_changees(courant, suivant))
        if lignes or suivant.total != courant.total or cause is Cause.GRILLE:
            parts.append(Part(cause, courant.total, suivant.total, siens, lignes))
        courant = suivant
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
    return valeur if type(valeur) is dict or isinstance(valeur, Mapping) else {}


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
    if type(gauche) in _SIMPLES:
        return bool(gauche == droite)
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
    if apres.vieilli:
        return {Cause.TEMPS: tuple(changes)}
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
