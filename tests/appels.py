"""Work counted in calls of Python and C functions: the same on every machine, whatever else it does."""

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def compter_les_appels(action: Callable[[], T]) -> tuple[T, int]:
    """What an action gives, and how many calls and returns it takes."""
    appels = 0

    def compter(*_: object) -> None:
        nonlocal appels
        appels += 1

    sys.setprofile(compter)
    try:
        rendu = action()
    finally:
        sys.setprofile(None)
    return rendu, appels
