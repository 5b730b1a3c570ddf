"""A change that would break those who rely on a contract is told by its name; one that only adds is not."""

from copy import deepcopy
from typing import Any

import pytest

from contracts.evenements import TYPES
from services.contrats.evenements import asyncapi, schema_de
from services.contrats.rupture import ruptures_d_openapi, ruptures_de_schema

SCHEMA = schema_de("caleol.decidee.v1")


def _change(**change: Any) -> dict[str, Any]:
    schema = deepcopy(SCHEMA)
    for name, value in change.items():
        if value is None:
            del schema["properties"][name]
        else:
            schema["properties"][name] = value
    return schema


def test_nothing_changed_breaks_nothing() -> None:
    assert list(ruptures_de_schema("x", SCHEMA, deepcopy(SCHEMA))) == []


def test_a_field_more_breaks_nothing() -> None:
    assert list(ruptures_de_schema("x", SCHEMA, _change(nouveau={"type": "string"}))) == []


@pytest.mark.parametrize(
    ("apres", "dit"),
    [
        (_change(seance_le=None), "« seance_le » a disparu"),
        (_change(seance_le={"type": "integer"}), "« seance_le »"),
        (SCHEMA | {"required": ["decisions"]}, "n'est plus toujours présent"),
    ],
)
def test_what_a_reader_relied_on_is_told(apres: dict[str, Any], dit: str) -> None:
    assert any(dit in phrase for phrase in ruptures_de_schema("caleol.decidee.v1", SCHEMA, apres))


def test_a_change_inside_a_nested_object_is_told() -> None:
    apres = deepcopy(SCHEMA)
    del apres["$defs"]["CandidatDecide"]["properties"]["decision"]
    assert any("decision" in phrase for phrase in ruptures_de_schema("caleol.decidee.v1", SCHEMA, apres))


OPENAPI: dict[str, Any] = {
    "paths": {"/v1/x": {"get": {"parameters": [{"name": "a"}, {"name": "b"}], "responses": {"200": {}, "404": {}}}}},
    "components": {"schemas": {"Corps": {"required": ["un"], "properties": {"un": {}, "deux": {}}}}},
}


def _api(change: Any) -> list[str]:
    apres = deepcopy(OPENAPI)
    change(apres)
    return list(ruptures_d_openapi("essai", OPENAPI, apres))


def test_what_a_caller_relied_on_is_told() -> None:
    def operation(document: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = document["paths"]["/v1/x"]["get"]
        return found

    assert _api(lambda d: None) == []
    assert _api(lambda d: d["paths"].clear()) == ["essai GET /v1/x : l'opération a disparu"]
    assert "réponse 200" in _api(lambda d: operation(d)["responses"].pop("200"))[0]
    assert "« a » est devenu obligatoire" in _api(lambda d: operation(d)["parameters"][0].update(required=True))[0]
    assert "« b » a disparu" in _api(lambda d: operation(d)["parameters"].pop())[0]
    corps = "Corps"
    assert "« deux » est devenu" in _api(lambda d: d["components"]["schemas"][corps]["required"].append("deux"))[0]
    assert _api(lambda d: d["components"]["schemas"][corps]["properties"].update(trois={})) == []


def test_every_published_type_is_on_its_topic_and_has_a_schema() -> None:
    document = asyncapi()
    told = {nom for channel in document["channels"].values() for nom in channel["messages"]}
    assert told == set(TYPES)
    for nom in TYPES:
        assert document["components"]["messages"][nom]["name"] == nom


FORBIDDEN = {
    "nom",
    "prenom",
    "adresse",
    "courriel",
    "telephone",
    "naissance",
    "revenu",
    "ressources",
    "numero",
    "nir",
    "motifs",
}


def test_no_published_event_has_room_for_a_personal_fact() -> None:
    for nom in TYPES:
        schema = schema_de(nom)
        shapes = [schema, *schema.get("$defs", {}).values()]
        assert not FORBIDDEN & {champ for shape in shapes for champ in shape.get("properties", {})}, nom
