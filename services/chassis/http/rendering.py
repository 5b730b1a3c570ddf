"""Problems on the wire: `application/problem+json` (RFC 9457)."""

from collections.abc import Sequence

import asyncpg
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import Scope

from services.chassis.http.exchange import exchange_of, local_path
from services.chassis.http.refusals import (
    CorpsIllisible,
    CorpsTropGros,
    ErreurInterne,
    Introuvable,
    MethodeRefusee,
    ServiceIndisponible,
)
from services.chassis.journal.port import AppendRefused
from services.chassis.problems import Problem

MEDIA_TYPE = "application/problem+json"

_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
    AppendRefused,
    PoolTimeout,
)
_SHUTDOWN = frozenset({"57P01", "57P02", "57P03", "53300"})  # shutting down, crashed, starting, too many connections


def render(problem: Problem, scope: Scope) -> JSONResponse:
    """The answer that tells a problem, with the correlation identifier that support will ask for."""
    exchange = exchange_of(scope)
    exchange.problem = problem.code
    content = problem.document() | {"correlation": exchange.correlation_id}
    headers = {"Content-Language": "fr", "Cache-Control": "no-store"} | problem.headers
    return JSONResponse(content, problem.status, headers=headers, media_type=MEDIA_TYPE)


async def render_problem(request: Request, problem: Exception) -> JSONResponse:
    """Handler of every Problem that a route raises."""
    assert isinstance(problem, Problem)
    return render(problem, request.scope)


async def render_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Handler of what the framework itself refuses: no such route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    return render(_framework_refusal(error, request), request.scope)


def _framework_refusal(error: HTTPException, request: Request) -> Problem:
    match error.status_code:
        case 404:
            return Introuvable("Rien ne se trouve à cette adresse : vérifiez le chemin, décrit dans /docs.")
        case 405:
            return method_refused(request)
        case 413:
            return CorpsTropGros(error.detail)
        case 400:
            return CorpsIllisible("Le corps n'a pas pu être lu : envoyez du JSON encodé en UTF-8.")
    raise error


def method_refused(request: Request) -> Problem:
    """The refusal of a method, with those that the address accepts, whichever routes share it: the framework names those of
    the first one alone."""
    operations: Sequence[APIRoute] = request.app.state.operations
    matching = [route for route in operations if route.matches(request.scope)[0] is not Match.NONE]
    routes = [route for route in matching if route.path == local_path(request.scope)] or matching
    allowed = ", ".join(sorted({method for route in routes for method in route.methods or ()}))
    return MethodeRefusee(f"Cette adresse accepte : {allowed or 'GET'}.", headers={"Allow": allowed or "GET"})


def has_own_route(request: Request) -> bool:
    """Whether a route is written for this very path: with another method, a path with a parameter takes it for a value."""
    return any(route.path == local_path(request.scope) for route in request.app.state.operations)


def unexpected(error: Exception) -> Problem:
    """What is told outside of an exception that nobody refused on purpose: nothing of it."""
    if is_unavailability(error):
        return ServiceIndisponible(
            "Le service ne peut pas répondre pour l'instant. Rien n'est perdu : renvoyez la même requête dans un instant.",
            headers={"Retry-After": "1"},
        )
    return ErreurInterne(
        "Une erreur inattendue s'est produite de notre côté ; elle est enregistrée. "
        "Si elle se répète, donnez l'identifiant de corrélation au support."
    )


def is_unavailability(error: BaseException) -> bool:
    """Whether an exception comes from a database that is away or overcrowded, or from writers that kept meeting."""
    if isinstance(error, _AWAY) or getattr(error, "sqlstate", None) in _SHUTDOWN:
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, asyncpg.InterfaceError) and "clos" in str(error):  # "connection is closed", "pool is closing"
        return True
    return error.__cause__ is not None and is_unavailability(error.__cause__)
