"""PostgreSQL 18 from a wheel: one cluster in a folder, shared by the processes of one machine."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from services.chassis.embedded.account import account_for, crossable_home
from services.chassis.embedded.errors import OutilAbsent
from services.chassis.embedded.part import EmbeddedPart
from services.chassis.embedded.postgres_server import ADMINISTRATOR, HOST, PostgresServer, wheel_folder

DEFAULT_FOLDER = Path(".logis/postgres")
APPLICATION = "logis"
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class EmbeddedPostgres(EmbeddedPart):
    """A PostgreSQL cluster in a folder, on a loopback port that the folder remembers.

    Every write is durable (fsync, synchronous_commit and full_page_writes on): after `kill`, `start` recovers on the
    same port. Databases belong to the role `logis`, which is no superuser, as in production.
    """

    _stops_on = signal.SIGINT  # "fast": ends the sessions; SIGTERM would wait for them

    def __init__(self, folder: Path = DEFAULT_FOLDER, *, settings: Mapping[str, str] | None = None) -> None:
        link = folder.absolute()
        account = account_for(link)
        home = crossable_home(link, account).resolve()
        self._server = PostgresServer(home, account, dict(settings or {}))
        super().__init__(self._server)

    @property
    def log(self) -> Path:
        """The server's journal: no statement text, no parameter, no row ever goes there."""
        return self._server.log

    @property
    def data(self) -> Path:
        """The cluster's own files (WAL included)."""
        return self._server.data

    def dsn(self, database: str, role: str = APPLICATION) -> str:
        """The address for SQLAlchemy on asyncpg."""
        return f"postgresql+asyncpg://{self._address(database, role)}?ssl=disable"

    def plain_dsn(self, database: str, role: str = APPLICATION) -> str:
        """The address for asyncpg itself."""
        return f"postgresql://{self._address(database, role)}?sslmode=disable"

    def environment(self, database: str, role: str = ADMINISTRATOR) -> dict[str, str]:
        """The environment under which `tool` programs find the database: no password on a command line."""
        return os.environ | {
            "PGHOST": HOST,
            "PGPORT": str(self.port),
            "PGUSER": role,
            "PGPASSWORD": self._server.password(role),
            "PGDATABASE": database,
            "PGSSLMODE": "disable",
        }

    def create_database(self, name: str, *, template: str = "template1", role: str = APPLICATION) -> None:
        """Create a database unless it exists. Its owner alone may connect to it.

        template: the database to copy, which nobody may be connected to. Raises ValueError, RuntimeError.
        """
        database, model, owner = _identifier(name), _identifier(template), _identifier(role)
        statements = [
            self._role_creation(owner),
            f'SELECT \'CREATE DATABASE "{database}" OWNER "{owner}" TEMPLATE "{model}"\'',
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec",
            f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC;',
        ]
        try:
            self.sql("\n".join(statements))
        except RuntimeError:
            if not self.has_database(name):  # else another process created it meanwhile
                raise

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, ending the connections to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{_identifier(name)}" WITH (FORCE)')

    def has_database(self, name: str) -> bool:
        """Whether a database of this name exists."""
        return name in self.databases()

    def databases(self) -> list[str]:
        """Every database but PostgreSQL's own."""
        return self.sql(
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
        ).split()

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run statements as administrator; the rows, unaligned. Raises RuntimeError with PostgreSQL's sentence."""
        command = [str(self.tool("psql")), "-XAtq", "-v", "ON_ERROR_STOP=1"]
        environment = self.environment(database)
        done = subprocess.run(
            command, input=statement, capture_output=True, text=True, check=False, env=environment, timeout=300
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    @staticmethod
    def tool(name: str) -> Path:
        """A client program of the wheel: psql, pg_dump, pg_restore, pg_basebackup, pgbench… Raises OutilAbsent."""
        path = wheel_folder() / "bin" / name
        if not path.exists():
            raise OutilAbsent(f"Le programme « {name} » ne fait pas partie du PostgreSQL embarqué.")
        return path

    def _address(self, database: str, role: str) -> str:
        return f"{role}:{self._server.password(role)}@{HOST}:{self.port}/{_identifier(database)}"

    def _prepare(self) -> None:
        self.sql(self._role_creation(APPLICATION))

    def _role_creation(self, role: str) -> str:
        return f"""DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE "{role}" LOGIN PASSWORD '{self._server.password(role)}' IN ROLE pg_monitor;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$;"""


def _identifier(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"{name!r} is no database or role name: [a-z_][a-z0-9_]*, at most 63 characters")
    return name
