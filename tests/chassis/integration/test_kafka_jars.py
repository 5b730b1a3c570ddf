"""What the broker needs is named when it is missing, and refused when it is not what the repository lists."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.chassis import kafka_cli
from services.chassis.embedded.errors import DemarrageImpossible, OutilAbsent
from services.chassis.embedded.kafka import KafkaBroker
from services.chassis.embedded.kafka_jars import DEPLOY, KafkaJars, java
from services.logis import application

app = application(["kafka"])


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """The repository's list in a folder without jars."""
    for name in ("pom.xml", "jars.sha256"):
        shutil.copy(DEPLOY / name, tmp_path)
    return tmp_path


def maven_that(does: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nfor last; do :; done\nlib=${{last#*=}}\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_without_java_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(OutilAbsent, match=r"installez un JDK.*install a JDK"):
        java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutilAbsent, match="JAVA_HOME"):
        java()


def test_without_maven_the_message_says_what_to_install(deploy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(deploy))
    with pytest.raises(OutilAbsent, match=r"apt-get install maven.*Maven was not found"):
        KafkaJars(deploy).install()


def test_a_failure_of_maven_is_told_in_its_words(deploy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maven_that("echo '[ERROR] no route to the repository'; exit 1", deploy, monkeypatch)
    with pytest.raises(DemarrageImpossible, match="no route to the repository"):
        KafkaJars(deploy).install()
    assert not KafkaJars(deploy).are_installed()


def test_a_jar_that_is_not_the_listed_one_is_refused(deploy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maven_that('mkdir -p "$lib" && echo forged > "$lib/kafka-clients-4.1.0.jar"', deploy, monkeypatch)
    with pytest.raises(DemarrageImpossible, match=r"kafka-clients-4\.1\.0\.jar"):
        KafkaJars(deploy).install()
    assert not (deploy / "lib").exists()


def test_the_listed_jars_are_installed_once(deploy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (deploy / "jars.sha256").write_text(
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  bonjour.jar\n"  # sha256 of "hello"
    )
    maven_that('mkdir -p "$lib" && printf hello > "$lib/bonjour.jar"', deploy, monkeypatch)
    jars = KafkaJars(deploy)
    jars.install()
    assert jars.are_installed()
    monkeypatch.setenv("PATH", str(deploy))
    jars.install()
    (jars.folder / "bonjour.jar").unlink()
    assert not jars.are_installed()


def test_outside_a_clone_the_message_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(OutilAbsent, match="clone du dépôt"):
        KafkaJars(tmp_path).install()


def test_the_command_line_ends_with_69_when_a_program_is_missing(deploy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(deploy))
    monkeypatch.setattr(kafka_cli, "KafkaBroker", lambda: KafkaBroker(deploy / "kafka", jars=KafkaJars(deploy)))
    result = CliRunner().invoke(app, ["kafka", "install"])
    assert result.exit_code == kafka_cli.UNAVAILABLE
    assert "apt-get install maven" in result.stderr
