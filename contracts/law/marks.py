"""Which tests say that they carry a duty, read from their source without importing them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class UnreadableMark(ValueError):
    """A duty mark whose ids are not plain strings cannot be read without running the test."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One id named by one test: `test` is a pytest node id from the root of the repository."""

    duty: str
    test: str
    line: int


def marks(root: Path) -> list[Mark]:
    """Every `pytest.mark.duty(...)` under `root/tests`, sorted by duty then test.

    A mark on a class or in `pytestmark` counts once, for the class or the file. Raises UnreadableMark, SyntaxError.
    """
    trouvees: set[Mark] = set()
    for fichier in sorted((root / "tests").rglob("*.py")):
        source = fichier.read_text(encoding="utf-8")
        if "duty" in source:
            nom = fichier.relative_to(root).as_posix()
            trouvees.update(_of(ast.parse(source, filename=nom), nom))
    return sorted(trouvees)


def _of(noeud: ast.Module | ast.ClassDef, nom: str) -> Iterator[Mark]:
    for enfant in noeud.body:
        match enfant:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _in(enfant.decorator_list, f"{nom}::{enfant.name}")
            case ast.ClassDef():
                yield from _in(enfant.decorator_list, f"{nom}::{enfant.name}")
                yield from _of(enfant, f"{nom}::{enfant.name}")
            case ast.Assign() | ast.AnnAssign() if enfant.value is not None and _is_pytestmark(enfant):
                yield from _in([enfant.value], nom)


def _is_pytestmark(affectation: ast.Assign | ast.AnnAssign) -> bool:
    cibles = affectation.targets if isinstance(affectation, ast.Assign) else [affectation.target]
    return any(isinstance(cible, ast.Name) and cible.id == "pytestmark" for cible in cibles)


def _in(expressions: list[ast.expr], test: str) -> Iterator[Mark]:
    for expression in expressions:
        for appel in ast.walk(expression):
            if isinstance(appel, ast.Call) and _names_duty(appel.func):
                yield from (Mark(_text(argument, test), test, appel.lineno) for argument in appel.args)


def _names_duty(fonction: ast.expr) -> bool:
    if isinstance(fonction, ast.Attribute):
        return fonction.attr == "duty"
    return isinstance(fonction, ast.Name) and fonction.id == "duty"


def _text(argument: ast.expr, test: str) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise UnreadableMark(f"{test}, line {argument.lineno}: write the ids of a duty mark as plain strings.")
