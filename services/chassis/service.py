"""What a service is, to the processes that run it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from services.chassis.consumption.consumer import Handler
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.limits import Limits
from services.chassis.http.own_writes import ReadModels
from services.chassis.migration import CHASSIS
from services.chassis.publication.derivation import Publication
from services.chassis.verification.controle import Controle


@dataclass(frozen=True, slots=True)
class Reaction:
    """A consumer: the source whose events it reads, and what it does with them.

    tables: read models made of these events alone, which nothing else writes: a rebuild reads the source again for them.
    """

    source: str
    handler: Handler
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assembly:
    """A service put together on a fabric.

    routers: its routes, the feed excepted, which every service has. reactions: what its worker consumes. loops: what its
    worker does besides, each until the event given is set; a loop waits out what goes away and raises only on a bug.
    """

    store: EventStore
    publication: Publication
    routers: Sequence[APIRouter] = ()
    reactions: Sequence[Reaction] = ()
    loops: Sequence[Callable[[asyncio.Event], Awaitable[None]]] = ()
    read_models: ReadModels = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name, the folder of its code (migrations, permissions), and how it is put together.

    initialise: what must be in its database before it works, once migrated; safe to repeat. verify: its own checks of
    `logis verify`, beside those of every journal.
    """

    name: str
    title: str
    folder: Path
    assemble: Callable[[Fabric], Assembly]
    initialise: Callable[[Fabric], Awaitable[None]] | None = None
    verify: Callable[[Fabric, EventStore], Awaitable[list[Controle]]] | None = None

    @property
    def branches(self) -> tuple[Path, ...]:
        """The Alembic branches of its database: the chassis's, then its own."""
        return (CHASSIS / "versions", self.folder / "migrations")

    @property
    def permissions(self) -> Path:
        """Its permission table."""
        return self.folder / "permissions.csv"

    @property
    def examples(self) -> Path:
        """The examples of its operations, in its OpenAPI document."""
        return self.folder / "exemples.json"
