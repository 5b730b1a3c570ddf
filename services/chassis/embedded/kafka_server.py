"""The process of an embedded Kafka broker: formatted, launched, found again, ended."""

import asyncio
import base64
import signal
import socket
import subprocess
import threading
import time
import uuid
from pathlib import Path
from string import Template

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.chassis.embedded.account import the_caller
from services.chassis.embedded.errors import DemarrageImpossible, OutilAbsent, last_lines
from services.chassis.embedded.kafka_jars import DEPLOY, JAVA_ABSENT, KafkaJars, java
from services.chassis.embedded.processes import end_process, free_port, launch, lives_in

HOST = "127.0.0.1"
MEMORY = ("-Xms64m", "-Xmx256m", "-XX:MaxDirectMemorySize=64m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
# C1 alone: the formatting tool lives one second.
SHORT_LIVED = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOGGING = (
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)
# The shell writes the number of the process that it becomes, so that no launched broker goes unrecorded.
RECORDED = ("/bin/sh", "-c", 'echo $$ > pid && exec "$@"', "sh")


class KafkaServer:
    """One broker's folder and the process that serves it; the caller sees to it that one process at a time acts.

    home: `data/` (topics and metadata), `log` and `log.1` (this run and the one before), `ports`, `pid`.
    """

    def __init__(self, home: Path, jars: KafkaJars) -> None:
        self.home = home.resolve()
        self.log = self.home / "log"
        self._jars = jars

    @property
    def port(self) -> int:
        """The loopback port for clients: chosen at the first launch, then kept while it is free."""
        return self._ports()[0]

    @property
    def pid(self) -> int | None:
        """The broker's process, or None when nothing serves this folder."""
        try:
            recorded = (self.home / "pid").read_text().strip()
        except FileNotFoundError:
            return None
        return int(recorded) if recorded.isdecimal() and lives_in(int(recorded), self.home) else None

    def serve(self, deadline: float) -> None:
        """Return when the broker answers a metadata request, launched if need be. Raises as `EmbeddedPart.start`."""
        found = self.pid
        pid = found or self._launch()
        while not self.answers():
            if not lives_in(pid, self.home) or time.monotonic() > deadline:
                if found is None:
                    self.end(signal.SIGKILL)
                said = self.log.read_text(errors="replace")
                raise _refusal(f"Kafka (processus {pid}) ne répond pas dans {self.home}", said)
            time.sleep(0.05)

    def end(self, how: signal.Signals, timeout_s: float = 60) -> None:
        """Send the signal, if a process serves, and wait until it is gone. Raises TimeoutError."""
        if (pid := self.pid) is not None:
            end_process(pid, how, timeout_s)

    def answers(self) -> bool:
        """Whether a metadata request names a broker in service."""
        try:
            socket.create_connection((HOST, self.port), timeout=1).close()
        except OSError:
            return False
        found: list[bool] = []
        asking = threading.Thread(target=lambda: found.append(asyncio.run(_has_a_broker(f"{HOST}:{self.port}"))))
        asking.start()  # a loop of its own: the caller's may be running
        asking.join()
        return found == [True]

    def _ports(self) -> tuple[int, int]:
        broker, controller = (self.home / "ports").read_text().split()
        return int(broker), int(controller)

    def _choose_ports(self) -> None:
        before = self._ports() if (self.home / "ports").exists() else (0, 0)
        broker = free_port(HOST, before[0])
        while (controller := free_port(HOST, before[1])) == broker:
            pass
        (self.home / "ports").write_text(f"{broker} {controller}\n")
        template = Template((DEPLOY / "server.properties").read_text())
        self._properties.write_text(
            template.substitute(host=HOST, broker_port=broker, controller_port=controller, data=self.home / "data")
        )

    @property
    def _properties(self) -> Path:
        return self.home / "server.properties"

    def _format(self) -> None:
        if (self.home / "data" / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        done = subprocess.run(
            [
                *(java(), *SHORT_LIVED, "-cp", f"{self._jars.folder}/*", "kafka.tools.StorageTool"),
                *("format", "--standalone", "-t", cluster, "-c", self._properties),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
        )
        if done.returncode != 0:
            raise _refusal("Le formatage de Kafka a échoué", done.stdout + done.stderr)

    def _launch(self) -> int:
        self._jars.install()
        self._choose_ports()
        self._format()
        if self.log.exists():
            self.log.rename(self.home / "log.1")
        with self.log.open("wb") as log:
            classes = ("-cp", f"{self._jars.folder}/*", "kafka.Kafka")
            command: list[str | Path] = [*RECORDED, java(), *MEMORY, *LOGGING, *classes, self._properties]
            return launch(command, folder=self.home, log=log, account=the_caller()).pid


async def _has_a_broker(address: str) -> bool:
    client = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=2_000)
    try:
        await client.start()
        return bool((await client.describe_cluster())["brokers"])
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()


def _refusal(sentence: str, said: str) -> DemarrageImpossible | OutilAbsent:
    if "UnsupportedClassVersionError" in said:
        return OutilAbsent(JAVA_ABSENT)
    return DemarrageImpossible(f"{sentence} :\n{last_lines(said)}")
