"""The permission table of a service, as data: `services/<service>/permissions.csv`, one line per operation and role.

operation,role,propre,autre,personnel,finalite
lire_demande,guichet,oui,territoire,oui,instruction de la demande

propre: on what belongs to the caller's own organisation; autre: on what belongs to another. Each is `oui` (anywhere),
`territoire` (inside the organisation's territory only) or `non`. personnel: the operation answers personal facts, so that
each reading leaves a line in the access journal, with the purpose (`finalite`). No line for a role: it may do nothing.
Source: demande.md §9, design.md §5.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

COLUMNS = ("operation", "role", "propre", "autre", "personnel", "finalite")
_OPERATION = re.compile(r"[a-z][a-z0-9_]*")
_ROLE = re.compile(r"[a-z][a-z0-9-]*")


class TableRefused(ValueError):
    """The permission table is not acceptable; the message names each line at fault."""


class Extent(StrEnum):
    """How far a right goes."""

    NON = "non"
    TERRITOIRE = "territoire"
    OUI = "oui"

    def covers(self, *, inside: bool) -> bool:
        """Whether it reaches what is inside, or outside, the caller's territory."""
        return self is Extent.OUI or (self is Extent.TERRITOIRE and inside)

    def widest(self, other: "Extent") -> "Extent":
        order = list(Extent)
        return max(self, other, key=order.index)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a caller may do with one operation. purposes: why, as the lines that allow it say."""

    propre: Extent = Extent.NON
    autre: Extent = Extent.NON
    personnel: bool = False
    purposes: tuple[str, ...] = ()

    def allows(self, *, own: bool, inside: bool) -> bool:
        """Whether the operation may be done on a resource: the caller's own or not, inside their territory or not."""
        return (self.propre if own else self.autre).covers(inside=inside)

    @property
    def is_void(self) -> bool:
        return self.propre is Extent.NON and self.autre is Extent.NON

    @property
    def is_total(self) -> bool:
        return self.propre is Extent.OUI and self.autre is Extent.OUI

    def merged(self, other: "Grant") -> "Grant":
        """What two roles held together may do."""
        if other.is_void:
            return self
        purposes = tuple(dict.fromkeys((*self.purposes, *other.purposes)))
        return Grant(
            self.propre.widest(other.propre),
            self.autre.widest(other.autre),
            self.personnel or other.personnel,
            purposes,
        )


@dataclass(frozen=True, slots=True)
class PermissionTable:
    """Grants by (operation, role)."""

    grants: dict[tuple[str, str], Grant]

    @classmethod
    def load(cls, path: Path) -> Self:
        """The table in a CSV file. Raises TableRefused."""
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            if tuple(next(rows, ())) != COLUMNS:
                raise TableRefused(f"{path.name}: the columns must be {','.join(COLUMNS)}")
            return cls.parse(rows)

    @classmethod
    def parse(cls, rows: Iterable[list[str]]) -> Self:
        """The table in rows of six cells, without their header. Raises TableRefused naming every line at fault."""
        grants: dict[tuple[str, str], Grant] = {}
        faults: list[str] = []
        for number, row in enumerate(rows, start=2):
            try:
                operation, role, grant = _line(row)
            except ValueError as refused:
                faults.append(f"line {number}: {refused}")
                continue
            if (operation, role) in grants:
                faults.append(f"line {number}: {operation} × {role} is already said above")
            grants[operation, role] = grant
        faults += _contradictions(grants)
        if faults:
            raise TableRefused("; ".join(faults))
        return cls(grants)

    @property
    def operations(self) -> set[str]:
        return {operation for operation, _ in self.grants}

    @property
    def roles(self) -> set[str]:
        return {role for _, role in self.grants}

    def grant(self, operation: str, roles: Iterable[str]) -> Grant:
        """What the holder of several roles may do with an operation; a void grant when nothing."""
        merged = Grant()
        for role in sorted(roles):
            merged = merged.merged(self.grants.get((operation, role), Grant()))
        return merged

    def check_routes(self, operations: Iterable[str]) -> None:
        """Refuse a service whose routes and lines differ. Raises TableRefused."""
        served = set(operations)
        faults = [f"no permission line for the operation {name}" for name in sorted(served - self.operations)]
        faults += [f"permission lines for {name}, which no route serves" for name in sorted(self.operations - served)]
        if faults:
            raise TableRefused("; ".join(faults))


def _line(row: list[str]) -> tuple[str, str, Grant]:
    if len(row) != len(COLUMNS):
        raise ValueError(f"{len(row)} cells where {len(COLUMNS)} are due")
    operation, role, propre, autre, personnel, purpose = row
    if not _OPERATION.fullmatch(operation) or not _ROLE.fullmatch(role):
        raise ValueError(f"{operation!r} or {role!r} is not a name")
    if personnel not in {"oui", "non"}:
        raise ValueError(f"personnel is oui or non, not {personnel!r}")
    grant = Grant(Extent(propre), Extent(autre), personnel == "oui", (purpose,))
    if not purpose.strip() and not grant.is_void:
        raise ValueError("a right is given for a purpose")
    return operation, role, grant


def _contradictions(grants: dict[tuple[str, str], Grant]) -> list[str]:
    said: dict[str, set[bool]] = {}
    for (operation, _), grant in grants.items():
        said.setdefault(operation, set()).add(grant.personnel)
    return [
        f"{operation} is personal in one line and not in another" for operation, both in said.items() if len(both) > 1
    ]
