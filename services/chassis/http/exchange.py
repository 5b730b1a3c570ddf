"""One request and its answer: its identifiers, who makes it, and what must still be settled before it may be answered."""

from dataclasses import dataclass
from typing import Protocol

from starlette.types import Scope

_KEY = "logis.exchange"


class Caller(Protocol):
    """Who makes a request, as the edge needs to know it."""

    @property
    def organisation(self) -> str: ...

    @property
    def acteur(self) -> str: ...


class Obligations(Protocol):
    """What an operation owes before it answers (services.chassis.access.gate)."""

    def outstanding(self) -> str | None:
        """What is still owed, None when nothing is."""


@dataclass(slots=True)
class Exchange:
    """request_id: ours, new; correlation_id: shared by all that one outside request causes; causation_id: what caused this
    request, empty when unknown; traceparent: of the span that serves it; problem: code of the one answered, empty when none."""

    service: str
    request_id: str
    correlation_id: str
    causation_id: str = ""
    traceparent: str = ""
    caller: Caller | None = None
    obligations: Obligations | None = None
    problem: str = ""

    def attach(self, scope: Scope) -> None:
        scope[_KEY] = self


def exchange_of(scope: Scope) -> Exchange:
    """The exchange that the scope belongs to."""
    found: Exchange = scope[_KEY]
    return found


def local_path(scope: Scope) -> str:
    """The path inside the service, whatever prefix it is served behind."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def operation_of(scope: Scope) -> str:
    """The name of the operation that the request reached, `-` when it reached none."""
    route = scope.get("route")
    return getattr(route, "operation_id", None) or getattr(route, "name", None) or "-"
