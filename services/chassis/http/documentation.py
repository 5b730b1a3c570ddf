"""The OpenAPI of a service, problems and examples included."""

from collections.abc import Mapping
from typing import Any

from services.chassis.http.refusals import (
    CleIdempotenceReprise,
    CommandeEnCours,
    CurseurInvalide,
    ReponseEffacee,
    VersionAbsente,
)
from services.chassis.http.rendering import MEDIA_TYPE
from services.chassis.problems import Problem, StaleVersion

Responses = dict[int | str, dict[str, Any]]

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problème",
    "description": "Refus (RFC 9457) : ce qui est refusé, pourquoi, et que faire.",
    "required": ["type", "title", "status", "detail", "code", "correlation"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string", "description": "Le même pour tous les refus de ce code."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Ce qui est refusé cette fois, pourquoi, et que faire."},
        "code": {"type": "string", "description": "Stable ; c'est lui qu'un programme lit."},
        "correlation": {"type": "string", "description": "À donner au support."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "Pointeur JSON dans le corps, ou /query/…, /path/…, /header/… pour un paramètre.",
                    },
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

# Marks the pattern of a header that its dependency demands: missing, it is refused by a problem that says what to do, where
# FastAPI would only say that a parameter is missing.
MANDATORY = "x-obligatoire"

# What the dependency that reads a header may refuse.
IMPLIED: Mapping[str, tuple[type[Problem], ...]] = {
    "If-Match": (VersionAbsente, StaleVersion),
    "Idempotency-Key": (CommandeEnCours, CleIdempotenceReprise, ReponseEffacee),
    "Logis-Curseur": (CurseurInvalide,),
    "curseur": (CurseurInvalide,),
}

_RETRY_AFTER = {"Retry-After": {"description": "Secondes à attendre.", "schema": {"type": "integer"}}}


def problems(*classes: type[Problem]) -> Responses:
    """The `responses` of a route that may refuse with these problems, an example for each."""
    found: Responses = {}
    for cls in sorted(classes, key=lambda cls: (cls.status, cls.code)):
        response = found.setdefault(
            cls.status,
            {
                "description": cls.title,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Probleme"}, "examples": {}}},
            },
        )
        if cls.title not in response["description"]:
            response["description"] += f" · {cls.title}"
        response["content"][MEDIA_TYPE]["examples"][cls.code] = {"summary": cls.title, "value": _example(cls)}
        if cls.status in {429, 503}:
            response["headers"] = _RETRY_AFTER
    return found


def merged(first: Responses, second: Responses) -> Responses:
    """Both sets of responses, the examples of a status that both have put together."""
    result = dict(first)
    for status, response in second.items():
        if status not in result or MEDIA_TYPE not in result[status].get("content", {}):
            result[status] = response
            continue
        known = result[status]
        examples = known["content"][MEDIA_TYPE]["examples"] | response["content"][MEDIA_TYPE]["examples"]
        titles = dict.fromkeys((*known["description"].split(" · "), *response["description"].split(" · ")))
        result[status] = known | {
            "description": " · ".join(titles),
            "content": {MEDIA_TYPE: known["content"][MEDIA_TYPE] | {"examples": examples}},
        }
    return result


def complete(document: dict[str, Any], common: Responses, examples: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the problem schema, the problems that any operation may answer, and the example of each operation.

    examples: by operation, `requete` and `reponse` as they were really sent and answered.
    """
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Probleme"] = PROBLEM_SCHEMA
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            own = {
                status: response for status, response in operation["responses"].items() if not _is_default_422(response)
            }
            named = {_told(parameter)["name"] for parameter in operation.get("parameters", [])}
            implied = problems(*(cls for header in named & IMPLIED.keys() for cls in IMPLIED[header]))
            operation["responses"] = merged(merged(own, _keyed(implied)), _keyed(common))
            _exemplify(operation, examples.get(operation["operationId"], {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _exemplify(operation: dict[str, Any], example: Mapping[str, Any]) -> None:
    """Show the example in the request's body, and in the answers of success that have one."""
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    places = [("requete", operation.get("requestBody", {})), *(("reponse", answer) for answer in answers)]
    for name, place in places:
        for content in place.get("content", {}).values():
            if name in example:
                content["examples"] = {"exemple": {"value": example[name]}}


def _told(parameter: dict[str, Any]) -> dict[str, Any]:
    """The parameter, mandatory where its dependency says so."""
    pattern = parameter["schema"].pop(MANDATORY, None)
    if pattern is not None:
        parameter["required"], parameter["schema"] = True, {"type": "string", "pattern": pattern}
    return parameter


def _keyed(responses: Responses) -> Responses:
    return {str(status): response for status, response in responses.items()}


def _is_default_422(response: Mapping[str, Any]) -> bool:
    content = response.get("content", {}).get("application/json", {})
    return bool(content.get("schema", {}).get("$ref") == "#/components/schemas/HTTPValidationError")


def _example(cls: type[Problem]) -> dict[str, Any]:
    return {
        "type": f"https://logis.example/problemes/{cls.code}",
        "title": cls.title,
        "status": cls.status,
        "detail": f"{cls.title} : ce qui est refusé, pourquoi, et que faire.",
        "code": cls.code,
        "correlation": "7c0fb2a4-4c0e-4f8e-9a63-2a5a3f1de4b7",
    }
