"""The permission table of a service, tested cell by cell from the list of its routes.

    CELLS = cells(ROUTERS, PermissionTable.load(PERMISSIONS))

    @pytest.mark.parametrize("cell", CELLS, ids=str)
    async def test_the_cell(cell: Cell, ...) -> None:
        check(cell, await SCENARIOS[cell.operation](cell, client_of(cell.role)))

Each scenario sends one request of its operation on a resource that is the caller's own or another's, inside or outside the
caller's territory, as the cell says. `missing` names the operations that have no scenario: assert that there is none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import httpx
from fastapi import APIRouter

from services.chassis.access.permissions import PermissionTable
from services.chassis.http.app import operations_of
from services.chassis.http.refusals import AccesRefuse


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: an operation, a role, a resource (own: the caller's; inside: in its territory), and what the table says."""

    operation: str
    role: str
    own: bool
    inside: bool
    allowed: bool

    def __str__(self) -> str:
        whose, where = "propre" if self.own else "autre", "dedans" if self.inside else "dehors"
        return f"{self.operation}-{self.role}-{whose}-{where}-{'oui' if self.allowed else 'non'}"


def cells(routers: Sequence[APIRouter], table: PermissionTable, roles: Iterable[str] = ()) -> list[Cell]:
    """Every cell of every route of the service. roles: further ones, that the table gives nothing to."""
    return list(_cells(routers, table, sorted({*table.roles, *roles})))


def _cells(routers: Sequence[APIRouter], table: PermissionTable, roles: list[str]) -> Iterator[Cell]:
    for route in operations_of(routers):
        operation = route.operation_id or route.name
        for role, own, inside in product(roles, (True, False), (True, False)):
            allowed = table.grant(operation, [role]).allows(own=own, inside=inside)
            yield Cell(operation, role, own, inside, allowed)


def missing(tested: Iterable[Cell], scenarios: Iterable[str]) -> set[str]:
    """The operations that no scenario covers."""
    return {cell.operation for cell in tested} - set(scenarios)


def check(cell: Cell, answer: httpx.Response) -> None:
    """The answer is what the cell says: refused for lack of a right, or served. Anything else proves nothing."""
    if cell.allowed:
        assert answer.is_success, f"{cell} is allowed and answered {answer.status_code}: {answer.text}"
    else:
        assert answer.status_code == 403, f"{cell} is denied and answered {answer.status_code}"
        assert answer.json()["code"] == AccesRefuse.code
