"""Becomes another program that the kernel kills when the process which started it dies: `dies_with_parent.py PID ARGV…`.

A program of its own and not a `preexec_fn`: between fork and exec of a process that has threads, Python code may deadlock.
It runs without site-packages (`python -I -S`) and imports the standard library only.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, argv: list[str]) -> None:
    """Ask for the signal, make sure that the parent still lives, become the program."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the request; the request concerns later deaths only
        sys.exit(1)
    try:
        os.execvp(argv[0], argv)  # noqa: S606  the command of the deployment, no shell
    except OSError as error:
        sys.exit(f"{argv[0]} : {error.strerror}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
