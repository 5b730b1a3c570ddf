"""Bringing a database to the schema of this code: the shared branch of the chassis, then the service's own."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

CHASSIS = Path(__file__).parent / "migrations"
_LOCK = 0x4C4F474953  # one migration at a time on a database, whoever starts it


async def migrate(dsn: str, branches: tuple[Path, ...]) -> None:
    """Upgrade the database at `dsn` to the heads of every branch; safe to run again and from several processes at once.

    branches: folders of Alembic versions; the services give (CHASSIS / "versions", their own), the vault its own.
    """
    engine = create_async_engine(dsn)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
            await connection.commit()
            try:
                await connection.run_sync(_upgrade, branches)
            finally:
                await connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
                await connection.commit()
    finally:
        await engine.dispose()


async def is_current(dsn: str, branches: tuple[Path, ...]) -> bool:
    """Whether the database at `dsn` carries every migration of the branches."""
    engine = create_async_engine(dsn)
    try:
        async with engine.connect() as connection:
            applied = await connection.run_sync(lambda sync: set(MigrationContext.configure(sync).get_current_heads()))
    finally:
        await engine.dispose()
    heads = await asyncio.to_thread(lambda: set(ScriptDirectory.from_config(_config(branches)).get_heads()))
    return applied == heads


def _upgrade(connection: Connection, branches: tuple[Path, ...]) -> None:
    config = _config(branches)
    config.attributes["connection"] = connection
    command.upgrade(config, "heads")
    connection.commit()


def _config(branches: tuple[Path, ...]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(CHASSIS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, branches)))
    return config
