"""A witness of each stored event type, the same at each run: filled to the brim, or with all that is optional left out."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any, Union
from uuid import UUID

import msgspec

from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.context import Context
from services.chassis.journal.cursor import Cursor
from services.chassis.journal.records import NewEvent, RecordedEvent
from services.chassis.publication.derivation import Publication
from services.cotation import flots as cotation
from services.demande import flots as demande
from services.flux import flots as flux
from services.notifications import flots as notifications

SERVICES: Mapping[str, Any] = {"cotation": cotation, "demande": demande, "flux": flux, "notifications": notifications}
IDENTIFIANT = UUID("0f9a4e52-6b1c-5d3e-8a7f-1c2b3d4e5f60")
_CATEGORIES = {
    "cotation": ("cotation", "grille", "revue", "journee"),
    "demande": ("demande", "attribution", "numero", "journee"),
    "flux": ("convention", "liberation", "compte", "journee", "logement", "sequence"),
    "notifications": ("message", "abonnement"),
}
_CONTEXT = Context(
    acteur="agent-1",
    organisation="trois-rivieres-habitat",
    at=datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC),
    correlation_id="c0000000-0000-4000-8000-000000000001",
    causation_id="c0000000-0000-4000-8000-000000000002",
)
_PLAIN: Mapping[Any, Any] = {
    bool: True,
    int: 3,
    str: "texte",
    date: date(2026, 11, 22),
    datetime: _CONTEXT.at,
    UUID: IDENTIFIANT,
    Fraction: Fraction(1, 4),
}


def temoin(cls: Any, *, plein: bool) -> Any:
    """An instance of a type. plein: every optional part is there; else none of those that may be left out."""
    hints = typing.get_type_hints(cls)
    values = {}
    for champ in dataclasses.fields(cls):
        optional = champ.default is not dataclasses.MISSING or champ.default_factory is not dataclasses.MISSING
        if plein or not optional:
            values[champ.name] = _value(hints[champ.name], champ.name, plein=plein)
    return cls(**values)


def _value(hint: Any, nom: str, *, plein: bool) -> Any:  # noqa: PLR0911 (one return a kind of type)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return f"{nom}-1" if hint is str else _PLAIN[hint]
    if origin in (Union, types.UnionType):
        known = [part for part in parts if part is not types.NoneType]
        return _value(known[0], nom, plein=plein) if plein or len(known) == len(parts) else None
    if origin is typing.Literal:
        return parts[0]
    if origin is tuple:
        kinds = parts[:1] if parts[-1] is Ellipsis else parts
        return tuple(_value(kind, nom, plein=plein) for kind in kinds) if plein or parts[-1] is not Ellipsis else ()
    if origin in (dict, Mapping):
        return {_value(parts[0], nom, plein=plein): _value(parts[1], nom, plein=plein)} if plein else {}
    if origin is frozenset:
        return frozenset({_value(parts[0], nom, plein=plein)}) if plein else frozenset()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return temoin(hint, plein=plein)


def flot(service: str, event: Any) -> str:
    """The stream that an event is told in: of a category where it publishes, if there is one."""
    noms = [f"{categorie}-{IDENTIFIANT}" for categorie in _CATEGORIES[service]]
    return next((nom for nom in noms if SERVICES[service].derive(nom, event) is not None), noms[0])


def ecrit(catalogue: EventCatalogue, stream: str, event: Any) -> NewEvent:
    """The event as it is stored, under keys of zeros."""
    return catalogue.encode(stream, event, _CONTEXT, dict.fromkeys(catalogue.subjects(stream, event), bytes(32)))


def publie(service: str, stream: str, type_: str, schema: int, data: bytes) -> str | None:
    """The bytes that a stored event publishes, its personal part unread; None when it publishes nothing."""
    stored = NewEvent(IDENTIFIANT, type_, schema, data, b"", _CONTEXT.encode(), _CONTEXT.at)
    recorded = RecordedEvent(Cursor(1, 809, 7), stream, 1, stored, bytes(32))
    publication = Publication("demonstration", service, SERVICES[service].CATALOGUE, SERVICES[service].derive)
    event = publication.published(recorded)
    return None if event is None else msgspec.json.encode(event).decode()
