"""How much one request may ask for: bytes, seconds, and how many at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.http.exchange import local_path
from services.chassis.http.refusals import CorpsTropGros, DelaiDepasse, TropDeRequetes


@dataclass(frozen=True, slots=True)
class Limits:
    """body_bytes: largest body; seconds: time until the answer begins; concurrent: requests at once in this process."""

    body_bytes: int = 1_048_576
    seconds: float = 10.0
    concurrent: int = 100


@dataclass(frozen=True, slots=True)
class LimitTable:
    """The limits of each path: those of the longest prefix that fits. Each line counts its own concurrent requests, so that
    long-polls never take the place of commands."""

    default: Limits = field(default_factory=Limits)
    by_prefix: Mapping[str, Limits] = field(default_factory=dict)

    def prefix_of(self, path: str) -> str:
        """The line that a path falls under; empty for the default one."""
        return max((prefix for prefix in self.by_prefix if _under(path, prefix)), key=len, default="")

    def of(self, path: str) -> Limits:
        """The limits of a path."""
        return self.by_prefix.get(self.prefix_of(path), self.default)


def _under(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and (len(path) == len(prefix) or prefix.endswith("/") or path[len(prefix)] == "/")


class ConcurrencyLimit:
    """Turns away what comes when the process is full, at once, rather than making everyone wait."""

    def __init__(self, app: ASGIApp, table: LimitTable, exempt: tuple[str, ...]) -> None:
        self._app = app
        self._table = table
        self._exempt = exempt
        self._running: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or local_path(scope).startswith(self._exempt):
            await self._app(scope, receive, send)
            return
        line = self._table.prefix_of(local_path(scope))
        running = self._running.get(line, 0)
        if running >= self._table.of(local_path(scope)).concurrent:
            raise TropDeRequetes(
                "Le service traite déjà autant de requêtes qu'il le peut : renvoyez la vôtre dans une seconde.",
                headers={"Retry-After": "1"},
            )
        self._running[line] = running + 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._running[line] -= 1


class TimeLimit:
    """Cancels what has not begun to answer in time. A body that has begun (an export, a long-poll) takes the time it needs."""

    def __init__(self, app: ASGIApp, table: LimitTable) -> None:
        self._app = app
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seconds = self._table.of(local_path(scope)).seconds
        limit = asyncio.timeout(seconds)

        async def begun(message: Message) -> None:
            if message["type"] == "http.response.start" and not limit.expired():
                limit.reschedule(None)
            await send(message)

        try:
            async with limit:
                await self._app(scope, receive, begun)
        except TimeoutError:
            if not limit.expired():
                raise
            raise DelaiDepasse(
                f"La réponse n'a pas commencé dans le délai de {seconds:g} s. Une commande a pu aboutir : renvoyez-la avec "
                "la même clé d'idempotence, ou relisez la ressource."
            ) from None


class BodyLimit:
    """Refuses a body over the limit, announced or not, before it is held in memory."""

    def __init__(self, app: ASGIApp, table: LimitTable) -> None:
        self._app = app
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._table.of(local_path(scope)).body_bytes
        told = f"Le corps dépasse la taille acceptée ici ({most} octets) : envoyez-le en plusieurs fois."
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise CorpsTropGros(told)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(CorpsTropGros.status, told)  # the one exception that FastAPI lets through here
            return message

        await self._app(scope, counted, send)
