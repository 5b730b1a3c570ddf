"""Whether a process lives, and whether it may be sent requests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from services.chassis.telemetry.failures import failure

Check = Callable[[], Awaitable[bool]]

_CHECK_SECONDS = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The named checks of a process: each says whether one thing it needs is there (database migrated, consumer caught up)."""

    checks: Mapping[str, Check]

    async def failing(self) -> list[str]:
        """The names of the checks that do not pass, within two seconds; empty when the process is ready."""
        names = list(self.checks)
        passed = await asyncio.gather(*(self._passes(name) for name in names))
        return [name for name, ok in zip(names, passed, strict=True) if not ok]

    async def _passes(self, name: str) -> bool:
        try:
            return await asyncio.wait_for(self.checks[name](), _CHECK_SECONDS)
        except Exception as error:  # noqa: BLE001 (whatever a check meets, it does not pass, and says why)
            log.warning("check-failed", check=name, failure=failure(error))
            return False
