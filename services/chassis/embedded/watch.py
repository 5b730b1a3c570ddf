"""Bringing back the embedded parts that die while a region runs on them."""

import asyncio
import time
from collections.abc import Callable, Mapping

from services.chassis.embedded.errors import DemarrageImpossible
from services.chassis.embedded.part import EmbeddedPart
from services.chassis.embedded.processes import free_port

_LOOK_SECONDS = 0.2
_TRIES = 5
_HOST = "127.0.0.1"


class Watch:
    """Starts again each part whose server has died, where its clients look for it.

    parts: by the name shown in the output, each started; write: takes one sentence.
    """

    def __init__(self, parts: Mapping[str, EmbeddedPart], write: Callable[[str], None]) -> None:
        self._parts = parts
        self._write = write

    async def run(self) -> None:
        """Until cancelled. Raises RuntimeError (DemarrageImpossible, OutilAbsent…) when a part cannot be brought back."""
        async with asyncio.TaskGroup() as group:
            for name, part in self._parts.items():
                group.create_task(self._look_after(name, part, part.port))

    async def _look_after(self, name: str, part: EmbeddedPart, port: int) -> None:
        while True:
            if await asyncio.to_thread(lambda: part.pid) is None:
                self._write(f"{name} s'est arrêté ; il redémarre.")
                died_at = time.monotonic()
                await self._bring_back(name, part, port)
                self._write(f"{name} est de retour après {time.monotonic() - died_at:.1f} s.")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _bring_back(self, name: str, part: EmbeddedPart, port: int) -> None:
        for left in reversed(range(_TRIES)):
            try:
                await self._start(part, port)
                return
            except (RuntimeError, OSError) as refused:  # it may die again while it starts, whatever it was doing
                self._write(f"{name} ne redémarre pas. {refused}")
                if not left:
                    self._write(f"{name} est abandonné après {_TRIES} essais.")
                    raise
                await asyncio.sleep(_LOOK_SECONDS)

    async def _start(self, part: EmbeddedPart, port: int) -> None:
        if part.pid is None and free_port(_HOST, port) != port:
            raise DemarrageImpossible(f"Le port {port}, où ses clients le cherchent, est pris.")
        await part.start_async()
        if part.port != port:  # taken in between: start again where it should be
            await asyncio.to_thread(part.end)
            raise DemarrageImpossible(f"Le port {port}, où ses clients le cherchent, vient d'être pris.")
