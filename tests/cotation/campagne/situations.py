"""Situations drawn for one grid: each fact that it reads stands around the constants that it is compared with.

A fact is absent, of another type, or just below, on and just above a threshold; dates fall around whole months.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from services.cotation.domain.condition import (
    AGE,
    ANCIENNETE,
    DEPOT,
    EVENEMENT,
    PREUVES,
    Champ,
    Condition,
    Mesure,
    MoisDepuis,
    NombreDe,
    Scalaire,
    feuilles,
)
from services.cotation.domain.grille import NIVEAUX, Cumul, Grille, Tranches, Variantes
from tests.cotation.campagne.conditions import rangs
from tests.cotation.campagne.vocabulaire import (
    CODES_POSSIBLES,
    EVENEMENTS,
    LISTES,
    MAL_TYPES,
    MOIS,
    SUR_EVENEMENT,
    jours_autour,
)

T = TypeVar("T")
Faits = dict[str, Any]
ABSENT = object()
TENTATIVES = 150
"""Values around the thresholds against those of another type: about three to one."""
INFIME = Decimal("0.000001")
NIVEAUX_DITS = (ABSENT, None, *NIVEAUX, True, False, "inconnu", 3, ["label"])
REGULIER = (True,) * 9 + (False,)
DEPUIS_LE_DEPOT = (
    ABSENT,
    0,
    1,
    "1.5",
    2,
    5,
    6,
    "6.000001",
    9,
    12,
    Decimal("11.9"),
    30,
    -1,
    "-0.5",
    None,
    True,
    "x",
    1.0,
)


@dataclass(frozen=True, slots=True)
class Lectures:
    """What a grid reads: by path, the constants met there (months of `MoisDepuis` apart); events' paths under `evenement.`."""

    constantes: dict[str, set[Scalaire]] = field(default_factory=lambda: defaultdict(set))
    mois: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def de(cls, grille: Grille) -> "Lectures":
        """Those of that grid, what the seniority and the groups read included."""
        lectures = cls()
        for chemin in (DEPOT, AGE, ANCIENNETE):
            lectures.constantes[chemin] |= set()
        for groupe in grille.groupes:
            if groupe.champ is not None:
                lectures.constantes[groupe.champ] |= {regle.id for regle in grille.regles}
        for condition in conditions_de(grille):
            for feuille in feuilles(condition):
                lectures._lire(feuille.mesure, set(feuille.valeurs))
        for regle in grille.regles:
            match regle.effet:
                case Cumul(mesure=mesure):
                    lectures._lire(mesure, {Decimal(3)})
                case Tranches(mesure=mesure, tranches=pas):
                    lectures._lire(mesure, {seuil for un in pas for seuil in (un.mini, un.maxi) if seuil is not None})
        for evenement in (*grille.remises_a_zero, *grille.effets_evenements):
            lectures.constantes[evenement.evenements] |= set()
        return lectures

    def _lire(self, mesure: Mesure, constantes: set[Scalaire]) -> None:
        nombres = {int(constante) for constante in constantes if isinstance(constante, Decimal)}
        match mesure:
            case Champ(chemin=chemin):
                self.constantes[chemin] |= constantes
                if chemin == ANCIENNETE:
                    self.constantes[AGE] |= constantes
                    self.mois[DEPOT] |= nombres
            case MoisDepuis(chemin=chemin):
                self.constantes[chemin] |= set()
                self.mois[chemin] |= nombres
            case NombreDe(chemin=chemin):
                self.constantes[chemin] |= constantes


def conditions_de(grille: Grille) -> Iterator[Condition]:
    """Every condition of a grid, those of event counts included."""
    directes = [motif.quand for motif in grille.hors_cotation]
    for regle in grille.regles:
        directes.append(regle.quand)
        if isinstance(regle.effet, Variantes):
            directes += [variante.quand for variante in regle.effet.variantes]
    mesures = [feuille.mesure for condition in directes for feuille in feuilles(condition)]
    mesures += [regle.effet.mesure for regle in grille.regles if isinstance(regle.effet, Cumul | Tranches)]
    yield from directes
    comptes = [mesure for mesure in mesures if isinstance(mesure, NombreDe)]
    for compte in (*comptes, *grille.remises_a_zero, *grille.effets_evenements):
        if compte.seulement_si is not None:
            yield compte.seulement_si


@dataclass(frozen=True, slots=True)
class Reservoir:
    """For each path that a grid reads, the values to draw from; `evenement` holds those of the keys of an event."""

    valeurs: Mapping[str, tuple[object, ...]]
    evenement: Mapping[str, tuple[object, ...]]
    regles: tuple[str, ...]

    @classmethod
    def de(cls, grille: Grille, as_of: date) -> "Reservoir":
        """The one of that grid on that day."""
        lectures = Lectures.de(grille)
        sans_date = (ABSENT,) * 40
        situation, evenement = {}, {"date": _jours(as_of, MOIS) + sans_date, "mois_apres_depot": DEPUIS_LE_DEPOT}
        for chemin, constantes in lectures.constantes.items():
            racine, _, reste = chemin.partition(".")
            mois = tuple(mois for mois in lectures.mois[chemin] if 0 <= mois <= 240)
            if racine != EVENEMENT:
                situation[chemin] = _valeurs(chemin, constantes, mois, as_of)
            elif reste != "date":
                evenement[reste] = _valeurs(chemin, constantes, mois, as_of)
            else:
                evenement["date"] += _jours(as_of, mois)
        return cls(situation, evenement, tuple(regle.id for regle in grille.regles))


def _valeurs(chemin: str, constantes: set[Scalaire], mois: tuple[int, ...], as_of: date) -> tuple[object, ...]:
    autour = [valeur for constante in sorted(constantes, key=repr) for valeur in _autour(constante)]
    if chemin == DEPOT or mois:
        autour += _jours(as_of, (*mois, 10, 37))
    if chemin == AGE:
        autour += [10, "36.9", 37]
    return (ABSENT, *(autour * (1 + TENTATIVES // (len(autour) + 1))), ABSENT, *MAL_TYPES)


def _jours(as_of: date, mois: tuple[int, ...]) -> tuple[object, ...]:
    jours = [as_of, as_of + timedelta(1), as_of + timedelta(40)]
    jours += [jour for nombre in mois for jour in jours_autour(as_of, nombre)]
    return (ABSENT, *jours, *(jour.isoformat() for jour in jours), ABSENT, None, "2026-02-30")


def _autour(constante: Scalaire) -> tuple[object, ...]:
    match constante:
        case bool():
            return (constante, not constante)
        case str():
            return (constante, constante + "x")
        case date():
            return (constante, constante.isoformat(), constante - timedelta(1), constante + timedelta(1))
        case Decimal():
            entier = int(constante)
            return (entier, constante, str(constante), constante - INFIME, constante + INFIME, entier - 1, entier + 1)


@st.composite
def situations(draw: st.DrawFn, reservoir: Reservoir) -> Faits:
    """The facts of one situation."""
    racine: Faits = {}
    for chemin, valeurs in reservoir.valeurs.items():
        _poser(racine, chemin, _fait(draw, reservoir, chemin, valeurs))
    preuves: Faits = {}
    for regle in reservoir.regles:
        _poser(preuves, regle, _un(draw, NIVEAUX_DITS))
    _poser(racine, PREUVES, preuves if _un(draw, REGULIER) else "label")
    _poser(racine, "lieu.commune", _un(draw, (ABSENT, "67482", "67482", "67482", "68224", "75056", 67482)))
    _poser(racine, "lieu.rang", _un(draw, (ABSENT, 1, 1, 1, "1", 2)))
    if not _un(draw, REGULIER):
        racine["menage.personnes"] = racine["n.n"] = 3
    return racine


def _un(draw: st.DrawFn, choix: Sequence[T]) -> T:
    return choix[draw(rangs(len(choix)))]


def _fait(draw: st.DrawFn, reservoir: Reservoir, chemin: str, valeurs: tuple[object, ...]) -> object:
    if chemin in EVENEMENTS and _un(draw, REGULIER):
        return [_evenement(draw, reservoir) for _ in range(_un(draw, (0, 1, 2, 3)))]
    if chemin in LISTES and _un(draw, REGULIER):
        return _liste(draw, valeurs)
    return _un(draw, valeurs)


def _liste(draw: st.DrawFn, valeurs: tuple[object, ...]) -> object:
    items = [_un(draw, (*valeurs, *CODES_POSSIBLES)) for _ in range(_un(draw, (0, 1, 2, 3)))]
    gardes = [None if item is ABSENT else item for item in items]
    return tuple(gardes) if _un(draw, (False, False, True)) else gardes


def _evenement(draw: st.DrawFn, reservoir: Reservoir) -> object:
    if not _un(draw, REGULIER):
        return _un(draw, (None, "refus", 3, ["2026-01-01"]))
    evenement: Faits = {}
    for cle, valeurs in reservoir.evenement.items():
        tire = _liste(draw, valeurs) if f"{EVENEMENT}.{cle}" in SUR_EVENEMENT["liste"] else _un(draw, valeurs)
        _poser(evenement, cle, tire)
    return evenement


def _poser(racine: Faits, chemin: str, valeur: object) -> None:
    """Put a fact at its path; where something else than an object stands on the way, that stays."""
    if valeur is ABSENT:
        return
    *parents, cle = chemin.split(".")
    noeud = racine
    for parent in parents:
        suivant = noeud.setdefault(parent, {})
        if not isinstance(suivant, dict):
            return
        noeud = suivant
    noeud[cle] = dict(valeur) if isinstance(valeur, dict) else valeur
