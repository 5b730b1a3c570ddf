"""Each stored event, and the bytes that it publishes, as they were released: the goldens are compared, never edited.

A new type: `LOGIS_GOLDENS=ecrire pytest tests/contracts/test_goldens.py` writes its golden, and nothing else. A stored shape that
changes takes a new schema number, an upcaster, and one golden more: the former one stays, and must still be read.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.chassis.events.catalogue import EventCatalogue
from tests.contracts.temoins import SERVICES, ecrit, flot, publie, temoin

GOLDENS = Path(__file__).parent / "goldens"
FORMES = {"plein": True, "nu": False}
TYPES = [(service, kind) for service, flots in SERVICES.items() for kind in flots.CATALOGUE]
COMMITTED = sorted(GOLDENS.glob("*/*.json"))


def _path(service: str, kind: Any) -> Path:
    return GOLDENS / service / f"{kind.name}.{kind.schema}.json"


def _golden(service: str, kind: Any) -> dict[str, Any]:
    """What the code of today writes and publishes for a type."""
    made = {}
    for forme, plein in FORMES.items():
        event = temoin(kind.cls, plein=plein)
        stream = flot(service, event)
        stored = ecrit(SERVICES[service].CATALOGUE, stream, event)
        published = publie(service, stream, stored.type, stored.schema, stored.data)
        made[forme] = {"flot": stream, "donnees": stored.data.decode(), "publie": published}
    return {"type": kind.name, "schema": kind.schema, "personnel": sorted((*kind.personal, *kind.by_person)), **made}


@pytest.mark.parametrize(("service", "kind"), TYPES, ids=[f"{service}.{kind.name}" for service, kind in TYPES])
def test_a_stored_event_is_what_was_released(service: str, kind: Any) -> None:
    path = _path(service, kind)
    if os.environ.get("LOGIS_GOLDENS") == "ecrire" and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_golden(service, kind), ensure_ascii=False, indent=1) + "\n")
    assert path.exists(), f"{service}.{kind.name}, schema {kind.schema}: no golden is committed"
    released = json.loads(path.read_text())
    now = _golden(service, kind)
    changed = [nom for nom in now if now[nom] != released[nom]]
    assert not changed, (
        f"{service}.{kind.name}, schema {kind.schema}: {', '.join(changed)} changed since it was released"
    )


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_shape_ever_released_is_read_and_publishes_the_same_bytes(path: Path) -> None:
    """Whatever its schema number: older ones are lifted by upcasters, one step at a time."""
    released = json.loads(path.read_text())
    for forme in FORMES:
        told = released[forme]
        args = (told["flot"], released["type"], released["schema"], told["donnees"].encode())
        assert publie(path.parent.name, *args) == told["publie"], f"{path.stem}, {forme}"


def test_no_golden_is_of_a_type_that_is_gone() -> None:
    known = {(service, kind.name) for service, kind in TYPES}
    assert {(path.parent.name, path.stem.rpartition(".")[0]) for path in COMMITTED} == known


def test_a_shape_without_its_upcaster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the schema number of a type to rise alone, its released shape would not be read any more: the harness says so."""
    service, kind = next((s, k) for s, k in TYPES if k.name == "demande_radiee")
    catalogue: EventCatalogue = SERVICES[service].CATALOGUE
    monkeypatch.setitem(catalogue._by_name, kind.name, kind.__class__(**_slots(kind) | {"schema": kind.schema + 1}))
    released = json.loads(_path(service, kind).read_text())["plein"]
    args = (released["flot"], kind.name, kind.schema, released["donnees"].encode())
    with pytest.raises(Exception, match=kind.name):
        publie(service, *args)
    monkeypatch.setitem(catalogue._upcasters, (kind.name, kind.schema), lambda data: data | {"motif": "LIFTED"})
    assert "LIFTED" in (publie(service, *args) or "")


def _slots(kind: Any) -> dict[str, Any]:
    return {nom: getattr(kind, nom) for nom in kind.__dataclass_fields__}
