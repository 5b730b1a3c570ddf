"""The scoring reads every event of the register, those that change no situation too."""

from datetime import date
from typing import Any, get_origin

import msgspec
import pytest

from contracts.enveloppe import RawCloudEvent
from contracts.evenements.demande import TYPES
from services.chassis.journal.cursor import Cursor
from services.chassis.transport.port import Record
from services.cotation.policies.notation import Notation

_ENDINGS = {"demande.radiee.v1", "demande.effacee.v1"}
_VALUES: dict[Any, Any] = {str: "x", int: 1, bool: False, date: "2026-01-15"}


def _data(shape: type[msgspec.Struct]) -> bytes:
    """What the contract demands of an event and no more; no situation is announced."""
    fields = {f.encode_name: f.type for f in msgspec.structs.fields(shape) if f.required and f.name != "situation"}
    said = {name: [] if get_origin(kind) is tuple else _VALUES.get(kind, "x") for name, kind in fields.items()}
    if "situation" in {f.name for f in msgspec.structs.fields(shape)}:
        said["situation"] = 0
    return msgspec.json.encode(said)


@pytest.mark.parametrize("type_", sorted(TYPES))
async def test_an_event_that_announces_no_situation_is_no_poison(type_: str) -> None:
    event = RawCloudEvent(
        id="1.1.1", source="/logis/essai/demande", type=type_, subject="s", time="2026-01-15T09:00:00Z",
        dataschema="", data=msgspec.Raw(_data(TYPES[type_])),
    )  # fmt: skip
    notation = Notation(fabric=None, store=None, grilles=None)  # type: ignore[arg-type]
    prepared = await notation.prepare([Record("demande", 0, Cursor(1, 1, 1), event)])
    assert not prepared.situations
    assert bool(prepared.endings) == (type_ in _ENDINGS)
