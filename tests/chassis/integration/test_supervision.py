"""Real children that speak, crash, refuse to end or lose their parent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis.embedded.processes import has_ended
from services.chassis.supervision import EX_CONFIG, Child, ChildStatus, Etat, Patience, Supervisor

ROOT = Path(__file__).parents[3]
QUICK = Patience(first_delay_s=0.01, longest_delay_s=0.04, steady_s=30, crashes=4, grace_s=5)
SLEEPS = "import time\nprint('pret')\ntime.sleep(600)"
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPS
POLITE = (
    "import signal, sys, time\n"
    "def au_revoir(*_):\n    print('au revoir')\n    sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, au_revoir)\n"
) + SLEEPS.removeprefix("import time\n")


def python(name: str, script: str, **env: str) -> Child:
    return Child(name, [sys.executable, "-c", script], env)


class Output:
    """The lines written, and a way to wait for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def until(self, wanted: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(120):
            while not wanted(self.lines):
                self._more.clear()
                await self._more.wait()


def gone(pid: int, within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while not has_ended(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


async def test_lines_of_both_outputs_carry_their_name() -> None:
    output = Output()
    script = (
        "import sys\nprint('un')\nprint('deux', file=sys.stderr)\n"
        "sys.stdout.buffer.write(b'\\xff accentu\\xc3\\xa9\\n' + b'z' * 200_000 + b'\\nfin sans retour')"
    )
    code = await Supervisor([python("api", script), python("worker", "print('bonjour')")], write=output).run()
    assert code == 0
    api = [line.removeprefix("api    | ") for line in output.lines if line.startswith("api ")]
    assert api[:2] == ["un", "deux"]
    assert api[2] == "\ufffd accentué"
    assert sum(line.count("z") for line in api) == 200_000
    assert api[-1] == "fin sans retour"
    assert "worker | bonjour" in output.lines


async def test_a_child_has_its_environment_and_the_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGIS_COMMUN", "oui")
    output = Output()
    script = "import os\nprint(os.environ['LOGIS_COMMUN'], os.environ['LOGIS_PORT'])"
    assert await Supervisor([python("api", script, LOGIS_PORT="8001")], write=output).run() == 0
    assert "api   | oui 8001" in output.lines


async def test_a_crashed_child_is_started_again_and_the_others_go_on() -> None:
    output = Output()
    seen: list[ChildStatus] = []
    children = [python("fragile", "import os\nprint('vivant')\nos.kill(os.getpid(), 9)"), python("solide", SLEEPS)]
    supervisor = Supervisor(children, patience=QUICK, write=output, on_change=seen.append)
    running = asyncio.create_task(supervisor.run())
    await output.until(lambda lines: lines.count("fragile | vivant") == 3)
    fragile, solide = supervisor.status()
    assert fragile.starts == 3
    assert (solide.etat, solide.starts) == (Etat.RUNNING, 1)
    assert any(status.name == "fragile" and status.exit_code == -signal.SIGKILL for status in seen)
    supervisor.stop()
    await running
    assert [status.etat for status in supervisor.status()] == [Etat.ENDED, Etat.ENDED]


async def test_a_child_that_crashes_without_end_stops_all_with_one() -> None:
    output = Output()
    supervisor = Supervisor(
        [python("fragile", "raise SystemExit(3)"), python("solide", POLITE)], patience=QUICK, write=output
    )
    assert await supervisor.run() == 1
    fragile, solide = supervisor.status()
    assert (fragile.starts, fragile.exit_code) == (QUICK.crashes, 3)
    assert solide.etat is Etat.ENDED
    assert any("4 fois de suite (code 3)" in line for line in output.lines)


async def test_a_child_killed_from_outside_is_never_given_up() -> None:
    output = Output()
    children = [python("abattu", "import os\nprint('vivant')\nos.kill(os.getpid(), 9)")]
    supervisor = Supervisor(children, patience=QUICK, write=output)
    running = asyncio.create_task(supervisor.run())
    await output.until(lambda lines: lines.count("abattu | vivant") > QUICK.crashes + 1)
    supervisor.stop()
    assert await running == 0


async def test_a_child_that_ran_long_enough_has_its_crashes_forgotten() -> None:
    output = Output()
    patience = Patience(first_delay_s=0.01, longest_delay_s=0.01, steady_s=0, crashes=2, grace_s=5)
    supervisor = Supervisor(
        [python("fragile", "print('vivant')\nraise SystemExit(3)")], patience=patience, write=output
    )
    running = asyncio.create_task(supervisor.run())
    await output.until(lambda lines: lines.count("fragile | vivant") == 5)
    supervisor.stop()
    assert await running == 0


async def test_a_refused_configuration_is_not_tried_again() -> None:
    output = Output()
    script = f"print('LOGIS_DSN manque')\nraise SystemExit({EX_CONFIG})"
    supervisor = Supervisor([python("api", script), python("solide", SLEEPS)], write=output)
    assert await supervisor.run() == 1
    assert supervisor.status()[0].starts == 1
    assert "api    | LOGIS_DSN manque" in output.lines


async def test_a_child_that_ended_well_is_left_alone() -> None:
    supervisor = Supervisor([python("migration", "print('fait')")], write=Output())
    assert await supervisor.run() == 0
    assert supervisor.status()[0] == ChildStatus("migration", Etat.ENDED, None, 1, 0)


async def test_a_command_that_does_not_exist_is_named() -> None:
    output = Output()
    supervisor = Supervisor([Child("absent", ["/nulle/part/logis"])], patience=QUICK, write=output)
    assert await supervisor.run() == 1
    assert any("/nulle/part/logis" in line for line in output.lines)


async def test_a_stop_lets_a_child_say_goodbye() -> None:
    output = Output()
    supervisor = Supervisor([python("poli", POLITE)], patience=QUICK, write=output)
    running = asyncio.create_task(supervisor.run())
    await output.until(lambda lines: "poli  | pret" in lines)
    supervisor.stop()
    assert await running == 0
    assert "poli  | au revoir" in output.lines


async def test_a_child_deaf_to_sigterm_is_killed_and_told() -> None:
    output = Output()
    patience = Patience(grace_s=0.3)
    supervisor = Supervisor([python("sourd", DEAF), python("poli", POLITE)], patience=patience, write=output)
    running = asyncio.create_task(supervisor.run())
    await output.until(lambda lines: sum("pret" in line for line in lines) == 2)
    supervisor.stop()
    assert await running == 1
    assert supervisor.status()[0].exit_code == -signal.SIGKILL
    assert any("sourd ne s'est pas arrêté" in line for line in output.lines)
    assert "poli  | au revoir" in output.lines


async def test_a_second_stop_does_not_wait() -> None:
    output = Output()
    supervisor = Supervisor([python("sourd", DEAF)], patience=Patience(grace_s=600), write=output)
    running = asyncio.create_task(supervisor.run())
    await output.until(lambda lines: "sourd | pret" in lines)
    supervisor.stop()
    supervisor.stop()
    assert await asyncio.wait_for(running, 10) == 1


async def test_what_a_crashed_child_had_started_is_killed() -> None:
    output = Output()
    script = (
        "import os, subprocess, sys\n"
        "enfant = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('enfant', enfant.pid, flush=True)\nos._exit(3)"
    )
    once = Patience(crashes=1)
    assert await Supervisor([python("pere", script)], patience=once, write=output).run() == 1
    pid = next(int(line.split()[-1]) for line in output.lines if "enfant" in line)
    assert gone(pid)


def test_the_grace_is_ten_seconds() -> None:
    assert Patience().grace_s == 10


def test_two_children_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Supervisor([python("api", ""), python("api", "")])


PARENT = """
import asyncio, os, sys
from services.chassis.supervision import Child, Supervisor
children = [Child(name, [sys.executable, "-c", os.environ["SCRIPT"]]) for name in ("un", "deux")]
supervisor = Supervisor(children, on_change=lambda status: status.pid and print("pid", status.pid, flush=True))
sys.exit(asyncio.run(supervisor.run()))
"""


def parent_of(script: str) -> tuple[subprocess.Popen[str], list[int]]:
    environment = {**os.environ, "SCRIPT": script}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids: list[int] = []
    ready = 0
    while ready < 2:
        line = parent.stdout.readline()
        ready += "pret" in line
        if line.startswith("pid"):
            pids.append(int(line.split()[1]))
    return parent, pids


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_parent_stops_all_in_good_order(number: signal.Signals) -> None:
    parent, pids = parent_of(POLITE)
    parent.send_signal(number)
    said, _ = parent.communicate(timeout=20)
    assert parent.returncode == 0
    assert said.count("au revoir") == 2
    assert all(gone(pid) for pid in pids)


def test_children_die_with_a_parent_killed_without_notice() -> None:
    parent, pids = parent_of(DEAF)
    assert len(pids) == 2
    parent.kill()
    assert all(gone(pid) for pid in pids)
    parent.communicate(timeout=20)
