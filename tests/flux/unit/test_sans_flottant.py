"""No score, no quota is ever a float: not in the code, not in the JSON read, not in what a calculation returns."""

import ast
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.flux.calculateur.affichage import afficher, arrondi_affiche
from services.flux.calculateur.lecture import lire_json
from services.flux.calculateur.table import TABLE

FLUX = Path(__file__).parents[3] / "services" / "flux"
SOURCES = [*(FLUX / "domain").rglob("*.py"), *(FLUX / "calculateur").rglob("*.py"), *(FLUX / "use_cases").rglob("*.py")]
EXEMPLES = json.loads((Path(__file__).parent.parent / "vecteurs" / "flux-examples.json").read_bytes())["examples"]


def flottants(source: str) -> list[int]:
    """Lines that hold a float literal or name the type."""
    return [
        noeud.lineno
        for noeud in ast.walk(ast.parse(source))
        if (isinstance(noeud, ast.Constant) and isinstance(noeud.value, float))
        or (isinstance(noeud, ast.Name) and noeud.id == "float")
    ]


@pytest.mark.parametrize("fichier", SOURCES, ids=[str(f.relative_to(FLUX)) for f in SOURCES])
def test_no_float_is_written(fichier: Path) -> None:
    assert flottants(fichier.read_text(encoding="utf-8")) == []


def test_a_float_in_the_code_would_be_seen() -> None:
    assert flottants("a = 0.3\nb = float(a)") == [1, 2]


def feuilles(valeur: Any) -> Iterator[Any]:
    if isinstance(valeur, dict):
        for contenu in valeur.values():
            yield from feuilles(contenu)
    elif isinstance(valeur, list | tuple):
        for contenu in valeur:
            yield from feuilles(contenu)
    else:
        yield valeur


@pytest.mark.parametrize("exemple", EXEMPLES, ids=[e["id"] for e in EXEMPLES])
def test_nothing_read_nor_returned_is_a_float(exemple: dict[str, Any]) -> None:
    brut, fautes = lire_json(json.dumps(exemple["inputs"]).encode())
    assert fautes == []
    resultat = TABLE[exemple["kind"]].calculer(brut, fautes)
    rendus = [*feuilles(brut), *feuilles(resultat), *feuilles(afficher(resultat))]
    assert rendus
    assert {type(un) for un in rendus} <= {int, bool, str, type(None), Decimal, Fraction}


@pytest.mark.parametrize(
    ("exact", "affiche"),
    [
        (Fraction(12), "12"),
        (Fraction(-12), "-12"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(-2, 3), "-0.6667"),
        (Fraction(1, 20000), "0.0001"),
        (Fraction(-1, 20000), "-0.0001"),
        (Fraction(1, 20001), "0"),
        (Fraction(99999999, 100000000), "1"),
        (Fraction(10**20), "100000000000000000000"),
        (Fraction(10**20 * 2 + 1, 2), "100000000000000000000.5"),
    ],
)
def test_a_number_is_shown_to_four_places(exact: Fraction, affiche: str) -> None:
    assert str(arrondi_affiche(exact)) == affiche
