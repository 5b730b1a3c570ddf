"""Columnar expressions: a graph of operations on columns, each integer with the interval that it provably stays in.

Equal operations on equal operands are one node, so what two rules share is computed once. The interval gives the dtype:
the narrowest signed integer that holds it. Beyond 64 bits the graph refuses to be built.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from services.cotation.domain.moteur.erreurs import BornesNonProuvees

_LARGEURS: tuple[tuple[np.dtype[Any], int, int], ...] = tuple(
    (np.dtype(t), int(np.iinfo(t).min), int(np.iinfo(t).max)) for t in (np.int8, np.int16, np.int32, np.int64)
)
BOOLEEN: np.dtype[Any] = np.dtype(np.bool_)


def dtype_de(mini: int, maxi: int) -> np.dtype[Any]:
    """The narrowest signed integer dtype that holds every value of [mini, maxi]; BornesNonProuvees past 64 bits."""
    for dtype, moindre, plus_grand in _LARGEURS:
        if moindre <= mini and maxi <= plus_grand:
            return dtype
    raise BornesNonProuvees(
        f"Une valeur de la grille peut aller de {mini} à {maxi} (unités à l'échelle), au-delà des entiers de 64 bits. "
        "Bornez le cumul ou la règle (plafond), ou réduisez le nombre de décimales."
    )


@dataclass(frozen=True, slots=True, eq=False)
class Noeud:
    """One operation. param: constant, mask, column key or macro; mini, maxi: proved bounds (0 and 1 for a boolean)."""

    numero: int
    op: str
    args: tuple["Noeud", ...]
    param: Any
    dtype: np.dtype[Any]
    mini: int
    maxi: int

    @property
    def est_booleen(self) -> bool:
        """Whether the node is a truth value."""
        return self.dtype == BOOLEEN

    @property
    def constante(self) -> int | None:
        """Its value when it is a constant."""
        return int(self.param) if self.op == "constante" else None


class Atelier:
    """Makes nodes, each once. Not shared between threads while building."""

    def __init__(self) -> None:
        self._noeuds: dict[tuple[Any, ...], Noeud] = {}
        self.vrai = self._creer("constante", (), 1, BOOLEEN)
        self.faux = self._creer("constante", (), 0, BOOLEEN)

    def _creer(
        self, op: str, args: tuple[Noeud, ...], param: Any, dtype: np.dtype[Any], *, mini: int = 0, maxi: int = 1
    ) -> Noeud:
        cle = (op, tuple(arg.numero for arg in args), param, dtype.num)
        connu = self._noeuds.get(cle)
        if connu is None:
            connu = self._noeuds[cle] = Noeud(len(self._noeuds), op, args, param, dtype, mini, maxi)
        return connu

    def entree(self, cle: Any, dtype: npt.DTypeLike, mini: int, maxi: int) -> Noeud:
        """A leaf: an array given at run time under `cle` (hashable), whose values lie in [mini, maxi]."""
        return self._creer("entree", (), cle, np.dtype(dtype), mini=mini, maxi=maxi)

    def macro(self, calcul: Any, args: Sequence[Noeud], mini: int, maxi: int) -> Noeud:
        """An integer column computed by an object of ours (`calcul.executer`) from other nodes, within proved bounds."""
        return self._creer("macro", tuple(args), calcul, dtype_de(mini, maxi), mini=mini, maxi=maxi)

    def entier(self, valeur: int) -> Noeud:
        """An integer constant."""
        return self._creer("constante", (), valeur, dtype_de(valeur, valeur), mini=valeur, maxi=valeur)

    def booleen(self, valeur: bool) -> Noeud:
        """A truth constant."""
        return self.vrai if valeur else self.faux

    def et(self, termes: Iterable[Noeud]) -> Noeud:
        """Every term holds."""
        return self._associer("et", termes, neutre=self.vrai, absorbant=self.faux)

    def ou(self, termes: Iterable[Noeud]) -> Noeud:
        """One term holds; tests of bits on one column merge into one mask."""
        masques: dict[int, tuple[Noeud, int]] = {}
        autres: list[Noeud] = []
        for terme in termes:
            if terme.op == "bits":
                colonne = terme.args[0]
                masques[colonne.numero] = (colonne, masques.get(colonne.numero, (colonne, 0))[1] | terme.param)
            else:
                autres.append(terme)
        reunis = [self.bits(colonne, masque) for colonne, masque in masques.values()]
        return self._associer("ou", [*reunis, *autres], neutre=self.faux, absorbant=self.vrai)

    def _associer(self, op: str, termes: Iterable[Noeud], *, neutre: Noeud, absorbant: Noeud) -> Noeud:
        uniques = {terme.numero: terme for terme in termes if terme is not neutre}
        if absorbant.numero in uniques:
            return absorbant
        # plain terms first: a negated one then folds into `et_non` and `ou_non`, without a pass of its own
        ordonnes = sorted(uniques.values(), key=lambda terme: (terme.op == "non", terme.numero))
        return reduce(lambda gauche, droite: self._paire(op, gauche, droite), ordonnes) if ordonnes else neutre

    def _paire(self, op: str, gauche: Noeud, droite: Noeud) -> Noeud:
        if droite.op == "non":
            return self._creer(f"{op}_non", (gauche, droite.args[0]), None, BOOLEEN)
        return self._creer(op, (gauche, droite), None, BOOLEEN)

    def non(self, terme: Noeud) -> Noeud:
        """The term does not hold."""
        if terme.op == "constante":
            return self.booleen(not terme.param)
        return terme.args[0] if terme.op == "non" else self._creer("non", (terme,), None, BOOLEEN)

    def bits(self, colonne: Noeud, masque: int) -> Noeud:
        """One bit of the mask at least is set."""
        return self._creer("bits", (colonne,), masque, BOOLEEN) if masque else self.faux

    def au_moins(self, valeur: Noeud, seuil: int) -> Noeud:
        """valeur >= seuil."""
        if valeur.mini >= seuil or valeur.maxi < seuil:
            return self.booleen(valeur.mini >= seuil)
        return self._creer("au_moins", (valeur,), seuil, BOOLEEN)

    def egal(self, valeur: Noeud, attendu: int) -> Noeud:
        """valeur == attendu."""
        if not valeur.mini <= attendu <= valeur.maxi:
            return self.faux
        return self._creer("egal", (valeur,), attendu, BOOLEEN)

    def identiques(self, gauche: Noeud, droite: Noeud) -> Noeud:
        """The two integers are equal."""
        if gauche is droite:
            return self.vrai
        dtype = dtype_de(min(gauche.mini, droite.mini), max(gauche.maxi, droite.maxi))
        return self._creer("identiques", (self.convertir(gauche, dtype), self.convertir(droite, dtype)), None, BOOLEEN)

    def convertir(self, valeur: Noeud, dtype: np.dtype[Any]) -> Noeud:
        """The same integer in a wider dtype, or in a narrower one that its bounds allow."""
        if valeur.dtype == dtype:
            return valeur
        assert dtype.itemsize >= dtype_de(valeur.mini, valeur.maxi).itemsize
        if valeur.constante is not None:
            return self._creer("constante", (), valeur.param, dtype, mini=valeur.mini, maxi=valeur.maxi)
        return self._creer("convertir", (valeur,), None, dtype, mini=valeur.mini, maxi=valeur.maxi)

    def masquer(self, condition: Noeud, valeur: Noeud) -> Noeud:
        """The value where the condition holds, 0 elsewhere."""
        if condition is self.vrai or valeur.constante == 0:
            return valeur
        if condition is self.faux:
            return self.entier(0)
        mini, maxi = min(valeur.mini, 0), max(valeur.maxi, 0)
        dtype = dtype_de(mini, maxi)
        return self._creer("masquer", (condition, self.convertir(valeur, dtype)), None, dtype, mini=mini, maxi=maxi)

    def plus(self, gauche: Noeud, droite: Noeud) -> Noeud:
        """gauche + droite."""
        if gauche.constante == 0:
            return droite
        if droite.constante == 0:
            return gauche
        return self._calcul("plus", gauche, droite, gauche.mini + droite.mini, gauche.maxi + droite.maxi)

    def plus_entre(self, gauche: Noeud, droite: Noeud, mini: int, maxi: int) -> Noeud:
        """gauche + droite, known by another way than their bounds to stay in [mini, maxi] (exclusive alternatives)."""
        for nul, autre in ((gauche, droite), (droite, gauche)):
            if nul.constante == 0:
                return autre
        return self._calcul("plus", gauche, droite, mini, maxi)

    def moins(self, gauche: Noeud, droite: Noeud) -> Noeud:
        """gauche - droite."""
        if droite.constante == 0:
            return gauche
        return self._calcul("moins", gauche, droite, gauche.mini - droite.maxi, gauche.maxi - droite.mini)

    def fois(self, gauche: Noeud, droite: Noeud) -> Noeud:
        """gauche * droite."""
        for facteur, autre in ((gauche, droite), (droite, gauche)):
            if facteur.constante == 1:
                return autre
            if facteur.constante == 0:
                return self.entier(0)
        bornes = [a * b for a in (gauche.mini, gauche.maxi) for b in (droite.mini, droite.maxi)]
        return self._calcul("fois", gauche, droite, min(bornes), max(bornes))

    def maximum(self, gauche: Noeud, droite: Noeud) -> Noeud:
        """The greater of the two."""
        for haut, bas in ((gauche, droite), (droite, gauche)):
            if haut.mini >= bas.maxi:
                return haut
        bornes = max(gauche.mini, droite.mini), max(gauche.maxi, droite.maxi)
        return self.retrecir(self._calcul("maximum", gauche, droite, *bornes))

    def minimum(self, gauche: Noeud, droite: Noeud) -> Noeud:
        """The lesser of the two."""
        for bas, haut in ((gauche, droite), (droite, gauche)):
            if bas.maxi <= haut.mini:
                return bas
        bornes = min(gauche.mini, droite.mini), min(gauche.maxi, droite.maxi)
        return self.retrecir(self._calcul("minimum", gauche, droite, *bornes))

    def entre(self, valeur: Noeud, mini: int | None, maxi: int | None) -> Noeud:
        """The value after a floor, then a cap."""
        haute = valeur if mini is None else self.maximum(valeur, self.entier(mini))
        return haute if maxi is None else self.minimum(haute, self.entier(maxi))

    def decaler(self, valeur: Noeud, rang: int) -> Noeud:
        """Floor of valeur / 2**rang."""
        mini, maxi = valeur.mini >> rang, valeur.maxi >> rang
        return self.retrecir(self._creer("decaler", (valeur,), rang, valeur.dtype, mini=mini, maxi=maxi))

    def somme(self, termes: Iterable[Noeud]) -> Noeud:
        """The sum, narrow terms added first, among themselves, as long as their bounds allow."""
        constante = 0
        pile: list[Noeud] = []
        for terme in termes:
            if terme.constante is None:
                pile.append(terme)
            else:
                constante += terme.constante
        pile.sort(key=lambda terme: (dtype_de(terme.mini, terme.maxi).itemsize, terme.numero))
        for _, moindre, plus_grand in _LARGEURS:
            pile = self._ajouter(pile, moindre, plus_grand)
        total = reduce(self.plus, pile) if pile else self.entier(0)
        return self.plus(total, self.entier(constante))

    def _ajouter(self, termes: list[Noeud], moindre: int, plus_grand: int) -> list[Noeud]:
        """Merge neighbours while the bounds of their sum stay in [moindre, plus_grand]."""
        reunis: list[Noeud] = []
        for terme in termes:
            if reunis:
                mini, maxi = reunis[-1].mini + terme.mini, reunis[-1].maxi + terme.maxi
                if moindre <= mini and maxi <= plus_grand:
                    reunis[-1] = self.plus(reunis[-1], terme)
                    continue
            reunis.append(terme)
        return reunis

    def borne_connue(self, valeur: Noeud, mini: int, maxi: int) -> Noeud:
        """The same values in the dtype of [mini, maxi], bounds proved by another way than the nodes below."""
        dtype = dtype_de(mini, maxi)
        if mini <= valeur.mini and valeur.maxi <= maxi and dtype == valeur.dtype:
            return valeur
        return self._creer("convertir", (valeur,), (mini, maxi), dtype, mini=mini, maxi=maxi)

    def retrecir(self, valeur: Noeud) -> Noeud:
        """The same values in the narrowest dtype of their bounds."""
        return self.convertir(valeur, dtype_de(valeur.mini, valeur.maxi))

    def _calcul(self, op: str, gauche: Noeud, droite: Noeud, mini: int, maxi: int) -> Noeud:
        if gauche.constante is not None and droite.constante is not None:
            return self.entier(_PLIER[op](gauche.constante, droite.constante))
        # the operation runs in a dtype that holds the operands and the result: nothing can wrap on the way
        dtype = dtype_de(min(mini, gauche.mini, droite.mini), max(maxi, gauche.maxi, droite.maxi))
        args = self.convertir(gauche, dtype), self.convertir(droite, dtype)
        return self._creer(op, args, None, dtype, mini=mini, maxi=maxi)


_PLIER: dict[str, Any] = {
    "plus": lambda a, b: a + b,
    "moins": lambda a, b: a - b,
    "fois": lambda a, b: a * b,
    "maximum": max,
    "minimum": min,
}
