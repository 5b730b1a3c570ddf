"""From a stored event to the published one, by a pure function, without unsealing anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.enveloppe import CloudEvent
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.context import Context
from services.chassis.journal.records import RecordedEvent

PublishedFact = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Derived:
    """What a stored event publishes.

    type: published name with its major version (`demande.radiee.v1`); subject: aggregate identifier;
    data: a msgspec Struct of contracts.evenements; organisations: the partners it is for.
    """

    type: str
    subject: str
    data: msgspec.Struct
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """How one service publishes. derive: (stream, event with its personal part absent) -> what it publishes, or None."""

    region: str
    service: str
    catalogue: EventCatalogue
    derive: Callable[[str, Any], Derived | None]

    @property
    def topic(self) -> str:
        """The Kafka topic of the service in its region."""
        return f"logis.{self.region}.{self.service}.v1"

    def published(self, recorded: RecordedEvent) -> CloudEvent | None:
        """The published event, the same bytes at each call; None when the stored event says nothing to others."""
        derived = self.derive(recorded.stream, self.catalogue.decode(recorded, keys={}))
        if derived is None:
            return None
        context = Context.decode(recorded.event.metadata, recorded.event.recorded_at)
        return CloudEvent(
            id=str(recorded.cursor),
            source=f"/logis/{self.region}/{self.service}",
            type=derived.type,
            subject=derived.subject,
            time=recorded.event.recorded_at.isoformat().replace("+00:00", "Z"),
            dataschema=f"urn:logis:schema:{derived.type}",
            data=derived.data,
            correlationid=context.correlation_id,
            causationid=context.causation_id,
            traceparent=context.traceparent,
            organisations=" ".join(sorted(derived.organisations)),
        )
