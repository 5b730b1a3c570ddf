"""Whether some situation can make a condition true: sound (an answer "none" is proven), bounded, measure by measure.

A condition is put in disjunctive form; a conjunction is impossible when what it asks of one measure contradicts itself.
Measures are taken as independent: a contradiction between two of them is not found, and never invented.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product

from services.cotation.domain.condition import (
    Condition,
    Feuille,
    Mesure,
    Non,
    Operateur,
    Scalaire,
    Toujours,
    Toutes,
    Une,
)

CONJONCTIONS_MAX = 512
"""Beyond, no answer is sought: the condition is taken as possible."""
TRAVAIL = 300_000
"""Literals handled for one file, about a sixth of a second; the largest real grid asks for a few thousand."""


@dataclass(frozen=True, slots=True)
class Litteral:
    """A leaf asked to be true, or to be false."""

    feuille: Feuille
    vrai: bool


@dataclass(frozen=True, slots=True)
class Domaine:
    """What a measure may be, beyond its conditions: a whole number, between bounds (both included)."""

    entier: bool = False
    mini: Decimal | None = None
    maxi: Decimal | None = None


class TropDeCas(Exception):
    """The disjunctive form is larger than CONJONCTIONS_MAX, or the work allowed for the file is spent."""


def possible(condition: Condition, domaines: "Domaines") -> bool:
    """False only when no situation can make the condition true."""
    try:
        formes = _disjonctions(condition, domaines, vrai=True)
    except TropDeCas:
        return True
    return any(_coherente(conjonction, domaines) for conjonction in formes)


class Domaines:
    """The domain of each measure, as the caller knows it, and the work still allowed for one file.

    travail: literals that may yet be handled; at 0, no answer is sought any more (a hostile file costs no more than that).
    """

    def __init__(self, travail: int = TRAVAIL) -> None:
        self._reste = travail

    def depenser(self, litteraux: int) -> None:
        """Take that much from the work allowed. Raises TropDeCas when none is left."""
        self._reste -= litteraux
        if self._reste < 0:
            raise TropDeCas

    def de(self, mesure: Mesure) -> Domaine:  # noqa: ARG002 - the port's default answer knows nothing
        """What is known of a measure; by default nothing."""
        return Domaine()


def _disjonctions(condition: Condition, domaines: Domaines, *, vrai: bool) -> list[tuple[Litteral, ...]]:
    match condition:
        case Toujours():
            return [()] if vrai else []
        case Feuille():
            return [(Litteral(condition, vrai),)]
        case Non(condition=interieure):
            return _disjonctions(interieure, domaines, vrai=not vrai)
        case Toutes(conditions=parties):
            return (_ensemble if vrai else _au_choix)(parties, domaines, vrai)
        case Une(conditions=parties):
            return (_au_choix if vrai else _ensemble)(parties, domaines, vrai)


def _au_choix(parties: Iterable[Condition], domaines: Domaines, vrai: bool) -> list[tuple[Litteral, ...]]:
    formes = [forme for partie in parties for forme in _disjonctions(partie, domaines, vrai=vrai)]
    if len(formes) > CONJONCTIONS_MAX:
        raise TropDeCas
    domaines.depenser(sum(map(len, formes)) + 1)
    return formes


def _ensemble(parties: Iterable[Condition], domaines: Domaines, vrai: bool) -> list[tuple[Litteral, ...]]:
    formes: list[tuple[Litteral, ...]] = [()]
    for partie in parties:
        ajout = _disjonctions(partie, domaines, vrai=vrai)
        if len(formes) * len(ajout) > CONJONCTIONS_MAX:
            raise TropDeCas
        domaines.depenser(sum(map(len, formes)) + sum(map(len, ajout)) + 1)
        formes = [(*gauche, *droite) for gauche, droite in product(formes, ajout)]
    return formes


def _coherente(conjonction: tuple[Litteral, ...], domaines: Domaines) -> bool:
    par_mesure: dict[Mesure, list[Litteral]] = {}
    for litteral in conjonction:
        par_mesure.setdefault(litteral.feuille.mesure, []).append(litteral)
    return all(_mesure_possible(litteraux, domaines.de(mesure)) for mesure, litteraux in par_mesure.items())


def _mesure_possible(litteraux: list[Litteral], domaine: Domaine) -> bool:
    """An absent fact makes every leaf false, `existe` False excepted: so it answers any set of negative literals."""
    presence = [_presence(litteral) for litteral in litteraux]
    doit_etre_absent = False in presence
    comparaisons = [lit for lit in litteraux if lit.feuille.operateur is not Operateur.EXISTE]
    positifs = [lit for lit in comparaisons if lit.vrai]
    if doit_etre_absent:
        return True not in presence and not positifs
    if not positifs:
        return True  # absent when nothing asks for presence; present with a value of an unheard-of type otherwise
    if any(lit.feuille.operateur is Operateur.CONTIENT_UN_DE for lit in positifs):
        return _liste_possible(positifs, [lit for lit in comparaisons if not lit.vrai])
    return _scalaire_possible(positifs, [lit for lit in comparaisons if not lit.vrai], domaine)


def _presence(litteral: Litteral) -> bool | None:
    if litteral.feuille.operateur is not Operateur.EXISTE:
        return None
    return (litteral.feuille.valeurs == (True,)) is litteral.vrai


def _liste_possible(positifs: list[Litteral], negatifs: list[Litteral]) -> bool:
    if any(lit.feuille.operateur is not Operateur.CONTIENT_UN_DE for lit in positifs):
        return False  # a scalar and a list at once
    exclus = {
        _cle(valeur)
        for lit in negatifs
        if lit.feuille.operateur is Operateur.CONTIENT_UN_DE
        for valeur in lit.feuille.valeurs
    }
    return all(any(_cle(valeur) not in exclus for valeur in lit.feuille.valeurs) for lit in positifs)


def _scalaire_possible(positifs: list[Litteral], negatifs: list[Litteral], domaine: Domaine) -> bool:
    candidats = _candidats(positifs, negatifs, domaine)
    litteraux = [*positifs, *negatifs]
    return any(all(_vaut(lit.feuille, valeur) is lit.vrai for lit in litteraux) for valeur in candidats)


def _candidats(positifs: list[Litteral], negatifs: list[Litteral], domaine: Domaine) -> Iterator[Scalaire]:
    """Enough values to settle a conjunction: every constant, a neighbour on each side, one between each pair."""
    finis = [lit.feuille.valeurs for lit in positifs if lit.feuille.operateur in (Operateur.EGAL, Operateur.PARMI)]
    if finis:
        yield from (v for v in min(finis, key=len) if _dans_domaine(v, domaine))
        return
    constantes = [valeur for lit in (*positifs, *negatifs) for valeur in lit.feuille.valeurs]
    genre = type(positifs[0].feuille.valeurs[0])
    if genre is bool:
        yield from (True, False)
    elif genre is Decimal:
        yield from (v for v in _nombres(constantes, domaine) if _dans_domaine(v, domaine))
    elif genre is date:
        yield from _jours(constantes)
    else:
        yield from (valeur for valeur in constantes if isinstance(valeur, str))
        yield "\0".join(str(valeur)[:50] for valeur in constantes) + "\0"


def _nombres(constantes: list[Scalaire], domaine: Domaine) -> Iterator[Decimal]:
    bornes = [borne for borne in (domaine.mini, domaine.maxi) if borne is not None]
    points = sorted({*(valeur for valeur in constantes if isinstance(valeur, Decimal)), *bornes})
    if domaine.entier:
        for point in points:
            bas, haut = point.to_integral_value(ROUND_FLOOR), point.to_integral_value(ROUND_CEILING)
            yield from (bas - 1, bas, haut, haut + 1)
        return
    yield points[0] - 1
    for gauche, droite in zip(points, [*points[1:], points[-1] + 2], strict=True):
        yield from (gauche, (gauche + droite) / 2)


def _jours(constantes: list[Scalaire]) -> Iterator[date]:
    for jour in constantes:
        if isinstance(jour, date):
            rang = jour.toordinal()
            yield from (date.fromordinal(r) for r in (rang - 1, rang, rang + 1) if 1 <= r <= date.max.toordinal())


def _dans_domaine(valeur: Scalaire, domaine: Domaine) -> bool:
    if not isinstance(valeur, Decimal):
        return True
    if domaine.entier and valeur != valeur.to_integral_value():
        return False
    return (domaine.mini is None or valeur >= domaine.mini) and (domaine.maxi is None or valeur <= domaine.maxi)


def _vaut(feuille: Feuille, valeur: Scalaire) -> bool:
    """What a leaf says of a present scalar."""
    if feuille.operateur is Operateur.CONTIENT_UN_DE:
        return False
    memes = [constante for constante in feuille.valeurs if type(constante) is type(valeur)]
    if feuille.operateur is Operateur.PARMI:
        return valeur in memes
    return len(memes) == len(feuille.valeurs) and _compare(feuille.operateur, valeur, memes)


def _compare(operateur: Operateur, valeur: Scalaire, constantes: list[Scalaire]) -> bool:
    if operateur is Operateur.EGAL:
        return valeur == constantes[0]
    if operateur is Operateur.DIFFERENT:
        return valeur != constantes[0]
    gauche, droite = _ordre(valeur), _ordre(constantes[0])
    if operateur is Operateur.ENTRE:
        return droite <= gauche <= _ordre(constantes[1])
    strict = operateur in (Operateur.SUPERIEUR, Operateur.INFERIEUR)
    sens = gauche > droite if operateur in (Operateur.SUPERIEUR, Operateur.SUPERIEUR_OU_EGAL) else gauche < droite
    return sens or (not strict and gauche == droite)


def _ordre(valeur: Scalaire) -> Decimal:
    if isinstance(valeur, date):
        return Decimal(valeur.toordinal())
    return valeur if isinstance(valeur, Decimal) else Decimal(0)


def _cle(valeur: Scalaire) -> tuple[type, Scalaire]:
    return type(valeur), valeur
