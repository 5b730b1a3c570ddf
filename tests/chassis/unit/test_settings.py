"""The settings: read from the environment, refused in one French sentence, documented in one table."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis.settings import EX_CONFIG, PREFIX, Settings, SettingsRefused, load_settings, variable
from services.chassis.settings_table import PAGE, table

DSN = "postgresql+asyncpg://logis:secret-du-dsn@127.0.0.1:5432/demande"


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment in which the API of demande starts."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    for name in ("region.toml", "kek.json", "jwks.json"):
        (tmp_path / name).write_text("")
    monkeypatch.setenv("LOGIS_REGION", str(tmp_path / "region.toml"))
    monkeypatch.setenv("LOGIS_KEK_FILE", str(tmp_path / "kek.json"))
    monkeypatch.setenv("LOGIS_JWKS", str(tmp_path / "jwks.json"))
    monkeypatch.setenv("LOGIS_ISSUER", "https://jetons.region.test")
    monkeypatch.setenv("LOGIS_DEMANDE_DSN", DSN)
    monkeypatch.setenv("LOGIS_KEYS_DSN", DSN)
    return monkeypatch


def test_a_complete_environment_is_read(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("LOGIS_COTATION_URL", "http://cotation.region.test/")
    settings = load_settings("demande", "api", also=["cotation_url"])
    assert settings.dsn("demande") == DSN
    assert settings.url("cotation") == "http://cotation.region.test"
    assert (settings.transport, settings.audience) == ("feed", "logis")


@pytest.mark.parametrize("name", ["REGION", "DEMANDE_DSN", "KEYS_DSN", "KEK_FILE", "JWKS", "ISSUER"])
def test_a_missing_setting_is_named(environ: pytest.MonkeyPatch, name: str) -> None:
    environ.delenv(PREFIX + name)
    with pytest.raises(SettingsRefused, match=rf"^Il manque {PREFIX}{name} \(.*\) : donnez la valeur[^.]*\.$"):
        load_settings("demande", "api")


def test_an_empty_setting_is_a_missing_one(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("LOGIS_ISSUER", "")
    with pytest.raises(SettingsRefused, match=r"^Il manque LOGIS_ISSUER"):
        load_settings("demande", "api")


def test_every_missing_setting_is_named_at_once(environ: pytest.MonkeyPatch) -> None:
    environ.delenv("LOGIS_JWKS")
    environ.delenv("LOGIS_ISSUER")
    with pytest.raises(SettingsRefused, match=r"LOGIS_JWKS .* et LOGIS_ISSUER"):
        load_settings("demande", "api")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEMANDE_DSN", "postgresql://sans-pilote/demande"),
        ("DEMANDE_DSN", "n'importe quoi"),
        ("COTATION_URL", "ftp://ailleurs"),
        ("REGION", "/absente/region.toml"),
        ("JWKS", "/absente/jwks.json"),
        ("TRANSPORT", "pigeon"),
        ("KAFKA_BOOTSTRAP", "sans-port"),
        ("LOG_LEVEL", "bavard"),
        ("REQUEST_SECONDS", "beaucoup"),
        ("BODY_BYTES", "12"),
        ("IDEMPOTENCY_DAYS", "-7"),
        ("TOKEN_LEEWAY_SECONDS", "3600"),
        ("SMTP_FROM", "pas une adresse"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_kept_quiet(environ: pytest.MonkeyPatch, name: str, value: str) -> None:
    environ.setenv(PREFIX + name, value)
    with pytest.raises(SettingsRefused, match=rf"^La valeur donnée n'est pas acceptée pour {PREFIX}{name} ") as refused:
        load_settings("demande", "api")
    assert value not in str(refused.value)


def test_kafka_asks_for_its_brokers(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("LOGIS_TRANSPORT", "kafka")
    with pytest.raises(SettingsRefused, match=r"^Il manque LOGIS_KAFKA_BOOTSTRAP"):
        load_settings("demande", "worker")
    environ.setenv("LOGIS_KAFKA_BOOTSTRAP", "a.test:9092,b.test:9092")
    assert load_settings("demande", "worker").kafka_bootstrap == "a.test:9092,b.test:9092"


def test_a_process_asks_only_for_what_it_uses(environ: pytest.MonkeyPatch) -> None:
    for name in ("LOGIS_JWKS", "LOGIS_ISSUER", "LOGIS_REGION", "LOGIS_KEK_FILE"):
        environ.delenv(name)
    load_settings("demande", "migrate")
    with pytest.raises(SettingsRefused, match="LOGIS_REGION"):
        load_settings("demande", "worker")


def test_a_misspelt_setting_is_refused_rather_than_ignored(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("LOGIS_LOG_LEVELS", "debug")
    with pytest.raises(SettingsRefused, match=r"LOGIS_LOG_LEVELS n'est pas .* vouliez-vous dire LOGIS_LOG_LEVEL"):
        load_settings("demande", "api")


def test_a_secret_does_not_print(environ: pytest.MonkeyPatch) -> None:
    assert "secret-du-dsn" not in repr(load_settings("demande", "api"))


def test_a_refused_configuration_ends_the_process_with_78() -> None:
    script = "from services.chassis.settings import settings_or_exit; settings_or_exit('demande', 'api')"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env={})
    assert ended.returncode == EX_CONFIG == 78
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith("Il manque LOGIS_DEMANDE_DSN")


def test_the_documented_table_is_the_one_of_the_model() -> None:
    assert PAGE.read_text(encoding="utf-8") == table(), "run `make contracts`"
    assert all(f"`{variable(name)}`" in table() for name in Settings.model_fields)
