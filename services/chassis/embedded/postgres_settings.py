"""How the embedded PostgreSQL is set: durable, for many small commits, and silent about what the rows hold."""

import sys
from collections.abc import Mapping

MAX_CONNECTIONS = 100

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

SETTINGS: dict[str, str] = {
    **DURABLE,
    "max_connections": str(MAX_CONNECTIONS),
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "256MB",
    "wal_buffers": "16MB",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum_naptime": "15s",
    "autovacuum_vacuum_insert_scale_factor": "0.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "iso, ymd",
    # The message of a refused statement quotes what it refused ("invalid input syntax…: Mme X"): for the client only.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
if sys.platform == "linux":
    # After a crash every file is flushed first: one by one, ten seconds and more on a busy disk; all at once, a third of it.
    SETTINGS["recovery_init_sync_method"] = "syncfs"

ACCESS = """\
# Rewritten at each start. A password for everyone, loopback only.
host all all 127.0.0.1/32 scram-sha-256
"""


def render_settings(host: str, port: int, changes: Mapping[str, str]) -> str:
    """The text of postgresql.conf. Raises ValueError on a change that would make a commit forgettable."""
    unsafe = sorted(DURABLE.keys() & changes.keys())
    if unsafe:
        raise ValueError(f"{', '.join(unsafe)}: an acknowledged write must survive a crash, this cannot be changed")
    settings = {"listen_addresses": host, "port": str(port), **SETTINGS, **changes}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return "\n".join(["# Rewritten at each start by services/chassis/embedded/postgres_settings.py", *lines, ""])
