"""What the bodies of all services have in common: nothing unknown is let in, nothing is read as what it is not."""

import re
from collections.abc import Callable
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
_LITERAL = frozenset({"int", "bool", "float"})
_HOLDERS = frozenset({"schema", "fields", "choices", "items_schema", "keys_schema", "values_schema", "steps"})


def _as_written(schema: Any, handler: GetCoreSchemaHandler, seen: set[int]) -> Any:
    """The schema, strict in all that it holds. What holds is changed in place, since others refer to it."""
    if isinstance(schema, tuple):
        return tuple(_as_written(one, handler, seen) for one in schema)
    if isinstance(schema, list):
        schema[:] = [_as_written(one, handler, seen) for one in schema]
    if not isinstance(schema, dict) or id(schema) in seen:
        return schema
    seen.add(id(schema))
    kind = schema.get("type")
    if kind == "function-before" and schema["function"]["function"] in _DATED.values():
        return schema  # pydantic gives the schema of a model again, as it was left
    if kind in _DATED:
        return core_schema.no_info_before_validator_function(_DATED[kind], cast("CoreSchema", schema))
    if kind in _LITERAL:
        schema["strict"] = True
    elif kind == "dataclass-args":
        schema["extra_behavior"] = "forbid"
    elif kind == "dataclass":
        schema.setdefault("metadata", {})["pydantic_js_updates"] = {"additionalProperties": False}
    elif kind == "definition-ref":
        _as_written(handler.resolve_ref_schema(cast("CoreSchema", schema)), handler, seen)
    for name in _HOLDERS & schema.keys() if isinstance(kind, str) else tuple(schema):
        schema[name] = _as_written(schema[name], handler, seen)
    return schema


def _day(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value) is None:
        raise PydanticKnownError("date_parsing", {"error": "AAAA-MM-JJ"})
    if isinstance(value, int | float):
        raise PydanticKnownError("date_type")
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str) and _INSTANT.match(value) is None:
        raise PydanticKnownError("datetime_parsing", {"error": "AAAA-MM-JJThh:mm:ss"})
    if isinstance(value, int | float):
        raise PydanticKnownError("datetime_type")
    return value


_DATED: dict[str, Callable[[Any], Any]] = {"date": _day, "datetime": _instant}


class Corps(BaseModel):
    """A body: a field that is not known is refused, since it would be lost; a number, a boolean and a day are written as such.

    pydantic alone would read "1", 1 and "yes" as true, and a number as seconds since 1970: a year typed alone would pass for
    the first of January 1970. This holds in all that the body contains.
    """

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        _as_written(schema, handler, set())
        return schema
