"""What a consumer waits out, and what it parks: told apart whatever wraps the error."""

import asyncpg
import httpx
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError

from services.chassis.consumption.consumer import Unavailable, is_transient
from services.chassis.journal.port import StreamMoved
from services.chassis.telemetry.failures import failure


def wrapped(error: Exception) -> DBAPIError:
    """As SQLAlchemy raises an error that asyncpg raised while it opened a connection: it knows of no lost connection."""
    try:
        try:
            try:
                raise error
            except Exception as bare:
                raise AsyncAdapt_asyncpg_dbapi.Error(str(bare)) from bare
        except Exception as adapted:
            raise DBAPIError("select", {}, adapted) from adapted
    except DBAPIError as told:
        return told


AWAY = (
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.CrashShutdownError("terminating connection"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.SerializationError("40001"),
    asyncpg.InternalClientError("got result for unknown protocol state"),
    ConnectionRefusedError(),
)
POISON = (
    asyncpg.UniqueViolationError("twice"),
    asyncpg.CheckViolationError("no"),
    asyncpg.DataError("invalid input for query argument $1"),
)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_what_is_away_is_waited_for(error: Exception) -> None:
    assert is_transient(error)
    assert is_transient(wrapped(error))


@pytest.mark.parametrize("error", POISON, ids=lambda error: type(error).__name__)
def test_what_is_refused_is_parked(error: Exception) -> None:
    assert not is_transient(error)
    assert not is_transient(wrapped(error))


def test_what_another_service_does_not_answer_is_waited_for() -> None:
    assert is_transient(Unavailable("the register answers 503"))
    assert is_transient(httpx.ReadTimeout("slow"))
    assert is_transient(StreamMoved("moved"))
    assert not is_transient(LookupError("a bug"))


def test_an_error_that_is_its_own_cause_is_told_all_the_same() -> None:
    error = LookupError("turns round")
    error.__cause__ = error
    assert failure(error)["kind"] == "builtins.LookupError"
