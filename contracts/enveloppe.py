"""The envelope of every published event: CloudEvents 1.0 in structured JSON, with Logis's extensions."""

from typing import Any

import msgspec

MEDIA_TYPE = "application/cloudevents+json"
BATCH_MEDIA_TYPE = "application/cloudevents-batch+json"


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A published event.

    id: the event's cursor in the journal of `source`: unique there, in order, the same each time the event is served.
    subject: identifier of the aggregate, which is also the Kafka key and the unit of order.
    organisations: identifiers of the partners who may see it, separated by spaces; empty: internal to the region.
    data: the published facts, thin: identifiers, dates, versions, non-sensitive codes (design.md §2).
    """

    id: str
    source: str
    type: str
    subject: str
    time: str
    data: Any
    dataschema: str
    specversion: str = "1.0"
    datacontenttype: str = "application/json"
    correlationid: str = ""
    causationid: str = ""
    traceparent: str = ""
    organisations: str = ""


class RawCloudEvent(CloudEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The envelope alone: the data stay as they came, for whoever only routes."""

    data: msgspec.Raw
