"""Oracles spoiled on purpose, one small change each, to measure that the campaign can fail.

A mutant is the oracle's package compiled again from its syntax trees with one operator, constant or call changed.
"""

import ast
import copy
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from tests.cotation.campagne.moteurs import Evaluation

PAQUET = "services.cotation.domain.oracle"
MODULES = ("faits", "situation", "conditions", "lignes", "evaluation")
"""In the order of their imports."""
COMPARAISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
APPELS = {"min": "max", "max": "min", "all": "any", "any": "all", "floor": "ceil"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in which module, at the n-th place that can change there, told as line and texts."""

    module: str
    rang: int
    recit: str


@dataclass(slots=True)
class Mutation(ast.NodeTransformer):
    """Changes the `rang`-th place that can change (none when -1) and tells every place."""

    rang: int
    places: list[str]

    def _ici(self, node: ast.expr, apres: ast.expr) -> ast.expr:
        self.places.append(f"{ast.unparse(node)} -> {ast.unparse(apres)}")
        return ast.copy_location(apres, node) if len(self.places) - 1 == self.rang else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """`<` becomes `<=`, `==` becomes `!=`…"""
        self.generic_visit(node)
        autre = copy.copy(node)
        autre.ops = [COMPARAISONS[type(node.ops[0])](), *node.ops[1:]]
        return self._ici(node, autre)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """`and` becomes `or`."""
        self.generic_visit(node)
        autre = copy.copy(node)
        autre.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return self._ici(node, autre)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """`not x` becomes `x`."""
        self.generic_visit(node)
        return self._ici(node, node.operand) if isinstance(node.op, ast.Not) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """`+` becomes `-` and `*` becomes `+`; unions of types are left alone."""
        self.generic_visit(node)
        contraires: dict[type[ast.operator], ast.operator] = {
            ast.Add: ast.Sub(),
            ast.Sub: ast.Add(),
            ast.Mult: ast.Add(),
        }
        if type(node.op) not in contraires:
            return node
        autre = copy.copy(node)
        autre.op = contraires[type(node.op)]
        return self._ici(node, autre)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """`min` becomes `max`, `all` becomes `any`, `floor` becomes `ceil`."""
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id not in APPELS:
            return node
        autre = copy.copy(node)
        autre.func = ast.Name(APPELS[node.func.id], ast.Load())
        return self._ici(node, autre)


def _source(module: str) -> str:
    spec = find_spec(f"{PAQUET}.{module}")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def mutants() -> Iterator[Mutant]:
    """Every mutant of the oracle."""
    for module in MODULES:
        mutation = Mutation(-1, [])
        mutation.visit(ast.parse(_source(module)))
        for rang, recit in enumerate(mutation.places):
            yield Mutant(module, rang, f"{module} : {recit}")


def oracle_mute(mutant: Mutant) -> Evaluation:
    """The `evaluer` of the oracle with that change; its modules live under a name of their own."""
    paquet = f"oracle_mute_{mutant.module}_{mutant.rang}"
    try:
        for module in MODULES:
            arbre = ast.parse(_source(module).replace(f"from {PAQUET}.", f"from {paquet}."))
            if module == mutant.module:
                arbre = Mutation(mutant.rang, []).visit(arbre)
            charge = ModuleType(f"{paquet}.{module}")
            sys.modules[charge.__name__] = charge
            code = compile("from math import ceil\n" + ast.unparse(ast.fix_missing_locations(arbre)), module, "exec")
            exec(code, charge.__dict__)
        evaluer: Evaluation = sys.modules[f"{paquet}.evaluation"].__dict__["evaluer"]
        return evaluer
    finally:
        for module in MODULES:
            sys.modules.pop(f"{paquet}.{module}", None)
