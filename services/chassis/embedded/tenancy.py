"""Who uses an embedded part: processes that share it hold a lock which the system releases when they die."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Tenancy:
    """The processes that use one folder.

    Each tenant holds a shared lock; whoever leaves and can take it alone was the last one. A process that dies,
    even by SIGKILL, leaves no trace: no count can be wrong.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: int | None = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time starts, stops or inspects what the folder holds."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @property
    def is_tenant(self) -> bool:
        """Whether this object entered and has not left."""
        return self._held is not None

    def enter(self) -> None:
        """Become a tenant; twice is once."""
        if self._held is None:
            self._held = os.open(self._folder / "tenants", os.O_RDONLY | os.O_CREAT, 0o644)
            fcntl.flock(self._held, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Stop being a tenant; true when nobody is left. To be called inside `alone`."""
        if self._held is None:
            return False
        descriptor, self._held = self._held, None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(descriptor)
