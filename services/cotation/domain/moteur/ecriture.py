"""Bricks of generated Python: every name and every constant is of our making.

What comes from a grid (paths, codes, decimals, labels) never becomes text: it is kept in a pool of objects and reached
by a numbered name (`k12`). Only integers that we computed are written as constants.
"""

import ast
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

_ENTIER_ECRIT_MAX = 10**18


def nom(identifiant: str) -> ast.expr:
    """A variable or a function, read."""
    return ast.Name(identifiant, ast.Load())


def constante(valeur: int | bool | None) -> ast.expr:
    """An integer, a boolean or None: never a text."""
    if not (valeur is None or isinstance(valeur, int)):
        raise TypeError(f"{type(valeur).__name__} is not written as a constant")
    if isinstance(valeur, int) and valeur < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-valeur))
    return ast.Constant(valeur)


def appel(fonction: str, *arguments: ast.expr) -> ast.expr:
    """A call of one of our functions."""
    return ast.Call(nom(fonction), list(arguments), [])


def methode(objet: ast.expr, nom_: str, *arguments: ast.expr) -> ast.expr:
    """A call of a method named by us (`get`, `append`, `isdisjoint`)."""
    return ast.Call(ast.Attribute(objet, nom_, ast.Load()), list(arguments), [])


def compare(gauche: ast.expr, operateur: ast.cmpop, droite: ast.expr) -> ast.expr:
    """`gauche operateur droite`."""
    return ast.Compare(gauche, [operateur], [droite])


def est_none(valeur: ast.expr) -> ast.expr:
    """`valeur is None`."""
    return compare(valeur, ast.Is(), constante(None))


def non_none(valeur: ast.expr) -> ast.expr:
    """`valeur is not None`."""
    return compare(valeur, ast.IsNot(), constante(None))


def classe_est(valeur: ast.expr, classe: str) -> ast.expr:
    """`valeur.__class__ is classe`, the quick test before a general reading."""
    return compare(ast.Attribute(valeur, "__class__", ast.Load()), ast.Is(), nom(classe))


def et(termes: Sequence[ast.expr]) -> ast.expr:
    """All the terms hold; true when there is none."""
    return _bool(ast.And(), termes, vide=True)


def ou(termes: Sequence[ast.expr]) -> ast.expr:
    """One term holds; false when there is none."""
    return _bool(ast.Or(), termes, vide=False)


def _bool(operateur: ast.boolop, termes: Sequence[ast.expr], *, vide: bool) -> ast.expr:
    if not termes:
        return constante(vide)
    return termes[0] if len(termes) == 1 else ast.BoolOp(operateur, list(termes))


def non(terme: ast.expr) -> ast.expr:
    """The term does not hold."""
    return ast.UnaryOp(ast.Not(), terme)


def calcul(gauche: ast.expr, operateur: ast.operator, droite: ast.expr) -> ast.expr:
    """`gauche operateur droite`, on integers."""
    return ast.BinOp(gauche, operateur, droite)


def somme(termes: Sequence[ast.expr]) -> ast.expr:
    """The sum of the terms; 0 when there is none. Balanced, so that a long one does not nest."""
    if not termes:
        return constante(0)
    if len(termes) == 1:
        return termes[0]
    milieu = len(termes) // 2
    return calcul(somme(termes[:milieu]), ast.Add(), somme(termes[milieu:]))


def choix(test: ast.expr, oui: ast.expr, sinon: ast.expr) -> ast.expr:
    """`oui if test else sinon`."""
    return ast.IfExp(test, oui, sinon)


def affecter(cibles: str | Iterable[str], valeur: ast.expr) -> ast.stmt:
    """`cible = valeur`, or `a = b = c = valeur`."""
    noms = [cibles] if isinstance(cibles, str) else list(cibles)
    return ast.Assign([ast.Name(cible, ast.Store()) for cible in noms], valeur)


def si(test: ast.expr, corps: list[ast.stmt], sinon: list[ast.stmt] | None = None) -> ast.stmt:
    """`if test: corps else: sinon`."""
    return ast.If(test, corps, sinon or [])


def suite(valeurs: Sequence[ast.expr]) -> ast.expr:
    """A tuple."""
    return ast.Tuple(list(valeurs), ast.Load())


class Reserve:
    """The objects that generated code reaches by numbered names."""

    def __init__(self, fonctions: dict[str, Any]) -> None:
        self.espace: dict[str, Any] = {"__builtins__": {}, **fonctions}
        self._connus: dict[tuple[type, Any], str] = {}
        self._compte = 0

    def objet(self, valeur: Any) -> ast.expr:
        """The name under which generated code reads `valeur`; equal texts and decimals share one."""
        partageable = isinstance(valeur, (str, Decimal, frozenset))
        connu = self._connus.get((type(valeur), valeur)) if partageable else None
        if connu is None:
            connu = f"k{self._compte}"
            self._compte += 1
            self.espace[connu] = valeur
            if partageable:
                self._connus[type(valeur), valeur] = connu
        return nom(connu)

    def nombre(self, valeur: Decimal) -> ast.expr:
        """A number of the grid: an integer written as such, anything else through the pool."""
        entiere = simple(valeur)
        if isinstance(entiere, int) and abs(entiere) < _ENTIER_ECRIT_MAX:
            return constante(entiere)
        return self.objet(valeur)


def simple(valeur: Decimal) -> int | Decimal:
    """The same number as an int when it is whole: int comparisons are three times as fast."""
    fraction = Fraction(valeur)
    return fraction.numerator if fraction.denominator == 1 else valeur
