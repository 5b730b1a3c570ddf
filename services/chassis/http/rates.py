"""How often one caller may ask: a token bucket for each, in this process."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from services.chassis.http.exchange import exchange_of
from services.chassis.http.refusals import TropDeRequetes

_MOST_CALLERS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """per_second: requests earned each second, > 0; burst: requests that may be saved, >= 1."""

    per_second: float = 500.0
    burst: int = 1_000


class Buckets:
    """What each caller has left. The least recently seen callers are forgotten, which can only favour them."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Spend one request. Returns 0.0 when it is allowed, else the seconds until it would be."""
        now = self._clock()
        left, seen = self._buckets.pop(caller, (float(self._rate.burst), now))
        left = min(float(self._rate.burst), left + (now - seen) * self._rate.per_second)
        allowed = left >= 1.0
        self._buckets[caller] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / self._rate.per_second


class RateLimit:
    """Applies to whoever has been authenticated; the rest never reaches it."""

    def __init__(self, app: ASGIApp, buckets: Buckets) -> None:
        self._app = app
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = exchange_of(scope).caller if scope["type"] == "http" else None
        if caller is not None:
            wait = self._buckets.take(f"{caller.organisation}\x1f{caller.acteur}")
            if wait:
                raise TropDeRequetes(
                    "Ce jeton envoie plus de requêtes que convenu : espacez-les, et attendez le temps dit par Retry-After.",
                    headers={"Retry-After": str(math.ceil(wait))},
                )
        await self._app(scope, receive, send)
