"""Problems (RFC 9457): what a person or a system is told when something is refused, and why."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a payload. pointer: JSON pointer (RFC 6901) to it; code: stable kebab-case; message: what to do, French."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """A refusal. The class carries what is stable (code, title, status); the instance, the sentence of this case.

    code: stable, documented, never reused. title: French, the same for every instance. status: HTTP status.
    detail: what was refused, why, and what to do. extra: members added to the answer, never personal.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, detail: str, *, errors: tuple[Fault, ...] = (), headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def document(self) -> dict[str, Any]:
        """The problem as `application/problem+json` says it."""
        content: dict[str, Any] = {
            "type": f"https://logis.example/problemes/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            content["errors"] = [{"pointer": f.pointer, "code": f.code, "detail": f.message} for f in self.errors]
        return content
