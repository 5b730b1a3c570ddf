"""A service's PostgreSQL database, whose every new connection knows the journal's epoch."""

from dataclasses import dataclass
from typing import Any, Self

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# The server counts 100 connections for every process of a region (design.md §4): four services, API and worker each.
_CONNECT_SECONDS = 10

# What asyncpg raises of a connection that is gone: a server killed while it answers shows as an internal error of the client.
LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_ENSURE_EPOCH = (
    "do $$ begin if to_regproc('journal_ensure_epoch') is not null then perform journal_ensure_epoch(); end if; end $$"
)


@dataclass(frozen=True, slots=True)
class Database:
    """The ways to one database.

    engine: SQLAlchemy Core, for transactions that mix events and read models.
    autocommit: the same connections, for statements that stand alone: no round trip to begin and end a transaction.
    pool: bare asyncpg, behind the journal's port only: reading in order and appends that stand alone, where SQLAlchemy
    would cost more than PostgreSQL itself (benchmarks/append.py).
    """

    engine: AsyncEngine
    autocommit: AsyncEngine
    pool: asyncpg.Pool

    @classmethod
    async def open(
        cls, dsn: str, *, application_name: str, size: int = 5, journal_size: int = 4, search_path: str = "public"
    ) -> Self:
        """Open a database. dsn: `postgresql+asyncpg://…`; sizes: connections held at the most by each of the two ways.

        Each new physical connection raises the journal's epoch if the cluster is no longer the one that wrote last
        (restored dump, failover): no connection outlives a change of cluster, so none can miss it.
        """
        settings = {"application_name": application_name, "jit": "off", "search_path": search_path}
        engine = create_async_engine(
            dsn,
            pool_size=size,
            max_overflow=0,
            pool_timeout=_CONNECT_SECONDS,
            hide_parameters=True,  # an error never carries personal facts into a log
            connect_args={"timeout": _CONNECT_SECONDS, "server_settings": settings},
        )
        event.listen(engine.sync_engine, "connect", _on_connect)
        pool = await asyncpg.create_pool(
            plain(dsn),
            min_size=0,
            max_size=journal_size,
            timeout=_CONNECT_SECONDS,
            server_settings=settings,
            init=_ensure_epoch,
            reset=_keep,
        )
        return cls(engine, engine.execution_options(isolation_level="AUTOCOMMIT"), pool)

    async def close(self) -> None:
        """Close every connection; those in use are given back first."""
        await self.engine.dispose()
        await self.pool.close()


def plain(dsn: str) -> str:
    """The DSN as PostgreSQL's own tools and asyncpg read it: no driver name, `sslmode` where SQLAlchemy says `ssl`."""
    url = make_url(dsn).set(drivername="postgresql")
    if "ssl" in url.query:
        url = url.difference_update_query(["ssl"]).update_query_dict({"sslmode": url.query["ssl"]})
    return url.render_as_string(hide_password=False)


def _on_connect(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.run_async(_ensure_epoch)


async def _ensure_epoch(connection: Any) -> None:
    await connection.execute(_ENSURE_EPOCH)


async def _keep(_connection: Any) -> None:
    """The journal's statements leave nothing behind on a connection: asyncpg's reset round trip would double their cost."""
