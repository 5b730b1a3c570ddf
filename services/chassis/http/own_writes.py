"""Reading one's own writes: a command answers its journal cursor, a GET that carries it waits for the read model."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Protocol

from fastapi import Header, Request, Response

from services.chassis.http.refusals import CurseurInvalide
from services.chassis.journal.cursor import FORM, Cursor, InvalidCursor

HEADER = "Logis-Curseur"
CAUGHT_UP = "Logis-A-Jour"
_WAIT_SECONDS = 2.0


class ReadModel(Protocol):
    """A read model fed by one journal."""

    async def reached(self, cursor: Cursor, timeout: float) -> bool:
        """Whether everything up to the cursor is in the read model, waiting at most `timeout` seconds for it."""


class Inline:
    """A read model written in the transaction of its events: always there."""

    async def reached(self, cursor: Cursor, timeout: float) -> bool:  # noqa: ARG002 (the port's shape)
        return True


# name of the read model -> service whose journal feeds it -> where it stands on that journal
ReadModels = Mapping[str, Mapping[str, ReadModel]]


def written_at(service: str, cursor: Cursor) -> str:
    """The value of `Logis-Curseur`: the journal's service and the place in it, since cursors of two journals do not compare."""
    return f"{service}:{cursor}"


def caught_up(name: str) -> Callable[..., Awaitable[bool]]:
    """Dependency of a GET on the read model `name`: waits for the cursor it carries, up to two seconds, then says in
    `Logis-A-Jour` (oui, non) whether the answer holds it. Raises CurseurInvalide (400).
    """

    async def wait(
        request: Request,
        response: Response,
        value: Annotated[
            str | None,
            Header(
                alias=HEADER,
                description="Reçu d'une commande : la réponse en tient compte si possible.",
                json_schema_extra={"pattern": rf"^[a-z]+:{FORM}$"},
            ),
        ] = None,
    ) -> bool:
        if value is None:
            return True
        models: ReadModels = request.app.state.read_models
        service, _, place = value.partition(":")
        try:
            model, cursor = models[name][service], Cursor.parse(place)
        except (KeyError, InvalidCursor) as refused:
            raise CurseurInvalide(
                f"L'en-tête {HEADER} n'est pas le curseur d'une commande dont cette lecture dépend : "
                "renvoyez-le tel que vous l'avez reçu, ou retirez-le."
            ) from refused
        reached = await model.reached(cursor, _WAIT_SECONDS)
        response.headers[CAUGHT_UP] = "oui" if reached else "non"
        return reached

    return wait
