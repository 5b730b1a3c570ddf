"""The embedded broker: started, shared, killed, started again; what was acknowledged is there."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from click.testing import Result
from typer.testing import CliRunner

from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.kafka_cli import NOT_RUNNING
from services.logis import application

app = application(["kafka"])

ROOT = Path(__file__).parents[3]


async def read_all(kafka: KafkaBroker, topic: str) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(12)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        values: list[bytes] = []
        async with asyncio.timeout(60):
            while len(values) < sum(ends.values()):
                batches = await consumer.getmany(timeout_ms=1_000)
                values += [record.value for records in batches.values() for record in records]
        return values
    finally:
        await consumer.stop()


def command(kafka: KafkaBroker, *words: str) -> Result:
    return CliRunner().invoke(app, ["kafka", *words, "--dossier", str(kafka.log.parent)])


async def test_a_topic_has_its_partitions_and_is_created_once(kafka: KafkaBroker, topic: str) -> None:
    await kafka.create_topic(topic)
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await client.start()
    (described,) = await client.describe_topics([topic])
    assert len(described["partitions"]) == 12
    await client.close()


async def test_a_topic_that_was_not_created_does_not_appear(kafka: KafkaBroker) -> None:
    await kafka.delete_topic("jamais-cree")
    client = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await client.start()
    assert "jamais-cree" not in await client.list_topics()
    await client.close()


async def test_what_was_acknowledged_survives_a_kill_under_load(kafka: KafkaBroker, topic: str) -> None:
    acknowledged: list[bytes] = []
    enough = asyncio.Event()

    async def keep_sending(producer: AIOKafkaProducer, first: int) -> None:
        for number in range(first, first + 300):
            value = b"%d" % number
            await producer.send_and_wait(topic, value, key=value)
            acknowledged.append(value)
            if len(acknowledged) == 400:
                enough.set()

    address, pid = kafka.bootstrap, kafka.pid
    async with AIOKafkaProducer(
        bootstrap_servers=address, enable_idempotence=True, request_timeout_ms=60_000
    ) as producer:
        senders = [asyncio.create_task(keep_sending(producer, n * 1_000)) for n in range(4)]
        await asyncio.wait_for(enough.wait(), 60)
        await asyncio.to_thread(kafka.kill)
        assert kafka.pid is None
        assert not kafka.answers()
        await kafka.start_async()
        assert kafka.bootstrap == address
        assert kafka.pid != pid
        await asyncio.gather(*senders)
    assert len(acknowledged) == 1_200
    assert sorted(await read_all(kafka, topic)) == sorted(acknowledged)


async def test_data_survive_a_stop_by_command_and_a_taken_port_is_changed(kafka: KafkaBroker, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        await producer.send_and_wait(topic, b"avant")
    address = kafka.bootstrap

    stopped = command(kafka, "stop")
    assert (stopped.exit_code, stopped.stdout.strip()) == (0, "Kafka est arrêté.")
    assert kafka.pid is None
    host, port = address.split(":")
    with socket.create_server((host, int(port))):
        started = command(kafka, "start")
        assert started.exit_code == 0, started.stderr
        assert kafka.bootstrap != address
        assert kafka.bootstrap in started.stdout
    assert await read_all(kafka, topic) == [b"avant"]

    kafka.stop()
    assert kafka.answers(), "what the command started must outlive the others' use of it"
    kafka.start()
    (kafka.log.parent / "kept").unlink()


def test_another_process_joins_and_leaves_it_running(kafka: KafkaBroker, topic: str) -> None:
    script = (
        "import asyncio, sys\nfrom services.chassis.embedded.kafka import *\n"
        "with KafkaBroker(Path(sys.argv[1])) as broker:\n"
        "    print(broker.pid, broker.bootstrap, broker.answers())\n"
    )
    command = [sys.executable, "-c", script, str(kafka.log.parent)]
    joined = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert joined.stdout.split() == [str(kafka.pid), kafka.bootstrap, "True"]
    assert kafka.answers()


def test_its_memory_is_bounded(kafka: KafkaBroker) -> None:
    command = Path(f"/proc/{kafka.pid}/cmdline").read_bytes().split(b"\0")
    assert b"-Xmx256m" in command
    assert b"-XX:+ExitOnOutOfMemoryError" in command


def test_the_command_line_tells_whether_it_runs(kafka: KafkaBroker, tmp_path: Path) -> None:
    running = command(kafka, "status", "--json")
    assert running.exit_code == 0
    assert json.loads(running.stdout)["adresse"] == kafka.bootstrap
    stopped = CliRunner().invoke(app, ["kafka", "status", "--dossier", str(tmp_path)])
    assert stopped.exit_code == NOT_RUNNING
    assert "ne tourne pas" in stopped.stdout


async def test_a_producer_is_refused_a_topic_that_nobody_created(kafka: KafkaBroker) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, request_timeout_ms=1_000) as producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("jamais-cree", b"rien")
