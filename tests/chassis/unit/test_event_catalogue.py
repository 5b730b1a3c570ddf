"""Stored events: personal parts sealed, read back, absent once erased; older shapes lifted; bytes that never change."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest

from contracts.personal import Personal, PersonalByPerson
from services.chassis.events.catalogue import EventCatalogue, UnknownEvent
from services.chassis.events.context import Context
from services.chassis.journal.cursor import ORIGIN
from services.chassis.journal.records import NewEvent, RecordedEvent
from services.chassis.vault.keys import MemoryKeyStore
from services.chassis.vault.sealing import SealBroken

CONTEXT = Context("agent-7", "commune-strasbourg", datetime(2026, 1, 15, 9, 30, tzinfo=UTC), correlation_id="c-1")
STREAM = "dossier-1"


@dataclass(frozen=True, slots=True)
class Nom:
    nom: str
    naissance: date


@dataclass(frozen=True, slots=True)
class DossierOuvert:
    le: date
    motifs: Annotated[tuple[str, ...] | None, Personal()]
    personnes: Annotated[dict[str, Nom | None], PersonalByPerson()]


OUVERT = DossierOuvert(
    le=date(2026, 1, 15),
    motifs=("06",),
    personnes={"p1": Nom("Grosjean", date(1990, 2, 3)), "p2": Nom("Müller", date(2020, 5, 6))},
)


@pytest.fixture
def catalogue() -> EventCatalogue:
    return EventCatalogue([DossierOuvert])


def recorded(event: NewEvent, stream: str = STREAM) -> RecordedEvent:
    return RecordedEvent(ORIGIN, stream, 1, event, bytes(32))


async def _written(catalogue: EventCatalogue, store: MemoryKeyStore) -> NewEvent:
    keys = await store.obtain(catalogue.subjects(STREAM, OUVERT))
    return catalogue.encode(STREAM, OUVERT, CONTEXT, keys)


async def test_a_personal_part_is_read_back_with_its_keys(catalogue: EventCatalogue) -> None:
    store = MemoryKeyStore()
    event = await _written(catalogue, store)
    assert catalogue.subjects(STREAM, OUVERT) == {STREAM, f"{STREAM}/p1", f"{STREAM}/p2"}
    keys = await store.find(catalogue.sealed_subjects(recorded(event)))
    assert catalogue.decode(recorded(event), keys) == OUVERT


async def test_nothing_personal_is_written_in_clear(catalogue: EventCatalogue) -> None:
    event = await _written(catalogue, MemoryKeyStore())
    written = event.data + event.sealed + event.metadata
    for secret in (b"Grosjean", "Müller".encode(), "Müller".encode("latin-1"), b"1990-02-03", b'"06"'):
        assert secret not in written
    assert b"2026-01-15" in event.data


async def test_an_erased_person_is_absent_and_the_rest_still_reads(catalogue: EventCatalogue) -> None:
    store = MemoryKeyStore()
    event = await _written(catalogue, store)
    await store.destroy([f"{STREAM}/p1"])
    keys = await store.find(catalogue.sealed_subjects(recorded(event)))
    read = catalogue.decode(recorded(event), keys)
    assert read.personnes == {"p1": None, "p2": OUVERT.personnes["p2"]}
    assert read.motifs == OUVERT.motifs
    await store.destroy([STREAM, f"{STREAM}/p2"])
    assert catalogue.decode(recorded(event), {}) == DossierOuvert(OUVERT.le, None, {"p1": None, "p2": None})


async def test_a_sealed_part_opens_nowhere_else(catalogue: EventCatalogue) -> None:
    store = MemoryKeyStore()
    event = await _written(catalogue, store)
    keys = dict(await store.find(catalogue.sealed_subjects(recorded(event))))
    with pytest.raises(SealBroken):
        catalogue.decode(recorded(event, "dossier-2"), keys)
    with pytest.raises(SealBroken):
        catalogue.decode(recorded(event), keys | {f"{STREAM}/p1": bytes(32)})


def stored(name: str, schema: int, data: bytes) -> RecordedEvent:
    return recorded(NewEvent(ORIGIN_ID, name, schema, data, b"", b"{}", CONTEXT.at))


ORIGIN_ID = UUID(int=7)


@dataclass(frozen=True, slots=True)
class CommuneChoisie:
    commune: dict[str, Any]
    rang: int


CommuneChoisie.SCHEMA = 3  # type: ignore[attr-defined]


def test_older_shapes_are_lifted_one_step_at_a_time() -> None:
    catalogue = EventCatalogue([CommuneChoisie])

    @catalogue.upcaster("commune_choisie", since=1)
    def avec_millesime(data: dict[str, Any]) -> dict[str, Any]:
        return data | {"commune": {"code": data["commune"], "millesime": 2024}}

    @catalogue.upcaster("commune_choisie", since=2)
    def avec_rang(data: dict[str, Any]) -> dict[str, Any]:
        return data | {"rang": 1}

    lifted = CommuneChoisie({"code": "67482", "millesime": 2024}, 1)
    assert catalogue.decode(stored("commune_choisie", 1, b'{"commune":"67482"}'), {}) == lifted
    second = stored("commune_choisie", 2, b'{"commune":{"code":"67482","millesime":2024}}')
    assert catalogue.decode(second, {}) == lifted
    assert avec_millesime is not avec_rang


@pytest.mark.parametrize(
    ("name", "schema", "said"),
    [("inconnu", 1, "not known"), ("commune_choisie", 4, "newer"), ("commune_choisie", 1, "no upcaster")],
)
def test_what_cannot_be_read_is_said(name: str, schema: int, said: str) -> None:
    with pytest.raises(UnknownEvent, match=said):
        EventCatalogue([CommuneChoisie]).decode(stored(name, schema, b"{}"), {})


def test_the_context_comes_back_from_its_metadata() -> None:
    assert Context.decode(CONTEXT.encode(), CONTEXT.at) == CONTEXT
