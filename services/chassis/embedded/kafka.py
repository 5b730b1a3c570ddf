"""Apache Kafka on one machine: one broker that is its own controller, shared by the processes that use it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    BrokerResponseError,
    NoError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)

from services.chassis.embedded.kafka_jars import KafkaJars
from services.chassis.embedded.kafka_server import HOST, KafkaServer
from services.chassis.embedded.part import EmbeddedPart

DEFAULT_FOLDER = Path(".logis/kafka")
PARTITIONS = 12


class KafkaBroker(EmbeddedPart):
    """A Kafka broker in a folder, on a loopback port that the folder remembers.

    What a producer got acknowledged survives `kill`: `start` takes up the same data on the same port.
    """

    def __init__(self, folder: Path = DEFAULT_FOLDER, *, jars: KafkaJars | None = None) -> None:
        self._jars = jars or KafkaJars()
        self._server = KafkaServer(folder, self._jars)
        super().__init__(self._server)

    def install(self) -> None:
        """Bring the broker's jars through Maven, unless they are there. Raises OutilAbsent, DemarrageImpossible."""
        self._jars.install()

    @property
    def bootstrap(self) -> str:
        """What clients take as `bootstrap_servers`."""
        return f"{HOST}:{self._server.port}"

    @property
    def log(self) -> Path:
        """The broker's journal of this run."""
        return self._server.log

    def answers(self) -> bool:
        """Whether a metadata request is answered now."""
        return self._server.pid is not None and self._server.answers()

    def forget(self) -> None:
        """Erase every topic and mark, unless a broker runs here."""
        with self._tenancy.alone():
            if self._server.pid is None:
                shutil.rmtree(self._server.home / "data", ignore_errors=True)

    async def create_topic(self, name: str, partitions: int = PARTITIONS) -> None:
        """Create a topic unless it exists. Raises aiokafka's KafkaError."""
        async with self._administration() as client:
            response = await client.create_topics([NewTopic(name, partitions, 1)])
        _check(response.topic_errors[0][1], name, harmless=TopicAlreadyExistsError)

    async def delete_topic(self, name: str) -> None:
        """Delete a topic if it exists. Raises aiokafka's KafkaError."""
        async with self._administration() as client:
            response = await client.delete_topics([name])
        _check(response.topic_error_codes[0][1], name, harmless=UnknownTopicOrPartitionError)

    @asynccontextmanager
    async def _administration(self) -> AsyncIterator[AIOKafkaAdminClient]:
        client = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=10_000)
        await client.start()
        try:
            yield client
        finally:
            await client.close()


def _check(code: int, topic: str, *, harmless: type[BrokerResponseError]) -> None:
    if code not in (NoError.errno, harmless.errno):
        raise for_code(code)(topic)
