"""Waiting for what another service will say in a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_PAUSE_SECONDES = 0.2


async def attendre(lire: Callable[[], Awaitable[T | None]], quoi: str, secondes: float = 120) -> T:
    """What `lire` gives as soon as it is not None. quoi: what is awaited. Raises TimeoutError."""
    limite = time.monotonic() + secondes
    while True:
        lu = await lire()
        if lu is not None:
            return lu
        if time.monotonic() > limite:
            raise TimeoutError(f"En {secondes:g} s, ceci n'est pas arrivé : {quoi}.")
        await asyncio.sleep(_PAUSE_SECONDES)
