"""The permission table: read whole or refused whole, and what each line allows."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column
from sqlalchemy.dialects import postgresql

from services.chassis.access.permissions import Extent, Grant, PermissionTable, TableRefused
from services.chassis.access.reach import Reach

ROWS = [
    ["lire", "guichet", "oui", "territoire", "oui", "instruction"],
    ["lire", "bailleur", "non", "territoire", "oui", "recherche"],
    ["clore", "guichet", "oui", "non", "non", "suivi"],
]


def test_each_line_says_its_four_cells() -> None:
    table = PermissionTable.parse(ROWS)
    cells = {
        (role, own, inside): table.grant("lire", [role]).allows(own=own, inside=inside)
        for role, own, inside in product(("guichet", "bailleur", "etat"), (True, False), (True, False))
    }
    assert {cell for cell, allowed in cells.items() if allowed} == {
        ("guichet", True, True),
        ("guichet", True, False),
        ("guichet", False, True),
        ("bailleur", False, True),
    }


def test_two_roles_add_their_rights_and_their_purposes() -> None:
    grant = PermissionTable.parse(ROWS).grant("lire", ["bailleur", "guichet", "inconnu"])
    assert (grant.propre, grant.autre) == (Extent.OUI, Extent.TERRITOIRE)
    assert set(grant.purposes) == {"recherche", "instruction"}


GRANTS = st.builds(
    Grant, st.sampled_from(Extent), st.sampled_from(Extent), st.booleans(), st.tuples(st.sampled_from(["a", "b"]))
)


@given(GRANTS, GRANTS, st.booleans(), st.booleans())
def test_together_they_allow_what_either_allows_and_nothing_else(
    one: Grant, two: Grant, own: bool, inside: bool
) -> None:
    together = Grant().merged(one).merged(two)
    assert together.allows(own=own, inside=inside) == (
        one.allows(own=own, inside=inside) or two.allows(own=own, inside=inside)
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["lire", "guichet", "oui", "oui", "oui", "deux fois"], "already said"),
        (["lire", "etat", "oui", "oui", "non", "autre"], "personal in one line"),
        (["Lire", "etat", "oui", "oui", "oui", "x"], "is not a name"),
        (["lire", "Rôle", "oui", "oui", "oui", "x"], "is not a name"),
        (["lire", "etat", "peut-être", "oui", "oui", "x"], "peut-être"),
        (["lire", "etat", "oui", "oui", "parfois", "x"], "personnel is oui or non"),
        (["lire", "etat", "oui", "oui", "oui", " "], "for a purpose"),
        (["lire", "etat", "oui"], "3 cells"),
    ],
)
def test_a_wrong_line_is_named(row: list[str], said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        PermissionTable.parse([*ROWS, row])


def test_the_columns_are_fixed(tmp_path: Path) -> None:
    path = tmp_path / "permissions.csv"
    path.write_text("operation,role,propre,autre,finalite\n", encoding="utf-8")
    with pytest.raises(TableRefused, match="columns"):
        PermissionTable.load(path)


def test_routes_and_lines_must_match_both_ways() -> None:
    table = PermissionTable.parse(ROWS)
    table.check_routes(["lire", "clore"])
    with pytest.raises(TableRefused, match="no permission line for the operation ouvrir"):
        table.check_routes(["lire", "clore", "ouvrir"])
    with pytest.raises(TableRefused, match="clore, which no route serves"):
        table.check_routes(["lire"])


@pytest.mark.parametrize(("propre", "autre"), list(product(Extent, Extent)))
def test_a_list_shows_what_the_grant_reaches(propre: Extent, autre: Extent) -> None:
    reach = Reach("moi", propre, autre, frozenset({"67482"}))
    said = str(reach.where(column("o"), column("c")).compile(dialect=postgresql.dialect()))
    assert ("ANY" in said) == (Extent.TERRITOIRE in {propre, autre})
