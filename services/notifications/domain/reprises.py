"""When to try again what did not go: schedules as data, spread by a jitter that depends on what is tried and nothing else."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

COURRIEL: tuple[int, ...] = (60, 300, 900, 3_600, 14_400, 43_200, 86_400)
"""Seconds after each refused try of a mail: a day and a half in all, most greylists and full mailboxes being over by then."""

LIVRAISON: tuple[int, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds after each failed try of a webhook: a little over three days in all. Source: Standard Webhooks 1.0, retries."""

_GIGUE_POUR_CENT = 20


def reprise(bareme: Sequence[int], essais: int, cle: str) -> timedelta | None:
    """How long to wait after the try number `essais` (from 1) of what `cle` names; None when it is to be given up.

    The wait of the schedule, lengthened by 0 to 20 %, so that what failed together is not tried again together.
    """
    if essais > len(bareme):
        return None
    tirage = int.from_bytes(hashlib.sha256(f"{cle}/{essais}".encode()).digest()[:4], "big")
    millisecondes = bareme[essais - 1] * 1_000
    return timedelta(milliseconds=millisecondes + millisecondes * _GIGUE_POUR_CENT * tirage // (100 * 2**32))
