"""An exception as the logs may tell it: its kind and where it was raised, never its message, which quotes people's data.

`asyncpg` repeats the refused values in DETAIL, `pydantic` the inputs, SQLAlchemy the parameters.
"""

from traceback import walk_tb
from typing import Any

_FRAMES = 30
_CAUSES = 10


def failure(error: BaseException, causes: int = _CAUSES) -> dict[str, Any]:
    """Kind, place (innermost frame last) and cause of an exception; the SQLSTATE and the constraint of a database error.

    causes: how far back to tell, since errors may be each other's causes.
    """
    told: dict[str, Any] = {"kind": f"{type(error).__module__}.{type(error).__qualname__}"}
    for name in ("sqlstate", "constraint_name"):
        if isinstance(value := getattr(error, name, None), str):
            told[name] = value
    told["frames"] = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(error.__traceback__)
    ][-_FRAMES:]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and causes:
        told["cause"] = failure(cause, causes - 1)
    return told
