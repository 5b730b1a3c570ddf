"""What is wrong with a request, told fault by fault: malformed (400), or against the schema (422)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.chassis.http.french import sentence
from services.chassis.http.refusals import CorpsIllisible, DonneesInvalides, ParametresInvalides, TypeDeContenuRefuse
from services.chassis.http.rendering import has_own_route, method_refused, render
from services.chassis.problems import Fault, Problem

_MOST_FAULTS = 100


async def render_validation(request: Request, error: Exception) -> JSONResponse:
    """Handler of what FastAPI and pydantic find wrong before a route runs."""
    assert isinstance(error, RequestValidationError)
    only_path = all(fault["loc"][:1] == ("path",) for fault in error.errors())
    other = method_refused(request) if only_path and has_own_route(request) else None
    return render(other or _problem(request, error), request.scope)


def _problem(request: Request, error: RequestValidationError) -> Problem:
    found = error.errors()
    malformed = next(
        (fault for fault in found if fault["type"] == "json_invalid" and fault["loc"][:1] == ("body",)), None
    )
    if malformed is not None and isinstance(malformed["loc"][-1], int):
        return CorpsIllisible(f"Le corps n'est pas du JSON valide, à partir du caractère {malformed['loc'][-1]}.")
    if isinstance(error.body, bytes):
        given = request.headers.get("content-type")
        said = f"de type {given[:80]}" if given else "sans type de contenu"
        return TypeDeContenuRefuse(f"Le corps est envoyé {said} : envoyez-le en application/json.")
    faults = tuple(_fault(one, error.body) for one in found[:_MOST_FAULTS])
    if all(fault["loc"][0] != "body" for fault in found):
        return ParametresInvalides("Les paramètres signalés sont à corriger.", errors=faults)
    said = "1 donnée est à corriger." if len(found) == 1 else f"{len(found)} données sont à corriger."
    return DonneesInvalides(f"Rien n'a été enregistré : {said}", errors=faults)


def _fault(error: Mapping[str, Any], body: Any) -> Fault:
    where, *path = error["loc"]
    pointer = (
        pointer_in(body, path, missing=error["type"] == "missing") if where == "body" else _pointer([where, *path])
    )
    code, said = sentence(error["type"], error.get("ctx", {}))
    return Fault(pointer, code, said)


def pointer_in(body: Any, path: Sequence[str | int], *, missing: bool) -> str:
    """JSON pointer (RFC 6901) of a pydantic location inside a body.

    The location also names union branches and validators, which are no part of the document: what cannot be followed in the
    body is left out, but for the last step of a missing field, which is not there by definition.
    """
    kept: list[str | int] = []
    place = body
    for index, step in enumerate(path):
        if _holds(place, step):
            place = place[step]
        elif not (missing and index == len(path) - 1):
            continue
        kept.append(step)
    return _pointer(kept)


def _holds(place: Any, step: str | int) -> bool:
    if isinstance(place, list):
        return isinstance(step, int) and step < len(place)
    return isinstance(place, Mapping) and step in place


def _pointer(steps: Sequence[str | int]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
