"""`GET /v1/evenements`: the feed as partners and other services read it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.enveloppe import BATCH_MEDIA_TYPE, CloudEvent
from contracts.problems import Fault, Problem
from services.chassis.journal.cursor import FORM, ORIGIN, Cursor, InvalidCursor
from services.chassis.publication.feed import LONGEST_WAIT_SECONDS, MOST_EVENTS, Feed, Page
from services.chassis.transport.partition import PARTITIONS

REACHED_HEADER = "Logis-Curseur-Lu"

Visible = Callable[[CloudEvent], bool]
_LAST_EVENT_ID = Query(alias="lastEventId", max_length=64, json_schema_extra={"pattern": f"^{FORM}$"})
_ALL = frozenset(range(PARTITIONS))


class PositionInconnue(Problem):
    """The place to read from, or the partitions, are not ones that this feed gave."""

    code = "position-inconnue"
    title = "Position de lecture inconnue"
    status = 400


def feed_router(feed: Feed, visible: Callable[..., Awaitable[Visible]]) -> APIRouter:
    """The route. visible: dependency that gives, from the request's token, which events its reader may see (design.md §5)."""
    router = APIRouter(tags=["evenements"])

    @router.get(
        "/v1/evenements",
        operation_id="lire_evenements",
        summary="Lire les événements publiés, dans l'ordre",
        response_class=Response,
        responses={
            200: {"content": {BATCH_MEDIA_TYPE: {}}, "description": "Un lot de CloudEvents, vide s'il n'y a rien."}
        },
    )
    async def lire_evenements(
        request: Request,
        may_see: Annotated[Visible, Depends(visible)],
        last_event_id: Annotated[
            str | None, Query(alias="lastEventId", max_length=64, json_schema_extra={"pattern": f"^{FORM}$"})
        ] = None,
        timeout: Annotated[int, Query(ge=0, le=int(LONGEST_WAIT_SECONDS * 1000), description="ms")] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = MOST_EVENTS,
        partitions: Annotated[str | None, Query(max_length=64, pattern=r"^\d{1,2}(,\d{1,2})*$")] = None,
    ) -> Response:
        after = _cursor(last_event_id)
        reading = feed.read(
            after, limit=limit, timeout=timeout / 1000, partitions=_partitions(partitions), visible=may_see
        )
        page = await request.app.state.drain.unless_stopping(reading) or Page((), after)
        return Response(
            msgspec.json.encode(page.events), media_type=BATCH_MEDIA_TYPE, headers={REACHED_HEADER: str(page.reached)}
        )

    return router


def _cursor(text: str | None) -> Cursor:
    try:
        return ORIGIN if text is None else Cursor.parse(text)
    except InvalidCursor as invalid:
        raise PositionInconnue(
            f"{invalid} Reprenez l'attribut « id » du dernier événement lu, ou ne donnez rien pour lire depuis le début.",
            errors=(Fault("/lastEventId", "position-inconnue", str(invalid)),),
        ) from invalid


def _partitions(text: str | None) -> frozenset[int]:
    if text is None:
        return _ALL
    asked = frozenset(map(int, text.split(",")))
    if not asked <= _ALL:
        raise PositionInconnue(
            f"Les partitions vont de 0 à {PARTITIONS - 1}. Ne donnez rien pour les lire toutes.",
            errors=(Fault("/partitions", "partition-inconnue", f"partitions de 0 à {PARTITIONS - 1}"),),
        )
    return asked
