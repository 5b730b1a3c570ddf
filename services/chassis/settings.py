"""What a process is told by its environment: the `LOGIS_*` settings, each named in one sentence when it is missing or wrong."""

import difflib
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "LOGIS_"
EX_CONFIG = 78  # sysexits.h: the configuration is refused
SERVICES = ("demande", "cotation", "flux", "notifications")

Process = Literal["migrate", "api", "worker", "rebuild", "horloge", "parked"]


class SettingsRefused(Exception):
    """A setting is missing or wrong; the message is the sentence to show."""


def _dsn(value: SecretStr) -> SecretStr:
    try:
        driver = make_url(value.get_secret_value()).drivername
    except ArgumentError as refused:
        raise ValueError("not a DSN") from refused
    if driver != "postgresql+asyncpg":
        raise ValueError("not an asyncpg DSN")
    return value


def _url(value: str) -> str:
    TypeAdapter(AnyHttpUrl).validate_python(value)
    return value.rstrip("/")


def _existing(value: Path) -> Path:
    if not value.is_file():
        raise ValueError("no such file")
    return value


def _jwks(value: str) -> str:
    return _url(value) if value.startswith(("http://", "https://")) else str(_existing(Path(value)))


Dsn = Annotated[SecretStr, AfterValidator(_dsn)]
Url = Annotated[str, AfterValidator(_url)]
ExistingFile = Annotated[Path, AfterValidator(_existing)]
Jwks = Annotated[str, AfterValidator(_jwks)]


def _setting(default: Any, role: str, expected: str, **bounds: Any) -> Any:
    """A field: what it is for, and what is expected of its value (French, both are shown)."""
    return Field(default, description=role, json_schema_extra={"attendu": expected}, **bounds)


def _dsn_of(service: str) -> Any:
    return _setting(None, f"base de données du service {service}", "une adresse postgresql+asyncpg://…")


def _url_of(service: str) -> Any:
    return _setting(None, f"adresse de base du service {service}, pour les autres services", "une adresse http(s)://…")


class Settings(BaseSettings):
    """Every setting of Logis. Those that a process cannot do without are named by `required`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    region: ExistingFile | None = _setting(None, "la région servie", "le chemin d'un fichier region.toml")
    demande_dsn: Dsn | None = _dsn_of("demande")
    cotation_dsn: Dsn | None = _dsn_of("cotation")
    flux_dsn: Dsn | None = _dsn_of("flux")
    notifications_dsn: Dsn | None = _dsn_of("notifications")
    demande_url: Url | None = _url_of("demande")
    cotation_url: Url | None = _url_of("cotation")
    flux_url: Url | None = _url_of("flux")
    notifications_url: Url | None = _url_of("notifications")
    keys_dsn: Dsn | None = _setting(None, "base des clés de scellement", "une adresse postgresql+asyncpg://…")
    kek_file: ExistingFile | None = _setting(
        None, "trousseau des clés qui enveloppent les clés de scellement", "le chemin d'un fichier présent"
    )
    database_connections: int = _setting(
        5, "connexions d'un processus à sa base, pour les écritures et les modèles de lecture", "de 1 à 50", ge=1, le=50
    )
    journal_connections: int = _setting(
        4, "connexions d'un processus à sa base, pour le journal seul", "de 1 à 50", ge=1, le=50
    )

    jwks: Jwks | None = _setting(
        None, "clés publiques qui valident les jetons", "une adresse http(s)://… ou le chemin d'un fichier JWKS"
    )
    issuer: str | None = _setting(None, "émetteur des jetons (iss)", "un texte")
    audience: str = _setting("logis", "public des jetons (aud)", "un texte", min_length=1)
    token_leeway_seconds: int = _setting(
        30, "écart d'horloge toléré avec l'émetteur des jetons, en secondes", "de 0 à 120", ge=0, le=120
    )

    token_file: ExistingFile | None = _setting(
        None, "jeton de ce processus auprès des autres services, renouvelé par la plateforme", "le chemin d'un fichier"
    )

    transport: Literal["feed", "kafka"] = _setting("feed", "par où passent les événements publiés", "feed ou kafka")
    kafka_bootstrap: str | None = _setting(
        None,
        "courtiers Kafka",
        "hôte:port, séparés par des virgules",
        pattern=r"^[\w.\-\[\]:]+:\d{1,5}(,[\w.\-\[\]:]+:\d{1,5})*$",
    )

    smtp_host: str | None = _setting(None, "serveur d'envoi des courriels", "un nom d'hôte")
    smtp_port: int = _setting(25, "port du serveur d'envoi", "de 1 à 65535", ge=1, le=65_535)
    smtp_security: Literal["aucune", "starttls", "tls"] = _setting(
        "starttls", "chiffrement vers le serveur d'envoi", "aucune, starttls ou tls"
    )
    smtp_user: str | None = _setting(None, "identifiant au serveur d'envoi", "un texte")
    smtp_password: SecretStr | None = _setting(None, "mot de passe au serveur d'envoi", "un texte")
    smtp_from: str | None = _setting(
        None, "adresse d'expédition des courriels", "une adresse de courriel", pattern=r"^[^@\s]+@[^@\s]+$"
    )

    webhook_loopback: bool = _setting(
        False, "webhooks vers cette machine même, en http aussi (développement, démonstration)", "true ou false"
    )

    host: str = _setting("127.0.0.1", "adresse d'écoute", "une adresse IP ou un nom")
    port: int = _setting(8000, "port d'écoute, 0 pour un port libre", "de 0 à 65535", ge=0, le=65_535)
    worker_port: int = _setting(
        0, "port des sondes et des mesures d'un worker, 0 pour un port libre", "de 0 à 65535", ge=0, le=65_535
    )
    ready_lag_seconds: float = _setting(
        30.0,
        "retard au-delà duquel un processus qui démarre n'est pas prêt, en secondes",
        "de 1 à 86400",
        ge=1,
        le=86_400,
    )
    body_bytes: int = _setting(
        1_048_576, "taille maximale du corps d'une requête, en octets", "de 1024 à 1073741824", ge=1_024, le=2**30
    )
    request_seconds: float = _setting(
        10.0, "temps maximal avant le début d'une réponse, en secondes", "de 0,1 à 300", ge=0.1, le=300
    )
    concurrent_requests: int = _setting(
        100, "requêtes traitées en même temps par un processus", "de 1 à 10000", ge=1, le=10_000
    )
    requests_per_second: float = _setting(
        500.0, "requêtes par seconde et par jeton, dans un processus", "de 0,1 à 100000", ge=0.1, le=100_000
    )
    requests_burst: int = _setting(
        1_000, "requêtes d'un même jeton acceptées d'un coup", "de 1 à 100000", ge=1, le=100_000
    )
    idempotency_days: int = _setting(
        7, "jours pendant lesquels une réponse est rejouée pour sa clé d'idempotence", "de 1 à 90", ge=1, le=90
    )
    shutdown_seconds: int = _setting(
        7, "temps laissé aux requêtes en cours à l'arrêt, en secondes", "de 1 à 8", ge=1, le=8
    )

    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "détail des traces", "debug, info, warning ou error"
    )
    otlp_endpoint: Url | None = _setting(
        None, "collecteur OpenTelemetry, si le paquet de l'exportateur OTLP est installé", "une adresse http(s)://…"
    )

    def dsn(self, service: str) -> str:
        """The DSN of a service's database, or of the keys (`keys`)."""
        value: SecretStr | None = getattr(self, f"{service}_dsn")
        if value is None:
            raise SettingsRefused(_missing([f"{service}_dsn"]))
        return value.get_secret_value()

    def url(self, service: str) -> str:
        """The base URL of another service, without a final slash."""
        value: str | None = getattr(self, f"{service}_url")
        if value is None:
            raise SettingsRefused(_missing([f"{service}_url"]))
        return value


def required(service: str, process: Process, settings: Settings) -> list[str]:
    """The settings that a process of a service cannot start without."""
    names = [f"{service}_dsn", "keys_dsn"]
    if process != "migrate":
        names += ["region", "kek_file"]
    if process == "api":
        names += ["jwks", "issuer"]
    if process != "migrate" and settings.transport == "kafka":
        names += ["kafka_bootstrap"]
    return names


def load_settings(service: str, process: Process, *, also: Iterable[str] = ()) -> Settings:
    """The settings of a process, read from the environment. also: further settings it cannot do without (`smtp_host`).

    Raises SettingsRefused: missing, wrong, or so close to a known name that it must be a misspelling.
    """
    _refuse_misspelt(os.environ)
    try:
        settings = Settings()
    except ValidationError as refused:
        raise SettingsRefused(_wrong(refused)) from None
    missing = [name for name in (*required(service, process, settings), *also) if getattr(settings, name) is None]
    if missing:
        raise SettingsRefused(_missing(missing))
    return settings


def settings_or_exit(service: str, process: Process, *, also: Iterable[str] = ()) -> Settings:
    """As `load_settings`; when refused, says so on the error output and ends the process with code 78."""
    try:
        return load_settings(service, process, also=also)
    except SettingsRefused as refused:
        refuse(refused)


def refuse(refused: SettingsRefused) -> NoReturn:
    """Say why the configuration is refused and end the process with code 78."""
    print(refused, file=sys.stderr)  # noqa: T201 (the person who started the process reads it)
    raise SystemExit(EX_CONFIG)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def expected(name: str) -> str:
    """What is expected of a setting's value, in French."""
    extra = Settings.model_fields[name].json_schema_extra
    assert isinstance(extra, dict)
    return str(extra["attendu"])


def _missing(names: list[str]) -> str:
    said = [f"{variable(name)} ({Settings.model_fields[name].description} : {expected(name)})" for name in names]
    return f"Il manque {_listed(said)} : donnez la valeur dans l'environnement du processus."


def _wrong(refused: ValidationError) -> str:
    """The values are not repeated: some are secrets."""
    names = dict.fromkeys(str(error["loc"][0]) for error in refused.errors(include_input=False, include_url=False))
    said = [
        f"{variable(name)} ({Settings.model_fields[name].description}), attendu : {expected(name)}" for name in names
    ]
    return f"La valeur donnée n'est pas acceptée pour {_listed(said)}."


def _refuse_misspelt(environ: Mapping[str, str]) -> None:
    """A misspelt optional setting would be ignored in silence."""
    known = [variable(name) for name in Settings.model_fields]
    for given in sorted(name for name in environ if name.startswith(PREFIX) and name not in known):
        close = difflib.get_close_matches(given, known, n=1, cutoff=0.9)
        if close:
            raise SettingsRefused(f"{given} n'est pas un réglage de Logis : vouliez-vous dire {close[0]} ?")


def _listed(said: list[str]) -> str:
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " et " + said[-1]
