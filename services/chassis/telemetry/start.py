"""What each process does first: its logs and its traces."""

from services.chassis.settings import Settings, SettingsRefused, refuse
from services.chassis.telemetry.logs import configure_logging
from services.chassis.telemetry.tracing import configure_tracing


def start_telemetry(service: str, settings: Settings) -> None:
    """Send the logs where they go, as JSON lines, and give every request and event a trace; ends the process with code 78
    when the settings ask for an exporter that is not installed."""
    configure_logging(service, settings.log_level)
    try:
        configure_tracing(service, settings.otlp_endpoint)
    except SettingsRefused as refused:
        refuse(refused)
