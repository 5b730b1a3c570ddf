"""The event types of one service: how each is named, sealed, written, and read whatever its age."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints
from uuid import UUID, uuid4

import msgspec

from contracts.personal import Personal, PersonalByPerson
from services.chassis.events.context import Context
from services.chassis.journal.records import NewEvent, RecordedEvent
from services.chassis.vault.sealing import seal, unseal_known

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class UnknownEvent(LookupError):
    """A stored type or schema that this code does not know: it was written by a newer version."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One stored event type. schema: number of its newest shape; personal, by_person: its sealed fields."""

    name: str
    schema: int
    cls: type
    clear: tuple[str, ...]
    personal: tuple[str, ...]
    by_person: tuple[str, ...]

    @classmethod
    def of(cls, event_class: type) -> "EventType":
        hints = get_type_hints(event_class, include_extras=True)
        marks = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
        names = [field.name for field in fields(event_class)]
        personal = tuple(name for name in names if any(isinstance(mark, Personal) for mark in marks[name]))
        by_person = tuple(name for name in names if any(isinstance(mark, PersonalByPerson) for mark in marks[name]))
        return cls(
            name=re.sub(r"(?<!^)(?=[A-Z])", "_", event_class.__name__).lower(),
            schema=getattr(event_class, "SCHEMA", 1),
            cls=event_class,
            clear=tuple(name for name in names if name not in personal and name not in by_person),
            personal=personal,
            by_person=by_person,
        )


class EventCatalogue:
    """Every stored event type of a service, and the upcasters that lift its older shapes one step at a time."""

    def __init__(self, event_classes: Iterable[type]) -> None:
        types = [EventType.of(event_class) for event_class in event_classes]
        self._by_class = {kind.cls: kind for kind in types}
        self._by_name = {kind.name: kind for kind in types}
        self._upcasters: dict[tuple[str, int], Upcaster] = {}
        if len(self._by_name) < len(types):
            raise ValueError("two event classes have the same stored name")

    def __iter__(self) -> Iterator[EventType]:
        return iter(self._by_name.values())

    def upcaster(self, name: str, *, since: int) -> Callable[[Upcaster], Upcaster]:
        """Decorator: the function lifts `name` from schema `since` to `since + 1`. Pure; the personal part may be absent."""

        def register(function: Upcaster) -> Upcaster:
            if (name, since) in self._upcasters:
                raise ValueError(f"two upcasters lift {name} from schema {since}")
            self._upcasters[name, since] = function
            return function

        return register

    def subjects(self, stream: str, event: object) -> set[str]:
        """The subjects whose keys the event needs to be written."""
        kind = self._by_class[type(event)]
        wanted = {stream} if any(getattr(event, name) is not None for name in kind.personal) else set()
        for name in kind.by_person:
            wanted |= {f"{stream}/{person}" for person, fact in getattr(event, name).items() if fact is not None}
        return wanted

    def encode(self, stream: str, event: object, context: Context, keys: Mapping[str, bytes]) -> NewEvent:
        """The event ready to be written. keys: those of `subjects`, none missing."""
        kind = self._by_class[type(event)]
        event_id = uuid4()
        clear: dict[str, Any] = {name: getattr(event, name) for name in kind.clear}
        for name in kind.by_person:
            clear[name] = dict.fromkeys(getattr(event, name))
        groups = _groups(kind, stream, event)
        sealed = [
            (subject, seal(keys[subject], _place(stream, event_id, kind.name, subject), msgspec.json.encode(facts)))
            for subject, facts in groups.items()
        ]
        return NewEvent(
            id=event_id,
            type=kind.name,
            schema=kind.schema,
            data=msgspec.json.encode(clear),
            sealed=msgspec.msgpack.encode(sealed) if sealed else b"",
            metadata=context.encode(),
            recorded_at=context.at,
        )

    def sealed_subjects(self, recorded: RecordedEvent) -> list[str]:
        """The subjects whose keys would open the event's personal part."""
        return [subject for subject, _ in _sealed(recorded)]

    def decode(self, recorded: RecordedEvent, keys: Mapping[str, bytes]) -> Any:
        """The event in its newest shape; a personal part whose key is not given is absent. Raises UnknownEvent, SealBroken."""
        stored = recorded.event
        data = msgspec.json.decode(stored.data)
        kind = self._by_name.get(stored.type)
        if kind is None:
            raise UnknownEvent(f"event type {stored.type}, in stream {recorded.stream}, is not known here")
        for subject, ciphertext in _sealed(recorded):
            place = _place(recorded.stream, stored.id, stored.type, subject)
            opened = unseal_known(keys, subject, place, ciphertext)
            if opened is not None:
                _merge(data, recorded.stream, subject, msgspec.json.decode(opened))
        for name in kind.personal:
            data.setdefault(name, None)
        return msgspec.convert(self._lift(stored.type, stored.schema, kind.schema, data), kind.cls)

    def _lift(self, name: str, schema: int, newest: int, data: dict[str, Any]) -> dict[str, Any]:
        if schema > newest:
            raise UnknownEvent(f"{name} schema {schema} was written by a newer version; this one reads up to {newest}")
        for step in range(schema, newest):
            try:
                data = self._upcasters[name, step](data)
            except KeyError as missing:
                raise UnknownEvent(f"no upcaster lifts {name} from schema {step}") from missing
        return data


def _groups(kind: EventType, stream: str, event: object) -> dict[str, dict[str, Any]]:
    """The personal facts of an event by subject, each group {field: value}."""
    groups: dict[str, dict[str, Any]] = {}
    for name in kind.personal:
        if getattr(event, name) is not None:
            groups.setdefault(stream, {})[name] = getattr(event, name)
    for name in kind.by_person:
        for person, fact in getattr(event, name).items():
            if fact is not None:
                groups.setdefault(f"{stream}/{person}", {})[name] = fact
    return groups


def _merge(data: dict[str, Any], stream: str, subject: str, facts: dict[str, Any]) -> None:
    if subject == stream:
        data |= facts
        return
    person = subject.removeprefix(f"{stream}/")
    for name, fact in facts.items():
        data[name][person] = fact


def _sealed(recorded: RecordedEvent) -> list[tuple[str, bytes]]:
    if not recorded.event.sealed:
        return []
    return msgspec.msgpack.decode(recorded.event.sealed, type=list[tuple[str, bytes]])


def _place(stream: str, event_id: UUID, name: str, subject: str) -> bytes:
    """What a sealed part is bound to: it opens nowhere else."""
    return f"{stream}\x1f{event_id}\x1f{name}\x1f{subject}".encode()
