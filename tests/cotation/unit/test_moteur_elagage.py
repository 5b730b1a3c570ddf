"""The function of a score alone is the whole one, less what nothing reads."""

import ast
from collections.abc import Callable

import pytest

from services.cotation.domain.moteur.elagage import elaguer

CAS = {
    "reasons that nothing reads": """
def f(x, detail):
    if x:
        v = 3
        r = 0
    else:
        v = 0
        r = 6
    if detail:
        return (v, r)
    return (v,)
""",
    "a copy": """
def f(x, detail):
    v = x + 1
    y = v
    if detail:
        return (y, v)
    return (y,)
""",
    "a copy of what changes afterwards": """
def f(x, detail):
    v = x + 1
    y = v
    if x:
        v = v + 10
    if detail:
        return (y, v)
    return (y, v, 1)
""",
    "a name written twice, the second time as a copy": """
def f(x, detail):
    b = x + 1
    s = x + 10
    if b:
        s = s + b
    b = s
    if detail:
        return (s, b)
    return (s, b, 1)
""",
    "a branch that is left with its other side": """
def f(x, detail):
    v = 0
    if x:
        r = 1
    else:
        v = 5
    if detail:
        return (v, r)
    return (v,)
""",
    "a loop": """
def f(x, detail):
    n = 0
    m = 0
    for e in (1, 2, 3):
        if e > x:
            n += 1
            m = e
    if detail:
        return (n, m)
    return (n,)
""",
}


def _functions(source: str) -> tuple[Callable[..., object], Callable[..., object]]:
    tree = ast.parse(source)
    whole = tree.body[0]
    assert isinstance(whole, ast.FunctionDef)
    tree.body.append(elaguer(whole, "g", "detail"))
    space: dict[str, Callable[..., object]] = {}
    exec(compile(ast.fix_missing_locations(tree), "<essai>", "exec"), space)
    return space["f"], space["g"]


@pytest.mark.parametrize("source", CAS.values(), ids=CAS)
def test_it_gives_the_same(source: str) -> None:
    whole, cut = _functions(source)
    assert [cut(x) for x in range(-3, 4)] == [whole(x, False) for x in range(-3, 4)]


@pytest.mark.parametrize(("nom", "disparu"), [("reasons that nothing reads", "r = "), ("a copy", "y = ")])
def test_what_nothing_reads_is_gone(nom: str, disparu: str) -> None:
    whole = ast.parse(CAS[nom]).body[0]
    assert isinstance(whole, ast.FunctionDef)
    assert disparu in ast.unparse(whole)
    assert disparu not in ast.unparse(ast.fix_missing_locations(elaguer(whole, "g", "detail")))
