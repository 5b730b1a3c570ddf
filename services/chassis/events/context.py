"""Who decided, on behalf of which request: what every stored event carries besides its content."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

import msgspec


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of a decision.

    acteur: subject of the token, or `horloge`, `import`, `politique:<name>`; an identifier, never a person's name.
    organisation: identifier in the region's directory.
    at: aware UTC instant of recording; the legal date travels in the command.
    correlation_id: shared by all that one outside request caused; causation_id: the event or request just before.
    traceparent: W3C trace context, empty when there is no trace.
    """

    acteur: str
    organisation: str
    at: datetime
    correlation_id: str = field(default_factory=lambda: str(uuid4()))
    causation_id: str = ""
    traceparent: str = ""

    def encode(self) -> bytes:
        """The metadata of an event: everything but the instant, which has its own column."""
        return msgspec.json.encode(
            {
                "acteur": self.acteur,
                "organisation": self.organisation,
                "correlation": self.correlation_id,
                "causation": self.causation_id,
                "traceparent": self.traceparent,
            }
        )

    @classmethod
    def decode(cls, metadata: bytes, at: datetime) -> Self:
        """The context that `encode` wrote."""
        data = msgspec.json.decode(metadata, type=dict[str, str])
        return cls(
            acteur=data["acteur"],
            organisation=data["organisation"],
            at=at,
            correlation_id=data["correlation"],
            causation_id=data["causation"],
            traceparent=data["traceparent"],
        )

    def caused_by(self, event_id: UUID | str) -> Self:
        """The context of what this event causes."""
        return replace(self, causation_id=str(event_id))
