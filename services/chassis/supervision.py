"""A few processes run as one: their lines in one output, crashes restarted, all stopped together.

For one machine (`logis up --processes`, the fault campaign); in a region each process is a deployment of its own.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

EX_CONFIG = 78
SHIM = Path(__file__).with_name("dies_with_parent.py")
LONGEST_LINE = 65_536
_print = partial(print, flush=True)


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep: its name in the output, its command, what is added to the environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


class Etat(StrEnum):
    """Where a child is in its life."""

    RUNNING = "en-marche"
    WAITING = "attend-de-redemarrer"
    ENDED = "termine"


@dataclass(frozen=True, slots=True)
class ChildStatus:
    """What is known of a child now.

    starts: how many times it was started. exit_code: of its last end, negative for a signal, None before the first.
    """

    name: str
    etat: Etat
    pid: int | None = None
    starts: int = 0
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the supervisor waits, in seconds.

    A crashed child starts again after `first_delay_s`, doubled at each crash up to `longest_delay_s`; one that has run for
    `steady_s` begins anew. After `crashes` crashes in a row all is given up, unless the last was a SIGKILL: that comes from
    outside and says nothing of the child. A stop leaves `grace_s` to every child.
    """

    first_delay_s: float = 0.2
    longest_delay_s: float = 10
    steady_s: float = 30
    crashes: int = 10
    grace_s: float = 10

    def delay_s(self, crashes: int) -> float:
        """The wait before the start that follows this many crashes in a row, >= 1."""
        return min(self.longest_delay_s, self.first_delay_s * 2.0 ** min(crashes - 1, 30))


class Supervisor:
    """Runs the children until a stop is asked for, a child is given up, or all have ended well.

    write: takes one line of output, without its end. on_change: called at each change of a child's status.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        patience: Patience | None = None,
        write: Callable[[str], None] = _print,
        on_change: Callable[[ChildStatus], None] = lambda _: None,
    ) -> None:
        self._children = children
        self._patience = patience or Patience()
        self._write = write
        self._on_change = on_change
        self._status = {child.name: ChildStatus(child.name, Etat.WAITING) for child in children}
        if len(self._status) != len(children):
            raise ValueError("two children have the same name")
        self._width = max(map(len, [*self._status, "logis"]))
        self._stopping = asyncio.Event()
        self._hurried = asyncio.Event()
        self._failed = False

    def status(self) -> list[ChildStatus]:
        """Every child as it is now, in the order given."""
        return list(self._status.values())

    def stop(self) -> None:
        """Ask every child to end (SIGTERM); asked again, kill them."""
        if self._stopping.is_set():
            self._hurried.set()
        self._stopping.set()

    async def run(self) -> int:
        """0 when all ended well or were stopped in good order; 1 when one was given up or had to be killed.

        SIGINT and SIGTERM stop, a second one kills. To be awaited in the main thread: the kernel kills the children
        when the thread that started them ends.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        try:
            async with asyncio.TaskGroup() as group:
                for child in self._children:
                    group.create_task(self._look_after(child))
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
        return 1 if self._failed else 0

    async def _look_after(self, child: Child) -> None:
        clock = asyncio.get_running_loop().time
        crashes = 0
        while not self._stopping.is_set():
            started_at = clock()
            code = await self._run_once(child)
            if self._stopping.is_set():
                break
            if code == 0:
                self.say(f"{child.name} a terminé.")
                break
            crashes = 1 if clock() - started_at >= self._patience.steady_s else crashes + 1
            if code == EX_CONFIG or (crashes >= self._patience.crashes and code != -signal.SIGKILL):
                self._give_up(child, code, crashes)
                break
            delay = self._patience.delay_s(crashes)
            self.say(f"{child.name} s'est arrêté (code {code}) ; il redémarre dans {delay:g} s.")
            self._change(child, etat=Etat.WAITING)
            await _wait(self._stopping, delay)
        self._change(child, etat=Etat.ENDED)

    async def _run_once(self, child: Child) -> int:
        process, pipe, output = await self._spawn(child)
        starts = self._status[child.name].starts + 1
        self._change(child, etat=Etat.RUNNING, pid=process.pid, starts=starts)
        relayed = asyncio.create_task(self._relay(child, output))
        ended = asyncio.create_task(process.wait())
        asked = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await self._end(child, process, ended)
            code = await ended
            _kill_group(process.pid)
            await asyncio.wait({relayed}, timeout=1)  # a stranger may hold the other end of the pipe
        finally:
            _kill_group(process.pid)
            for task in (relayed, ended, asked):
                task.cancel()
            pipe.close()
        self._change(child, pid=None, exit_code=code)
        return code

    async def _spawn(self, child: Child) -> tuple[Process, asyncio.ReadTransport, asyncio.StreamReader]:
        # Our own pipe: the end of a process is then known when it ends, not when the last holder of its output does.
        reading, writing = os.pipe()
        output = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(output)
        loop = asyncio.get_running_loop()
        pipe, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(reading, "rb", buffering=0))
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(SHIM), str(os.getpid()), *child.argv),
                env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
            )
        finally:
            os.close(writing)
        return process, pipe, output

    async def _end(self, child: Child, process: Process, ended: asyncio.Task[int]) -> None:
        with suppress(ProcessLookupError):
            process.terminate()
        hurried = asyncio.create_task(self._hurried.wait())
        await asyncio.wait({ended, hurried}, timeout=self._patience.grace_s, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not ended.done():
            self._failed = True
            self.say(f"{child.name} ne s'est pas arrêté en {self._patience.grace_s:g} s : il est tué.")
            _kill_group(process.pid)

    async def _relay(self, child: Child, output: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await output.read(LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) >= LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._line(child.name, line)
        if rest:
            self._line(child.name, rest)

    def _give_up(self, child: Child, code: int, crashes: int) -> None:
        self._failed = True
        if code == EX_CONFIG:
            self.say(f"{child.name} refuse sa configuration (code {code}) : tout s'arrête.")
        else:
            self.say(f"{child.name} s'est arrêté {crashes} fois de suite (code {code}) : tout s'arrête.")
        self._stopping.set()

    def _change(self, child: Child, **changes: object) -> None:
        self._status[child.name] = status = replace(self._status[child.name], **changes)  # type: ignore[arg-type]
        self._on_change(status)

    def say(self, sentence: str) -> None:
        """Put a sentence in the output, among the children's lines."""
        self._line("logis", sentence.encode())

    def _line(self, name: str, line: bytes) -> None:
        self._write(f"{name:<{self._width}} | {line.decode(errors='replace').rstrip()}")


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), timeout_s)


def _kill_group(leader: int) -> None:
    """Kill a child and whatever it started: its session is its own, so nobody else is in its group."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
