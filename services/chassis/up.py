"""`logis up`: the region on one machine, the database from a wheel, the broker through Maven or none."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.chassis.access.development import ISSUER, DevelopmentKeys
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.embedded.part import EmbeddedPart
from services.chassis.embedded.postgres import EmbeddedPostgres
from services.chassis.embedded.watch import Watch
from services.chassis.environnement import ecrire_environnement
from services.chassis.processes import initialise_service, migrate_service
from services.chassis.service import Service
from services.chassis.settings import Settings, variable
from services.chassis.supervision import Child, Patience, Supervisor
from services.chassis.vault.kek import FileKekRing

REGION = Path("deploy/regions/demonstration/region.toml")
SERVICE_ROLE = "gestionnaire"
PATIENCE = Patience(longest_delay_s=2, steady_s=10)  # somebody looks at this output and wants the region back


@dataclass(frozen=True, slots=True)
class Laptop:
    """Where everything lies, and how it is reached. folder: `.logis`, all that is lasting; port: of the APIs."""

    folder: Path
    port: int
    region: Path
    organisation: str
    kafka: bool = False

    @property
    def url(self) -> str:
        """The base address of the APIs, each service under its name."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> DevelopmentKeys:
        """The development signing keys."""
        return DevelopmentKeys(self.folder / "jetons")

    def environment(
        self, services: Sequence[Service], postgres: EmbeddedPostgres, broker: KafkaBroker | None
    ) -> dict[str, str]:
        """The settings of every process, as the environment says them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.keys.create()
        ring = FileKekRing.create(self.folder / "trousseau.json")
        values: dict[str, object] = {
            "region": self.region,
            "keys_dsn": postgres.dsn("logis_keys"),
            "kek_file": ring.path,
            "jwks": self.keys.jwks,
            "issuer": ISSUER,
            "token_file": self._token(),
            "host": "127.0.0.1",
            "port": self.port,
            "requests_per_second": 5_000,
            "requests_burst": 5_000,
            "transport": "kafka" if broker else "feed",
        }
        for service in services:
            values[f"{service.name}_dsn"] = postgres.dsn(f"logis_{service.name}")
            values[f"{service.name}_url"] = f"{self.url}/{service.name}"
        if broker:
            values["kafka_bootstrap"] = broker.bootstrap
        environment = {variable(name): str(value) for name, value in values.items()}
        ecrire_environnement(self.folder, environment)
        return environment

    def _token(self) -> Path:
        """The token by which the services call each other."""
        token = self.keys.sign(
            organisation=self.organisation,
            roles=[SERVICE_ROLE],
            acteur="service:logis",
            audience="logis",
            now=datetime.now(UTC),
            duration=timedelta(days=30),
        )
        path = self.folder / "jetons" / "services.jwt"
        draft = path.with_suffix(".nouveau")
        draft.touch(mode=0o600)
        draft.write_text(token)
        draft.replace(path)
        return path


def bring_up(laptop: Laptop, services: Sequence[Service], commands: Sequence[Sequence[str]]) -> int:
    """Start what is embedded, migrate, run the processes until SIGINT or SIGTERM. What dies, process, database or broker, is
    started again. Returns the exit code."""
    with ExitStack() as stack:
        postgres = stack.enter_context(EmbeddedPostgres(laptop.folder / "postgres"))
        broker = stack.enter_context(KafkaBroker(laptop.folder / "kafka")) if laptop.kafka else None
        prepare(laptop, services, postgres, broker)
        children = [
            Child("-".join(command), (sys.executable, "-m", "services.logis", *command)) for command in commands
        ]
        parts = {"PostgreSQL": postgres} | ({} if broker is None else {"Kafka": broker})
        return asyncio.run(_supervise(Supervisor(children, patience=PATIENCE), parts))


async def _supervise(supervisor: Supervisor, parts: Mapping[str, EmbeddedPart]) -> int:
    """Run the children and watch over what they stand on; all stops when a part cannot be brought back."""
    watching = asyncio.create_task(Watch(parts, supervisor.say).run())
    watching.add_done_callback(lambda _: supervisor.stop())
    code = await supervisor.run()
    watching.cancel()
    lost = (await asyncio.gather(watching, return_exceptions=True))[0]
    return code if isinstance(lost, asyncio.CancelledError) else 1


def prepare(
    laptop: Laptop, services: Sequence[Service], postgres: EmbeddedPostgres, broker: KafkaBroker | None
) -> dict[str, str]:
    """Create and migrate the databases; returns the environment of the processes, which is also this process's from then on."""
    for name in ("keys", *(service.name for service in services)):
        postgres.create_database(f"logis_{name}")
    environment = laptop.environment(services, postgres, broker)
    os.environ.update(environment)
    settings = Settings()

    async def migrate_all() -> None:
        for service in services:
            await migrate_service(service, settings)
            await initialise_service(service, settings)

    asyncio.run(migrate_all())
    return environment
