"""Ports that a server can come back to, and processes that are told dead from alive."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.embedded.processes import PORTS, end_process, free_port, has_ended, lives_in

HOST = "127.0.0.1"


def test_a_free_port_is_kept_and_a_taken_one_is_replaced() -> None:
    port = free_port(HOST)
    assert port in PORTS
    assert free_port(HOST, port) == port
    with socket.create_server((HOST, port)):
        assert free_port(HOST, port) in set(PORTS) - {port}


def test_no_port_is_one_that_an_outgoing_connection_may_be_lent() -> None:
    told = Path("/proc/sys/net/ipv4/ip_local_port_range")  # elsewhere than on Linux: the range of RFC 6335
    first, last = map(int, told.read_text().split()) if told.exists() else (49_152, 65_535)
    assert not set(PORTS) & set(range(first, last + 1))


def test_a_zombie_has_ended_and_its_folder_is_no_proof(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('pret', flush=True)\nimport time\ntime.sleep(600)"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert not has_ended(process.pid)
        assert lives_in(process.pid, tmp_path)
        assert not lives_in(process.pid, tmp_path.parent)
        end_process(process.pid, signal.SIGKILL, timeout_s=10)
        os.kill(process.pid, 0)  # not buried yet: the number is still taken
        assert has_ended(process.pid)
        assert not lives_in(process.pid, tmp_path)
    assert has_ended(process.pid)


def test_a_process_that_does_not_end_is_reported() -> None:
    command = [
        sys.executable,
        "-c",
        "import signal\nsignal.signal(15, signal.SIG_IGN)\nprint(flush=True)\nsignal.pause()",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(TimeoutError, match="SIGTERM"):
            end_process(process.pid, signal.SIGTERM, timeout_s=0.1)
        process.kill()
