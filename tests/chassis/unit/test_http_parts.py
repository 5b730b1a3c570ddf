"""The parts of the edge that need no server: sentences, pointers, buckets, cursors, draining."""

import asyncio
import json
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    UUID4,
    AnyHttpUrl,
    AnyUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    UrlConstraints,
    ValidationError,
)
from pydantic_core.core_schema import ErrorType

from services.chassis.http.documentation import problems
from services.chassis.http.draining import Drain
from services.chassis.http.french import SENTENCES, sentence
from services.chassis.http.limits import Limits, LimitTable
from services.chassis.http.lists import PageRequest
from services.chassis.http.rates import Buckets, Rate
from services.chassis.http.refusals import COMMON, CurseurInvalide
from services.chassis.http.rendering import is_unavailability
from services.chassis.http.schemas import Corps
from services.chassis.http.validation import pointer_in
from services.chassis.journal.port import OlderTransaction
from services.chassis.problems import Problem, StaleVersion

# What JSON, queries and headers cannot give: errors of Python objects, calls and internals.
NOT_FROM_A_REQUEST = """
no_such_attribute needs_python_object recursion_depth_exceeded frozen_field frozen_instance get_attribute_error
dataclass_exact_type named_tuple_type default_factory_not_called iteration_error frozen_dict_type ordered_dict_type
counter_type deque_type value_error assertion_error missing_sentinel_error ellipsis_error is_instance_of is_subclass_of
callable_type arguments_type missing_argument missing_keyword_only_argument
unexpected_positional_argument missing_positional_only_argument multiple_argument_values complex_type complex_str_parsing
"""


def test_every_error_that_a_request_can_cause_has_its_french_sentence() -> None:
    assert set(get_args(ErrorType)) - set(SENTENCES) == set(NOT_FROM_A_REQUEST.split())
    assert set(SENTENCES) <= set(get_args(ErrorType))
    for code, said in SENTENCES.values():
        assert code.isascii()
        assert said.endswith(".")


def test_a_validator_of_ours_speaks_for_itself() -> None:
    said = "La date de dépôt ne peut pas être à venir."
    assert sentence("value_error", {"error": ValueError(said)}) == ("valeur-refusee", said)
    assert sentence("literal_error", {"expected": "'a' or 'b'"})[1].endswith("'a' ou 'b'.")
    assert sentence("inconnu-de-nous", {}) == ("valeur-refusee", "Cette valeur n'est pas acceptée.")


@pytest.mark.parametrize(
    ("path", "missing", "pointer"),
    [
        (["menage", "personnes", 1, "nom"], False, "/menage/personnes/1/nom"),
        (["menage", "Couple", "personnes", 0, "function-after[x()]", "age"], True, "/menage/personnes/0/age"),
        ([], True, ""),
        (["menage", "personnes", 7], False, "/menage/personnes"),
        (["a/b", "m~n"], False, "/a~1b/m~0n"),
    ],
)
def test_a_pointer_leads_to_the_fault_in_the_body(path: list[str | int], missing: bool, pointer: str) -> None:
    body = {"menage": {"personnes": [{"nom": "x"}, {"nom": 3}]}, "a/b": {"m~n": 1}}
    assert pointer_in(body, path, missing=missing) == pointer


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets(Rate(per_second=2.0, burst=3), clock)
    assert [buckets.take("a") for _ in range(3)] == [0.0] * 3
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.take("b") == 0.0
    clock.now = 0.5
    assert buckets.take("a") == 0.0
    clock.now = 3_600.0
    assert [buckets.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(0.5)]


@given(st.lists(st.floats(0, 2), max_size=60), st.floats(0.5, 20), st.integers(1, 10))
def test_no_caller_passes_more_than_the_burst_and_what_time_earned(
    pauses: list[float], rate: float, burst: int
) -> None:
    clock = Clock()
    buckets = Buckets(Rate(rate, burst), clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += buckets.take("a") == 0.0
    assert passed <= burst + clock.now * rate + 1e-6


def test_the_callers_remembered_are_bounded() -> None:
    buckets = Buckets(Rate(1.0, 1), Clock())
    for number in range(10_050):
        buckets.take(str(number))
    assert len(buckets._buckets) == 10_000


def test_the_longest_prefix_gives_the_limits() -> None:
    wide, narrow = Limits(seconds=60), Limits(seconds=5)
    table = LimitTable(Limits(), {"/v1": wide, "/v1/import": narrow})
    assert table.of("/v1/import/42") is narrow
    assert table.of("/v1/important") is wide
    assert table.of("/autre") is table.default


KEYS = st.tuples(st.dates(), st.uuids(), st.integers(-(2**53), 2**53), st.text(max_size=20))


def a_page(cursor: str | None = None, list_id: bytes = b"liste") -> PageRequest:
    return PageRequest(limit=1, cursor=cursor, list_id=list_id)


@given(KEYS)
def test_a_cursor_gives_back_the_key_that_it_was_made_of(key: tuple[Any, ...]) -> None:
    link = a_page().page([key, key], key=lambda row: row, item=str).suivant
    assert link is not None
    cursor = link.partition("curseur=")[2]
    assert a_page(cursor).after(tuple[date, UUID, int, str]) == key
    with pytest.raises(CurseurInvalide):
        a_page(cursor, b"une autre liste").after(tuple[date, UUID, int, str])
    with pytest.raises(CurseurInvalide):
        a_page(cursor).after(tuple[date, int])


async def test_a_long_poll_is_told_of_the_stop() -> None:
    drain = Drain()
    cancelled = asyncio.Event()

    async def wait() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return "jamais"

    polling = asyncio.create_task(drain.unless_stopping(wait()))
    await asyncio.sleep(0)
    drain.stop()
    assert await polling is None
    assert cancelled.is_set()
    assert drain.stopping


async def test_what_ends_before_the_stop_is_given() -> None:
    async def soon() -> str:
        return "fait"

    async def breaks() -> str:
        raise LookupError

    assert await Drain().unless_stopping(soon()) == "fait"
    with pytest.raises(LookupError):
        await Drain().unless_stopping(breaks())


async def test_a_caller_who_leaves_takes_the_wait_along() -> None:
    inner = asyncio.get_running_loop().create_future()
    polling = asyncio.create_task(Drain().unless_stopping(inner))
    await asyncio.sleep(0)
    polling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await polling
    assert inner.cancelled()


def test_problems_are_documented_with_an_example_each() -> None:
    documented = problems(StaleVersion, *COMMON)
    assert (
        documented[412]["content"]["application/problem+json"]["examples"]["version-perimee"]["value"]["status"] == 412
    )
    assert set(documented[401]["content"]["application/problem+json"]["examples"]) == {"jeton-absent", "jeton-invalide"}
    assert "Retry-After" in documented[429]["headers"]


def test_every_problem_of_the_edge_has_a_code_of_its_own() -> None:
    edge = [cls for cls in Problem.__subclasses__() if cls.__module__ == "services.chassis.http.refusals"]
    codes = [cls.code for cls in edge]
    assert len(set(codes)) == len(codes) > 15
    assert all(code.isascii() and code == code.lower() for code in codes)


def test_writers_who_kept_meeting_are_a_passing_trouble_and_a_bug_is_not() -> None:
    assert is_unavailability(OlderTransaction("40001"))
    assert is_unavailability(ConnectionRefusedError())
    assert not is_unavailability(FileNotFoundError())
    assert not is_unavailability(LookupError())


class Couleur(Enum):
    ROUGE = "rouge"


class Pomme(BaseModel):
    sorte: Literal["pomme"]


class Poire(BaseModel):
    sorte: Literal["poire"]


class Encoded(BaseModel):
    model_config = ConfigDict(val_json_bytes="hex")

    octets: bytes


Fruit = Annotated[Pomme | Poire, Field(discriminator="sorte")]

# A refusal of each kind whose sentence says a bound or a list: the names in the braces must be those that pydantic gives.
TELLING: list[tuple[str, Any, Any, str]] = [
    ("string_too_short", Annotated[str, Field(min_length=3)], "a", "3 caractères"),
    ("string_too_long", Annotated[str, Field(max_length=3)], "abcd", "3 caractères"),
    ("string_pattern_mismatch", Annotated[str, Field(pattern="^x$")], "a", "^x$"),
    ("too_short", Annotated[list[int], Field(min_length=2)], [1], "2 éléments"),
    ("too_long", Annotated[list[int], Field(max_length=1)], [1, 2], "1 éléments"),
    ("decimal_max_digits", Annotated[Decimal, Field(max_digits=2)], "123", "2 chiffres"),
    ("decimal_max_places", Annotated[Decimal, Field(decimal_places=1)], "1.23", "1 décimales"),
    ("decimal_whole_digits", Annotated[Decimal, Field(max_digits=3, decimal_places=2)], "12.1", "1 chiffres"),
    ("greater_than", Annotated[int, Field(gt=3)], 3, "à 3"),
    ("greater_than_equal", Annotated[int, Field(ge=3)], 2, "moins 3"),
    ("less_than", Annotated[int, Field(lt=3)], 3, "à 3"),
    ("less_than_equal", Annotated[int, Field(le=3)], 4, "plus 3"),
    ("multiple_of", Annotated[int, Field(multiple_of=3)], 4, "de 3"),
    ("enum", Couleur, "vert", "'rouge'"),
    ("literal_error", Literal["a", "b"], "c", "'a' ou 'b'"),
    ("bytes_too_short", Annotated[bytes, Field(min_length=3)], b"a", "3 octets"),
    ("bytes_too_long", Annotated[bytes, Field(max_length=1)], b"ab", "1 octets"),
    ("bytes_invalid_encoding", Encoded, {"octets": "zz"}, "hex"),
    ("uuid_version", UUID4, "00000000-0000-1000-8000-000000000000", "version 4"),
    ("url_too_long", Annotated[AnyUrl, UrlConstraints(max_length=20)], "https://exemple.test/long", "20 caractères"),
    ("url_scheme", AnyHttpUrl, "ftp://exemple.test", "'http' ou 'https'"),
    ("union_tag_invalid", Fruit, {"sorte": "noix"}, "'pomme', 'poire'"),
    ("union_tag_not_found", Fruit, {}, "'sorte'"),
]


@pytest.mark.parametrize(("kind", "expected", "value", "told"), TELLING, ids=[one[0] for one in TELLING])
def test_a_sentence_says_the_bound_or_the_list(kind: str, expected: Any, value: Any, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        adapter = TypeAdapter(expected)
        adapter.validate_json(json.dumps(value)) if expected is Encoded else adapter.validate_python(value)
    [error] = refused.value.errors()
    assert error["type"] == kind
    assert told in sentence(kind, error.get("ctx", {}))[1]


def test_every_sentence_that_says_something_of_the_case_is_tried() -> None:
    assert {kind for kind, (_, said) in SENTENCES.items() if "{" in said} == {one[0] for one in TELLING}


class _Corps(Corps):
    le: date
    recu: AwareDatetime | None = None
    nombre: int | None = None
    oui: bool = False
    liste: dict[str, tuple[int, ...]] = {}  # noqa: RUF012 (pydantic copies it)


@pytest.mark.parametrize(
    "faux",
    [
        {"le": 2026},
        {"le": "1700000000"},
        {"le": "2026-01-01T00:00:00"},
        {"recu": 1_700_000_000},
        {"recu": "1700000000"},
        {"nombre": "3"},
        {"nombre": True},
        {"nombre": 3.0},
        {"oui": 1},
        {"oui": "yes"},
        {"liste": {"a": ["1"]}},
    ],
    ids=str,
)
def test_a_body_is_read_as_it_is_written(faux: dict[str, Any]) -> None:
    assert _Corps.model_validate({"le": "2026-01-01", "recu": "2026-01-01T00:00:00Z", "nombre": 3, "oui": True})
    with pytest.raises(ValidationError):
        _Corps.model_validate({"le": "2026-01-01"} | faux)


def test_a_body_served_by_many_applications_stays_the_same() -> None:
    for _ in range(400):
        adapter = TypeAdapter(Annotated[_Corps, "served once more"])
    assert adapter.json_schema()["properties"]["le"] == {"format": "date", "title": "Le", "type": "string"}
