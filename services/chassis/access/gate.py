"""The gate of a service: every request is authenticated, every operation authorised, every personal reading journalled.

All three fail closed: what a route forgets to settle is refused instead of answered.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts import territoire
from services.chassis.access.identity import Identity
from services.chassis.access.permissions import Extent, Grant, PermissionTable
from services.chassis.access.reach import Reach
from services.chassis.access.reads import AccessJournal, PersonalRead
from services.chassis.access.tokens import TokenVerifier
from services.chassis.directory import Region
from services.chassis.http.exchange import exchange_of, local_path, operation_of
from services.chassis.http.refusals import AccesRefuse


@dataclass(frozen=True, slots=True)
class Gate:
    """Everything that access to one service depends on."""

    verifier: TokenVerifier
    permissions: PermissionTable
    region: Region
    journal: AccessJournal

    def authorise(self, identity: Identity, operation: str) -> Grant:
        """What the identity may do with the operation. Raises AccesRefuse when it is nothing at all."""
        if self.region.organisation(identity.organisation) is None:
            raise AccesRefuse("L'organisation que nomme votre jeton n'est pas connue dans cette région.")
        grant = self.permissions.grant(operation, self.roles(identity))
        if grant.is_void:
            raise AccesRefuse("Votre rôle ne donne pas droit à cette opération : demandez-la à votre administrateur.")
        return grant

    def roles(self, identity: Identity) -> frozenset[str]:
        """The roles of the token that its organisation holds in the region: its own (`guichet`), and those that narrow or
        widen one of them (`guichet-sensible`). A token cannot make a landlord of a commune."""
        held = self.region.roles(identity.organisation)
        return frozenset(
            role for role in identity.roles if any(role == own or role.startswith(f"{own}-") for own in held)
        )

    def is_inside(self, organisation: str, commune: str) -> bool:
        """Whether a commune (INSEE code) is in the organisation's territory; an unknown code is in nobody's."""
        found = self.region.organisation(organisation)
        return found is not None and territoire.existe(commune) and found.emprise.couvre(commune)


class Access:
    """The right under which one request is served, and what is owed for it."""

    def __init__(self, gate: Gate, identity: Identity, operation: str, correlation: str, at: datetime) -> None:
        self._gate = gate
        self._correlation = correlation
        self._at = at
        self.identity = identity
        self.operation = operation
        self.grant = gate.authorise(identity, operation)
        self._settled = self.grant.is_total
        self._traced = not self.grant.personnel

    def check(self, *, owners: Collection[str], communes: Collection[str]) -> None:
        """Refuse when the right does not reach a resource. owners: the organisations it belongs to; communes: INSEE codes
        where it lies, one inside the caller's territory being enough. Raises AccesRefuse."""
        self._settled = True
        own = self.identity.organisation in owners
        inside = any(self._gate.is_inside(self.identity.organisation, commune) for commune in communes)
        if self.grant.allows(own=own, inside=inside):
            return
        whose = "de votre organisation" if own else "d'une autre organisation"
        where = "dans votre territoire" if inside else "hors de votre territoire"
        raise AccesRefuse(f"Votre rôle ne permet pas cette opération sur une ressource {whose}, {where}.")

    def reach(self) -> Reach:
        """What a list may show: the caller keeps only the rows that `Reach.where` selects."""
        self._settled = True
        found = self._gate.region.organisation(self.identity.organisation)
        assert found is not None
        territorial = Extent.TERRITOIRE in {self.grant.propre, self.grant.autre}
        communes = found.emprise.toutes_les_communes() if territorial else frozenset()
        return Reach(self.identity.organisation, self.grant.propre, self.grant.autre, communes)

    def replayed(self) -> None:
        """The answer is one that the same caller has already been given: nothing is owed again."""
        self._settled = self._traced = True

    async def trace(self, subjects: Sequence[str]) -> None:
        """Journal that the facts of these subjects are about to be read; returns once committed. No subject: nothing to say."""
        if subjects:
            await self._gate.journal.write(
                PersonalRead(
                    at=self._at,
                    acteur=self.identity.acteur,
                    organisation=self.identity.organisation,
                    operation=self.operation,
                    subjects=tuple(subjects),
                    purpose=" ; ".join(self.grant.purposes),
                    correlation=self._correlation,
                )
            )
        self._traced = True

    def outstanding(self) -> str | None:
        """What must still be done before a success may be answered."""
        if not self._settled:
            return "the right was not checked against the resource (Access.check, or Access.reach for a list)"
        if not self._traced:
            return "the reading of personal facts was not journalled (Access.trace)"
        return None


class ObligationForgotten(Exception):
    """A route answered a success with something still owed: a bug, answered by a 500 and nothing of what was read."""


class Authentication:
    """Middleware: nothing but the public paths is served, nor its body read, without a valid token."""

    def __init__(self, app: ASGIApp, verifier: TokenVerifier, public: tuple[str, ...]) -> None:
        self._app = app
        self._verifier = verifier
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not local_path(scope).startswith(self._public):
            identity = await self._verifier.authenticate(Headers(scope=scope).get("authorization"))
            exchange_of(scope).caller = identity
        await self._app(scope, receive, send)


class Settlement:
    """Middleware: holds back a success for which something is still owed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def settled(message: Message) -> None:
            obligations = exchange_of(scope).obligations
            if message["type"] == "http.response.start" and message["status"] < 300 and obligations is not None:
                owed = obligations.outstanding()
                if owed is not None:
                    raise ObligationForgotten(owed)
            await send(message)

        await self._app(scope, receive, settled)


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", scheme_name="jeton", description="Voir `logis token`.")


async def authorised(request: Request, _documented: Annotated[object, Depends(_bearer)]) -> Access:
    """Dependency of every route (create_app adds it): the operation is authorised before the payload is validated."""
    exchange = exchange_of(request.scope)
    identity = exchange.caller
    if not isinstance(identity, Identity):
        raise AccesRefuse("Cette adresse n'est ouverte qu'aux porteurs d'un jeton.")
    if isinstance(exchange.obligations, Access):
        return exchange.obligations
    access = Access(
        request.app.state.gate,
        identity,
        operation_of(request.scope),
        exchange.correlation_id,
        request.app.state.now(),
    )
    exchange.obligations = access
    return access


Acces = Annotated[Access, Depends(authorised)]
