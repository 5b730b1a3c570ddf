"""Who PostgreSQL runs as: it refuses root, so a root caller lends it another account and readable files."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOBODY = "nobody"
ELSEWHERE = Path("/var/lib/logis")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and a group of the system, by number."""

    uid: int
    gid: int

    @property
    def is_the_caller(self) -> bool:
        """Whether files made by this process already belong to the account."""
        return self.uid == os.geteuid()

    def as_process_options(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program as the account, with none of the caller's other groups."""
        return {} if self.is_the_caller else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make the account the owner of a path."""
        if not self.is_the_caller:
            os.chown(path, self.uid, self.gid)

    def can_cross(self, folder: Path) -> bool:
        """Whether the account may walk down to a folder: each ancestor must let it search."""
        if self.is_the_caller:
            return True
        return all(self._may_search(ancestor.stat()) for ancestor in (folder, *folder.parents))

    def _may_search(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def the_caller() -> Account:
    """The account of this process."""
    return Account(os.geteuid(), os.getegid())


def account_for(folder: Path) -> Account:
    """The caller; for root, the owner of the nearest existing ancestor when it is a person (sudo), else nobody."""
    if os.geteuid() != 0:
        return the_caller()
    owner = _nearest(folder).stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = pwd.getpwnam(NOBODY)
    return Account(entry.pw_uid, entry.pw_gid)


def crossable_home(folder: Path, account: Account) -> Path:
    """The folder itself, or where it is moved to when the account cannot walk there (a clone under /root).

    `folder` then is a symbolic link, so that the next call finds the same place. Nobody's permissions are widened.
    """
    if folder.is_symlink():
        home = folder.readlink()
        home.mkdir(parents=True, exist_ok=True)
    elif account.can_cross(_nearest(folder.parent)):
        folder.mkdir(parents=True, exist_ok=True)
        home = folder
    else:
        home = _elsewhere(folder)
    home.chmod(0o700)
    account.give(home)
    return home


def _nearest(folder: Path) -> Path:
    return next(ancestor for ancestor in (folder, *folder.parents) if ancestor.exists())


def _elsewhere(folder: Path) -> Path:
    ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    for origin in ELSEWHERE.glob("*/origin"):
        link = Path(origin.read_text())
        if not link.is_symlink() or link.readlink() != origin.parent:
            shutil.rmtree(origin.parent)
    if folder.exists():
        folder.rmdir()
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=ELSEWHERE))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(home)
    (home / "origin").write_text(
        str(folder)
    )  # last: what has an origin and no link to it is swept, by anyone, at any time
    return home


def crossable_copy(source: Path, account: Account) -> Path:
    """The programs' folder itself, or a copy of it that the account can run."""
    if account.can_cross(source):
        return source
    mark = hashlib.sha256(f"{source}:{(source / 'bin' / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:16]
    ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    copy = ELSEWHERE / f"programs-{mark}"
    if copy.exists():
        return copy
    being_made = Path(tempfile.mkdtemp(prefix=f"{copy.name}-", dir=ELSEWHERE))
    shutil.copytree(source, being_made, dirs_exist_ok=True, ignore=shutil.ignore_patterns("include", "*.a"))
    being_made.chmod(0o755)
    try:
        being_made.rename(copy)
    except OSError:
        shutil.rmtree(being_made)
    return copy
