"""The feed as a transport: a consumer long-polls the source's `GET /v1/evenements` for the partitions that it holds."""

from dataclasses import dataclass

import httpx
import msgspec

from contracts.enveloppe import RawCloudEvent
from services.chassis.consumption.consumer import Unavailable
from services.chassis.journal.cursor import Cursor
from services.chassis.publication.route import REACHED_HEADER
from services.chassis.transport.membership import Membership
from services.chassis.transport.partition import partition_of
from services.chassis.transport.port import Delivery, Marks, Record
from services.chassis.transport.shared_feed import FeedReader

_BATCH = msgspec.json.Decoder(list[RawCloudEvent])


@dataclass
class FeedClient:
    """Reads a service's feed. http: a client whose base URL is the service's and that carries its token."""

    source: str
    http: httpx.AsyncClient

    async def read(
        self, after: Cursor, *, timeout: float, partitions: frozenset[int], limit: int = 1_000
    ) -> tuple[list[RawCloudEvent], Cursor]:
        """The next events of the partitions and the cursor reached. Raises Unavailable when the source does not answer."""
        try:
            response = await self.http.get(
                "/v1/evenements",
                params={
                    "lastEventId": str(after),
                    "timeout": round(timeout * 1000),
                    "limit": limit,
                    "partitions": ",".join(map(str, sorted(partitions))),
                },
                timeout=httpx.Timeout(10.0, read=timeout + 10.0),
            )
        except httpx.TransportError as lost:
            raise Unavailable(f"the feed of {self.source} does not answer: {type(lost).__name__}") from lost
        if response.status_code != httpx.codes.OK:
            raise Unavailable(f"the feed of {self.source} answers {response.status_code}")
        return _BATCH.decode(response.content), Cursor.parse(response.headers[REACHED_HEADER])


@dataclass
class FeedSubscription:
    """One member reading a source by its feed."""

    client: FeedReader
    membership: Membership

    async def next(self, marks: Marks, timeout: float) -> Delivery | None:
        before = self.membership.held
        held = await self.membership.review()
        if not held:
            return None
        known = await marks.load(held, again=bool(held - before))
        events, reached = await self.client.read(
            min(mark.cursor for mark in known.values()), timeout=timeout, partitions=held
        )
        records = []
        for event in events:
            partition, cursor = partition_of(event.subject), Cursor.parse(event.id)
            if cursor > known[partition].cursor:
                records.append(Record(self.client.source, partition, cursor, event))
        advanced = {partition: (reached, mark.offset) for partition, mark in known.items() if reached > mark.cursor}
        return Delivery(tuple(records), advanced) if advanced else None

    async def committed(self, delivery: Delivery) -> None:
        """The marks say it all."""

    async def close(self) -> None:
        await self.membership.close()
