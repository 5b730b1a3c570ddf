"""JSON Schema of each published event, and the AsyncAPI document of the Kafka topics."""

from typing import Any

import msgspec

from contracts.enveloppe import CloudEvent
from contracts.evenements import TYPES
from services.chassis.transport.partition import PARTITIONS

SERVICES = ("demande", "cotation", "flux", "notifications")


def schema_de(nom: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the data of one published event type."""
    (schema,), components = msgspec.json.schema_components([TYPES[nom].forme], ref_template="#/$defs/{name}")
    definitions = dict(components)
    own = definitions.pop(schema["$ref"].removeprefix("#/$defs/"))
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:logis:schema:{nom}",
        **own,
        "title": nom,
    }
    return document | ({"$defs": definitions} if definitions else {})


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: one channel a service, the same events that its feed serves."""
    channels = {service: _channel(service) for service in SERVICES}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Logis — événements publiés",
            "version": "1",
            "description": "Une région publie sur ces sujets ; les mêmes événements sont servis par GET /v1/evenements.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": {
            f"publier-{service}": {"action": "send", "channel": {"$ref": f"#/channels/{service}"}}
            for service in SERVICES
        },
        "components": {
            "schemas": {"CloudEvent": _envelope()},
            "messages": {nom: _message(nom) for nom in TYPES},
        },
    }


def _channel(service: str) -> dict[str, Any]:
    noms = [nom for nom, type_ in TYPES.items() if type_.service == service]
    return {
        "address": f"logis.{{region}}.{service}.v1",
        "description": "Un enregistrement sans clé ni valeur n'est pas un événement : son en-tête logis-curseur-lu dit que rien "
        "de ce qui précède ce curseur ne suivra sur cette partition. Tout enregistrement porte l'en-tête "
        "logis-curseur-precedent : les événements de la partition jusqu'à ce curseur le précèdent ; à qui n'en est pas là, il "
        "manque quelque chose, que le flux donne.",
        "parameters": {"region": {"description": "Code de la région, tel que son fichier le donne."}},
        "messages": {nom: {"$ref": f"#/components/messages/{nom}"} for nom in noms},
        "bindings": {"kafka": {"partitions": PARTITIONS, "bindingVersion": "0.5.0"}},
    }


def _message(nom: str) -> dict[str, Any]:
    return {
        "name": nom,
        "title": (TYPES[nom].forme.__doc__ or nom).strip().splitlines()[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/CloudEvent"},
                {"type": "object", "properties": {"type": {"const": nom}, "data": {"$ref": f"schemas/{nom}.json"}}},
            ]
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": "subject"}, "bindingVersion": "0.5.0"}},
    }


def _envelope() -> dict[str, Any]:
    _, components = msgspec.json.schema_components([CloudEvent], ref_template="#/components/schemas/{name}")
    envelope: dict[str, Any] = components["CloudEvent"]
    return envelope
