"""From a request to a use case and back: what the body of a command's route calls.

@router.post("/dossiers", status_code=201, responses=problems(CommuneInconnue))
async def ouvrir_dossier(body: Ouverture, request: Creation, acces: Acces, service: Service) -> Response:
    acces.check(owners=[acces.identity.organisation], communes=[body.commune])
    return await run_command(service.store, request, partial(ouvrir, body.to_command()), ouvert)
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from pydantic_core import to_json
from starlette.responses import Response

from services.chassis.access.gate import Acces, Access
from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import EventStore, UnitOfWork
from services.chassis.http.documentation import MANDATORY
from services.chassis.http.exchange import exchange_of
from services.chassis.http.idempotency import IdempotentRequest, WireAnswer
from services.chassis.http.own_writes import HEADER, written_at
from services.chassis.http.refusals import ParametresInvalides
from services.chassis.problems import Fault

R = TypeVar("R")

_KEY = re.compile(r'^"?([\x21\x23-\x7e]{8,255})"?$')
REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers. Made by `public` or `personal`: whoever writes the route says which it is."""

    status: int
    content: Any
    headers: Mapping[str, str]
    subject: str | None

    @classmethod
    def public(cls, status: int, content: Any = None, **headers: str) -> "Answer":
        """An answer without personal data: identifiers, versions, dates, codes. headers: `ETag=…`, `Location=…` (a path
        inside the service: what it is served behind is put before it)."""
        return cls(status, content, headers, None)

    @classmethod
    def personal(cls, subject: str, status: int, content: Any, **headers: str) -> "Answer":
        """An answer about a person: where it is kept to be given again, it is sealed with that subject's key."""
        return cls(status, content, headers, subject)


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """The circumstances of a command. prefix: the path that the service is served behind; idempotent: None when the caller
    gave no Idempotency-Key."""

    service: str
    prefix: str
    context: Context
    access: Access
    idempotent: IdempotentRequest | None


async def request_context(request: Request, acces: Acces) -> Context:
    """Dependency: the circumstances that the events of this request will carry."""
    exchange = exchange_of(request.scope)
    return Context(
        acteur=acces.identity.acteur,
        organisation=acces.identity.organisation,
        at=request.app.state.now(),
        correlation_id=exchange.correlation_id,
        causation_id=exchange.request_id,
        traceparent=exchange.traceparent,
    )


RequestContext = Annotated[Context, Depends(request_context)]


_KEY_HEADER = "Idempotency-Key"
_KEY_SAID = "Un identifiant neuf par commande, repris à chaque nouvel essai."


async def command_request(
    request: Request,
    acces: Acces,
    context: RequestContext,
    key: Annotated[
        str | None, Header(alias=_KEY_HEADER, description=_KEY_SAID, json_schema_extra={"pattern": _KEY.pattern})
    ] = None,
) -> CommandRequest:
    """Dependency: a command that may be made idempotent by its caller."""
    idempotent = None if key is None else await _idempotent(request, acces, key)
    return CommandRequest(
        exchange_of(request.scope).service, request.scope.get("root_path", ""), context, acces, idempotent
    )


async def creation_request(
    request: Request,
    acces: Acces,
    context: RequestContext,
    key: Annotated[
        str | None, Header(alias=_KEY_HEADER, description=_KEY_SAID, json_schema_extra={MANDATORY: _KEY.pattern})
    ] = None,
) -> CommandRequest:
    """Dependency: a creation, which its caller must make idempotent. Raises ParametresInvalides (400)."""
    if key is None:
        raise _refused(
            "manquant", "Envoyez un identifiant neuf, par exemple un UUID, et gardez-le pour renvoyer la requête."
        )
    return await command_request(request, acces, context, key)


Command = Annotated[CommandRequest, Depends(command_request)]
Creation = Annotated[CommandRequest, Depends(creation_request)]


async def run_command(
    store: EventStore,
    request: CommandRequest,
    use_case: Callable[[UnitOfWork], Awaitable[R]],
    answer: Callable[[R], Answer],
) -> Response:
    """Run a use case once, whatever the number of times its request is sent, and answer.

    The stored answer is written in the use case's transaction: either both are kept or neither is. Raises what the use case
    raises, and CommandeEnCours, CleIdempotenceReprise, ReponseEffacee.
    """
    idempotent = request.idempotent

    async def attempt(work: UnitOfWork) -> tuple[WireAnswer, bool]:
        found = await idempotent.find(work.connection, store.keys) if idempotent else None
        if found is not None:
            return found, True
        made = _on_the_wire(request.service, answer(await use_case(work)), work)
        if idempotent:
            await idempotent.keep(work.connection, store.keys, made, request.context.at)
        return made, False

    wire, replayed = (await store.run(attempt, request.context)).value
    if replayed:
        request.access.replayed()
    headers = dict(wire.headers) | ({REPLAYED: "true"} if replayed else {})
    if "Location" in headers:
        headers["Location"] = request.prefix + headers["Location"]
    return Response(wire.body, wire.status, headers)


def _on_the_wire(service: str, answer: Answer, work: UnitOfWork) -> WireAnswer:
    headers = dict(answer.headers)
    if work.cursor is not None:
        headers[HEADER] = written_at(service, work.cursor)
    if answer.content is None:
        return WireAnswer(answer.status, headers, b"", answer.subject)
    headers["Content-Type"] = "application/json"
    return WireAnswer(answer.status, headers, to_json(answer.content, by_alias=True), answer.subject)


async def _idempotent(request: Request, acces: Access, key: str) -> IdempotentRequest:
    match = _KEY.fullmatch(key)
    if match is None:
        raise _refused("format", "Donnez de 8 à 255 caractères visibles sans accent ni espace, par exemple un UUID.")
    return IdempotentRequest.of(
        match[1],
        caller=(acces.identity.organisation, acces.identity.acteur),
        operation=acces.operation,
        target=f"{request.url.path}?{request.url.query}",
        body=await request.body(),
    )


def _refused(code: str, message: str) -> ParametresInvalides:
    fault = Fault(f"/header/{_KEY_HEADER}", code, message)
    return ParametresInvalides("L'en-tête Idempotency-Key est à corriger.", errors=(fault,))
