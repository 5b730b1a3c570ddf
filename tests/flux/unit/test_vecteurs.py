"""Every worked example of flux-examples.json comes out of the command line, and nothing else passes for it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.flux.calculateur.table import TABLE
from services.logis import application

app = application(["flux"])

FICHIER = Path(__file__).parent.parent / "vecteurs" / "flux-examples.json"
EXEMPLES = json.loads(FICHIER.read_bytes(), parse_float=Decimal)["examples"]
TOLERANCE = Decimal("0.0001")


def ecarts(attendu: Any, obtenu: Any, ou: str = "") -> list[str]:
    """Where the result differs: same keys, same order of lists, numbers within the tolerance of the file."""
    if isinstance(attendu, dict):
        if not isinstance(obtenu, dict):
            return [ou]
        autres = [f"{ou}/{cle}" for cle in attendu.keys() ^ obtenu.keys()] if ou else []
        absentes = [f"{ou}/{cle}" for cle in attendu.keys() - obtenu.keys()]
        communes = [
            e for cle in attendu.keys() & obtenu.keys() for e in ecarts(attendu[cle], obtenu[cle], f"{ou}/{cle}")
        ]
        return [*autres, *absentes, *communes]
    if isinstance(attendu, list):
        if not isinstance(obtenu, list) or len(attendu) != len(obtenu):
            return [ou]
        return [e for i, (a, o) in enumerate(zip(attendu, obtenu, strict=True)) for e in ecarts(a, o, f"{ou}/{i}")]
    if isinstance(attendu, Decimal | int) and not isinstance(attendu, bool):
        juste = (
            isinstance(obtenu, Decimal | int) and not isinstance(obtenu, bool) and abs(attendu - obtenu) <= TOLERANCE
        )
        return [] if juste else [ou]
    return [] if attendu == obtenu and type(attendu) is type(obtenu) else [ou]


@pytest.mark.parametrize("exemple", EXEMPLES, ids=[e["id"] for e in EXEMPLES])
def test_an_example_comes_out_of_the_command_line(exemple: dict[str, Any]) -> None:
    texte = json.dumps(exemple["inputs"], default=float)
    result = CliRunner().invoke(app, ["flux", "calculer", exemple["kind"], "--json"], input=texte)
    assert result.exit_code == 0, result.output
    assert ecarts(exemple["expected"], json.loads(result.stdout, parse_float=Decimal)) == []


def test_every_example_is_there_and_has_its_kind() -> None:
    assert len(EXEMPLES) == 24
    assert {exemple["kind"] for exemple in EXEMPLES} <= set(TABLE)


def test_each_kind_names_an_example_of_its_own() -> None:
    par_id = {exemple["id"]: exemple["kind"] for exemple in EXEMPLES}
    for genre in TABLE.values():
        assert par_id.get(genre.exemple, genre.kind) == genre.kind


def test_a_wrong_result_would_be_seen() -> None:
    assert ecarts({"a": {"b": 1}}, {"a": {"b": 2}}) == ["/a/b"]
    assert ecarts({"a": {"b": 1}}, {"a": {"b": 1, "c": 0}}) == ["/a/c"]
    assert ecarts({"a": Decimal("1.0001")}, {"a": Decimal("1.0003")}) == ["/a"]
    assert ecarts({"a": ["x"]}, {"a": ["y"]}) == ["/a/0"]
    assert ecarts({"a": False}, {"a": 0}) == ["/a"]


def test_whole_numbers_are_written_as_integers() -> None:
    texte = json.dumps({"baux_signes_hors_qpv": 200, "dont_q1_ou_releves_npnru": 46})
    result = CliRunner().invoke(app, ["flux", "calculer", "quota_25", "--json"], input=texte)
    assert result.stdout.strip() == '{"taux_percent":23,"objectif_nombre":50,"manque":4,"atteint":false}'
