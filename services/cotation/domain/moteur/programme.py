"""A graph of columnar operations laid out as a flat list of NumPy calls on a few reused buffers.

Every buffer lives from its first use to its last; buffers are handed out again last-freed-first, so that a block stays in
the cache of its core. Nothing is allocated inside a block.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from services.cotation.domain.moteur.colonnes import Aspect, Colonne, Tableau
from services.cotation.domain.moteur.noeuds import Noeud


class Bloc(NamedTuple):
    """Rows [start, stop) of the columns that one execution works on."""

    start: int
    stop: int
    colonnes: Mapping[tuple[Aspect, str], Colonne]


_CASE_TABLE, _CASE_BLOC = 0, 1


def _non(a: Tableau, _b: Any, sortie: Tableau) -> None:
    np.logical_not(a, sortie)


def _convertir(a: Tableau, _b: Any, sortie: Tableau) -> None:
    np.copyto(sortie, a, casting="unsafe")


def _maximum(a: Tableau, b: Tableau, sortie: Tableau) -> None:
    np.maximum(a, b, out=sortie)


def _minimum(a: Tableau, b: Tableau, sortie: Tableau) -> None:
    np.minimum(a, b, out=sortie)


_BINAIRES: dict[str, Callable[..., Any]] = {
    "et": np.bitwise_and,
    "ou": np.bitwise_or,
    "et_non": np.greater,
    "ou_non": np.greater_equal,
    "non": _non,
    "au_moins": np.greater_equal,
    "egal": np.equal,
    "identiques": np.equal,
    "plus": np.add,
    "moins": np.subtract,
    "fois": np.multiply,
    "maximum": _maximum,
    "minimum": _minimum,
    "convertir": _convertir,
    "decaler": np.right_shift,
}
# NumPy's minimum and maximum are ten times slower against a 0-d operand than against an array: a full block is kept
_EN_BLOC = {"maximum", "minimum"}


@dataclass(slots=True)
class Programme:
    """What to run on a block: the inputs by key, the outputs by rank, and the calls in order.

    A table of arrays is made per thread and block size (`table`), then filled with the slices of each block.
    """

    sorties: tuple[Noeud, ...]
    entrees: list[tuple[Any, int]] = field(default_factory=list)
    appels: list[tuple[Callable[..., Any], int, int, int]] = field(default_factory=list)
    cases_sorties: list[int] = field(default_factory=list)
    cases: int = 2
    fixes: list[tuple[int, Tableau]] = field(default_factory=list)
    pleins: list[tuple[int, int, np.dtype[Any]]] = field(default_factory=list)
    vues: list[tuple[int, int, np.dtype[Any]]] = field(default_factory=list)
    tampons: list[int] = field(default_factory=list)

    def table(self, taille: int) -> list[Any]:
        """The arrays of a thread for blocks of `taille` rows; inputs and outputs are still to be put in."""
        table: list[Any] = [None] * self.cases
        tampons = [np.empty(taille * octets, np.uint8) for octets in self.tampons]
        for case, rang, dtype in self.vues:
            table[case] = tampons[rang].view(dtype)
        for case, fixe in self.fixes:
            table[case] = fixe
        for case, valeur, dtype in self.pleins:
            table[case] = np.full(taille, valeur, dtype)
        return table

    def executer(self, table: list[Any], bloc: Bloc, entrees: Iterable[Tableau], sorties: Iterable[Tableau]) -> None:
        """Run on one block. entrees, sorties: slices of the block, in the order of `entrees` and of `sorties`."""
        table[_CASE_TABLE], table[_CASE_BLOC] = table, bloc
        for (_, case), entree in zip(self.entrees, entrees, strict=True):
            table[case] = entree
        for case, sortie in zip(self.cases_sorties, sorties, strict=True):
            table[case] = sortie
        for fonction, gauche, droite, cible in self.appels:
            fonction(table[gauche], table[droite], table[cible])
        table[_CASE_TABLE] = None  # a table that held itself would keep every array until the next full collection


def programmer(sorties: Sequence[Noeud], connus: Collection[int] = ()) -> Programme:
    """The program that computes the given nodes: neither inputs nor constants, each once.

    connus: numbers of nodes whose arrays will be given, under the key `("connu", number)`, instead of computed.
    """
    return _Montage(Programme(tuple(sorties)), frozenset(connus)).monter()


@dataclass(slots=True)
class _Montage:
    programme: Programme
    connus: frozenset[int]
    _case: dict[int, int] = field(default_factory=dict)
    _tampon: dict[int, int] = field(default_factory=dict)
    _emplois: dict[int, int] = field(default_factory=dict)
    _libres: dict[int, list[int]] = field(default_factory=dict)
    _vues: dict[tuple[int, str], int] = field(default_factory=dict)
    _constantes: dict[tuple[int, str, bool], int] = field(default_factory=dict)
    _sorties: set[int] = field(default_factory=set)

    def monter(self) -> Programme:
        programme = self.programme
        for sortie in programme.sorties:
            self._case[sortie.numero] = self._nouvelle()
            programme.cases_sorties.append(self._case[sortie.numero])
        self._sorties = {sortie.numero for sortie in programme.sorties}
        ordre = ordonner(programme.sorties, self.connus)
        for noeud in ordre:
            for arg in () if noeud.numero in self.connus else noeud.args:
                self._emplois[arg.numero] = self._emplois.get(arg.numero, 0) + 1
        for noeud in ordre:
            self._monter(noeud)
        return programme

    def _nouvelle(self) -> int:
        self.programme.cases += 1
        return self.programme.cases - 1

    def _monter(self, noeud: Noeud) -> None:
        if noeud.op == "constante":
            return
        if noeud.op == "entree" or noeud.numero in self.connus:
            cle = noeud.param if noeud.op == "entree" else ("connu", noeud.numero)
            self._case[noeud.numero] = self._nouvelle()
            self.programme.entrees.append((cle, self._case[noeud.numero]))
            return
        if noeud.op in {"masquer", "macro"}:  # they write their output before they have read all their operands
            cible = self._cible(noeud)
            self._appeler(noeud, cible)
            self._rendre(noeud)
            return
        args = [self._operande(noeud, arg) for arg in noeud.args]
        intermediaire = self._reserver(noeud.args[0].dtype) if noeud.op == "bits" else None
        self._rendre(noeud)
        cible = self._cible(noeud)
        if intermediaire is not None:
            self._bits(noeud, args[0], intermediaire, cible)
        else:
            droite = args[1] if len(args) > 1 else self._parametre(noeud)
            self.programme.appels.append((_BINAIRES[noeud.op], args[0], droite, cible))

    def _parametre(self, noeud: Noeud) -> int:
        if noeud.op in {"au_moins", "egal", "decaler"}:
            return self._constante(noeud.param, noeud.args[0].dtype)
        return _CASE_BLOC

    def _bits(self, noeud: Noeud, colonne: int, intermediaire: tuple[int, int], cible: int) -> None:
        rang, case = intermediaire
        dtype = noeud.args[0].dtype
        appels = self.programme.appels
        appels.append((np.bitwise_and, colonne, self._constante(noeud.param, dtype), case))
        appels.append((np.not_equal, case, self._constante(0, dtype), cible))
        self._libres.setdefault(dtype.itemsize, []).append(rang)

    def _appeler(self, noeud: Noeud, cible: int) -> None:
        appels = self.programme.appels
        if noeud.op == "macro":
            cases = tuple(self._operande(noeud, arg) for arg in noeud.args)
            appels.append((_Macro(noeud.param, cases), _CASE_TABLE, _CASE_BLOC, cible))
            return
        condition, valeur = noeud.args
        vue = self._vue_entiere(condition)
        if noeud.dtype.itemsize == 1:
            appels.append((np.multiply, vue, self._operande(noeud, valeur), cible))
            return
        appels.append((_convertir, vue, _CASE_BLOC, cible))
        if valeur.constante != 1:
            appels.append((np.multiply, cible, self._operande(noeud, valeur), cible))

    def _operande(self, noeud: Noeud, arg: Noeud) -> int:
        if arg.op == "constante":
            return self._constante(arg.param, arg.dtype, plein=noeud.op in _EN_BLOC)
        return self._case[arg.numero]

    def _vue_entiere(self, condition: Noeud) -> int:
        """The bytes of a boolean read as int8: 0 or 1, without a copy."""
        rang = self._tampon.get(condition.numero)
        if rang is not None:
            return self._vue(rang, np.dtype(np.int8))
        case = self._nouvelle()
        self.programme.appels.append((_VueEntiere(case), _CASE_TABLE, _CASE_BLOC, self._case[condition.numero]))
        return case

    def _constante(self, valeur: int, dtype: np.dtype[Any], *, plein: bool = False) -> int:
        cle = (valeur, dtype.str, plein)
        connue = self._constantes.get(cle)
        if connue is None:
            connue = self._constantes[cle] = self._nouvelle()
            if plein:
                self.programme.pleins.append((connue, valeur, dtype))
            else:
                self.programme.fixes.append((connue, np.array(valeur, dtype)))
        return connue

    def _cible(self, noeud: Noeud) -> int:
        if noeud.numero not in self._sorties:
            self._tampon[noeud.numero], self._case[noeud.numero] = self._reserver(noeud.dtype)
        return self._case[noeud.numero]

    def _reserver(self, dtype: np.dtype[Any]) -> tuple[int, int]:
        libres = self._libres.setdefault(dtype.itemsize, [])
        if not libres:
            self.programme.tampons.append(dtype.itemsize)
            libres.append(len(self.programme.tampons) - 1)
        rang = libres.pop()
        return rang, self._vue(rang, dtype)

    def _vue(self, rang: int, dtype: np.dtype[Any]) -> int:
        case = self._vues.get((rang, dtype.str))
        if case is None:
            case = self._vues[rang, dtype.str] = self._nouvelle()
            self.programme.vues.append((case, rang, dtype))
        return case

    def _rendre(self, noeud: Noeud) -> None:
        for arg in noeud.args:
            self._emplois[arg.numero] -= 1
            rang = self._tampon.get(arg.numero)
            if rang is not None and self._emplois[arg.numero] == 0:
                self._libres[arg.dtype.itemsize].append(rang)


@dataclass(frozen=True, slots=True)
class _Macro:
    """A column computed by an object of ours, from the arrays of other nodes."""

    calcul: Any
    cases: tuple[int, ...]

    def __call__(self, table: list[Any], bloc: Bloc, sortie: Tableau) -> None:
        self.calcul.executer(bloc, [table[case] for case in self.cases], sortie)


@dataclass(frozen=True, slots=True)
class _VueEntiere:
    """Puts in the table the int8 view of a boolean that lives outside the buffers."""

    case: int

    def __call__(self, table: list[Any], _bloc: Bloc, booleen: Tableau) -> None:
        table[self.case] = booleen.view(np.int8)


def ordonner(sorties: Sequence[Noeud], connus: Collection[int] = ()) -> list[Noeud]:
    """Every node needed, operands first; a sum is taken as soon as its operands are there, while they are in cache."""
    necessaires = _parcourir(sorties, connus)
    usagers: dict[int, list[Noeud]] = {}
    for noeud in necessaires:
        if noeud.op in {"plus", "convertir"} and noeud.numero not in connus:
            for arg in noeud.args:
                usagers.setdefault(arg.numero, []).append(noeud)
    ordre: list[Noeud] = []
    faits: set[int] = set()
    for noeud in necessaires:
        a_faire = [noeud]
        while a_faire:
            courant = a_faire.pop()
            args = () if courant.numero in connus else courant.args
            if courant.numero in faits or any(arg.numero not in faits for arg in args):
                continue
            faits.add(courant.numero)
            ordre.append(courant)
            a_faire += usagers.get(courant.numero, ())
    return ordre


def _parcourir(sorties: Sequence[Noeud], connus: Collection[int]) -> list[Noeud]:
    """Depth-first order, without recursion: a long sum nests deep."""
    vus: set[int] = set()
    ordre: list[Noeud] = []
    pile: list[tuple[Noeud, bool]] = [(noeud, False) for noeud in reversed(sorties)]
    while pile:
        noeud, developpe = pile.pop()
        if developpe:
            ordre.append(noeud)
        elif noeud.numero not in vus:
            vus.add(noeud.numero)
            pile.append((noeud, True))
            pile += [(arg, False) for arg in reversed(noeud.args) if noeud.numero not in connus]
    return ordre
