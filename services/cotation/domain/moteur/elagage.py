"""What a score alone does not need, cut from the generated function: reasons and values that nothing reads again.

The generated code has no side effect but on its own variables, so that a value which nobody reads need not be computed.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy


def elaguer(juger: ast.FunctionDef, nom: str, detail: str) -> ast.FunctionDef:
    """The same function under another name, as it is when its argument `detail`, its last one, is false."""
    arguments = ast.arguments([], juger.args.args[:-1], None, [], [], None, [])
    corps = _sans_copies([deepcopy(une) for une in juger.body if not _est_le_detail(une, detail)])
    return ast.FunctionDef(nom, arguments, _utiles(corps, set()), [])


def _est_le_detail(instruction: ast.stmt, detail: str) -> bool:
    return isinstance(instruction, ast.If) and isinstance(instruction.test, ast.Name) and instruction.test.id == detail


def _sans_copies(corps: list[ast.stmt]) -> list[ast.stmt]:
    """Read the variable where the body keeps a copy of it, `x = v`, when `x` is written there only, and `v` no more after."""
    copies: dict[str, str] = {}
    fois = Counter(nom for une in corps for nom in _noms(une, ast.Store))
    restent = fois.copy()
    for une in corps:
        restent.subtract(_noms(une, ast.Store))
        match une:
            case ast.Assign(targets=[ast.Name(id=copie)], value=ast.Name(id=source)):
                if fois[copie] == 1 and not restent[source]:
                    copies[copie] = source
    return [_Renommer(copies).visit(une) for une in corps]


class _Renommer(ast.NodeTransformer):
    def __init__(self, copies: dict[str, str]) -> None:
        self._copies = copies

    def visit_Name(self, node: ast.Name) -> ast.Name:
        lu = isinstance(node.ctx, ast.Load)
        return ast.Name(self._copies.get(node.id, node.id), node.ctx) if lu else node


def _utiles(corps: Iterable[ast.stmt], lus: set[str]) -> list[ast.stmt]:
    """The statements that act, or write something which is read after them. lus: what is, on return from their beginning on."""
    gardees = [utile for une in reversed(list(corps)) if (utile := _utile(une, lus)) is not None]
    return gardees[::-1]


def _utile(une: ast.stmt, lus: set[str]) -> ast.stmt | None:
    match une:
        case ast.Assign(targets=cibles, value=valeur):
            utiles = [cible for cible in cibles if isinstance(cible, ast.Name) and cible.id in lus]
            une = ast.Assign(list[ast.expr](utiles), valeur)
            if not utiles:
                return None
        case ast.If(test=test, body=oui, orelse=sinon):
            branches = _utiles(oui, lus), _utiles(sinon, lus)
            if not any(branches):
                return None
            une = ast.If(test, *branches) if branches[0] else ast.If(ast.UnaryOp(ast.Not(), test), branches[1], [])
            lus.update(_noms(test, ast.Load))
            return une
    lus.update(_noms(une, ast.Load))
    return une


def _noms(une: ast.AST, contexte: type[ast.expr_context]) -> Iterator[str]:
    for noeud in ast.walk(une):
        if isinstance(noeud, ast.AugAssign) and isinstance(noeud.target, ast.Name):
            yield noeud.target.id  # read, and written
        elif isinstance(noeud, ast.Name) and isinstance(noeud.ctx, contexte):
            yield noeud.id
