"""A change that would break those who rely on a contract is told by its name; one that only adds is not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from contracts.evenements import TYPES
from contracts.situation.export import en_objet
from services.contrats.evenements import asyncapi, schema_de
from services.contrats.rupture import ruptures_d_asyncapi, ruptures_d_openapi, ruptures_de_schema, ruptures_de_situation

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
    "paths": {
        "/v1/x": {
            "post": {
                "parameters": [
                    {"name": "a", "in": "query", "schema": {"type": "integer", "maximum": 200}},
                    {"name": "b", "in": "query", "schema": {"enum": ["un", "deux"], "type": "string"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Corps"}}}},
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lu"}}}},
                    "404": {"content": {"application/problem+json": {"schema": {}, "examples": {"inconnu": {}}}}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Corps": {
                "type": "object",
                "required": ["un"],
                "properties": {
                    "un": {"type": "string"},
                    "deux": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "lignes": {"type": "array", "items": {"$ref": "#/components/schemas/Ligne"}},
                },
            },
            "Ligne": {"type": "object", "properties": {"code": {"enum": ["A", "B"], "type": "string"}}},
            "Lu": {
                "type": "object",
                "required": ["etat"],
                "properties": {"etat": {"type": "string"}, "suite": {"$ref": "#/components/schemas/Lu"}},
            },
        }
    },
}


def _operation(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1/x"]["post"]
    return found


def _parametre(document: dict[str, Any], rang: int) -> dict[str, Any]:
    found: dict[str, Any] = _operation(document)["parameters"][rang]
    return found


def _schema(document: dict[str, Any], nom: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][nom]
    return found


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        (lambda d: d["paths"].clear(), "POST /v1/x : l'opération a disparu"),
        (lambda d: _operation(d)["responses"].pop("200"), "la réponse 200 a disparu"),
        (lambda d: _operation(d)["responses"].pop("404"), "la réponse 404 a disparu"),
        (lambda d: _operation(d)["responses"]["404"]["content"]["application/problem+json"]["examples"].clear(), "« inconnu »"),
        (lambda d: _parametre(d, 0).update(required=True), "« a » est devenu obligatoire"),
        (lambda d: _operation(d)["parameters"].pop(), "« b » a disparu"),
        (lambda d: _parametre(d, 0)["schema"].update(maximum=100), "« maximum » était 200, devient 100"),
        (lambda d: _parametre(d, 0)["schema"].update(type="string"), "la forme « integer » n'est plus acceptée"),
        (lambda d: _parametre(d, 1)["schema"]["enum"].pop(), "la valeur « deux » a disparu"),
        (lambda d: _operation(d)["requestBody"].update(required=True), "le corps est devenu obligatoire"),
        (lambda d: _schema(d, "Corps")["required"].append("deux"), "corps : le champ « deux » est devenu obligatoire"),
        (lambda d: _schema(d, "Corps")["properties"].pop("deux"), "corps : le champ « deux » a disparu"),
        (lambda d: _schema(d, "Corps")["properties"]["deux"]["anyOf"].pop(), "la forme « null » n'est plus acceptée"),
        (lambda d: _schema(d, "Ligne")["properties"]["code"]["enum"].pop(), "éléments, champ « code » : la valeur « B »"),
        (lambda d: _schema(d, "Lu")["required"].clear(), "« etat » n'est plus toujours présent"),
        (lambda d: _schema(d, "Lu")["properties"].pop("suite"), "« suite » a disparu"),
        (lambda d: _schema(d, "Lu")["properties"]["etat"].update(type=["string", "null"]), "« null » peut maintenant venir"),
    ],
)  # fmt: skip
def test_what_a_caller_relied_on_is_told(change: Callable[[dict[str, Any]], object], dit: str) -> None:
    apres = deepcopy(OPENAPI)
    change(apres)
    ruptures = list(ruptures_d_openapi("essai", OPENAPI, apres))
    assert len(ruptures) == 1
    assert dit in ruptures[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: None,
        lambda d: _operation(d)["parameters"].append({"name": "c", "in": "query", "schema": {"enum": ["x"]}}),
        lambda d: _operation(d)["responses"].update({"409": {}}),
        lambda d: _parametre(d, 1)["schema"]["enum"].append("trois"),
        lambda d: _schema(d, "Corps")["properties"].update(trois={"type": "string"}),
        lambda d: _schema(d, "Corps")["required"].clear(),
        lambda d: _schema(d, "Lu")["properties"].update(trois={"enum": ["x"]}),
    ],
)
def test_what_only_adds_breaks_no_caller(change: Callable[[dict[str, Any]], object]) -> None:
    apres = deepcopy(OPENAPI)
    change(apres)
    assert list(ruptures_d_openapi("essai", OPENAPI, apres)) == []


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        (lambda d: d["channels"].pop("flux"), "le canal « flux » a disparu"),
        (lambda d: d["channels"]["flux"].update(address="ailleurs"), "« address » était"),
        (lambda d: d["channels"]["flux"]["messages"].pop("logement.rendu.v1"), "le message « logement.rendu.v1 » a disparu"),
    ],
)  # fmt: skip
def test_what_a_consumer_of_the_topics_relied_on_is_told(change: Callable[[dict[str, Any]], object], dit: str) -> None:
    avant, apres = asyncapi(), deepcopy(asyncapi())
    assert list(ruptures_d_asyncapi(avant, apres)) == []
    change(apres)
    (rupture,) = ruptures_d_asyncapi(avant, apres)
    assert dit in rupture


def _fait(catalogue: dict[str, Any], chemin: str) -> dict[str, Any]:
    found: dict[str, Any] = next(fait for fait in catalogue["faits"] if fait["chemin"] == chemin)
    return found


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        (lambda d: d["faits"].remove(_fait(d, "dalo.statut")), "le fait « dalo.statut » a disparu"),
        (lambda d: _fait(d, "dalo.date_decision").update(type="int"), "« type » était date, devient int"),
        (lambda d: _fait(d, "demande.age_mois").update(unite="jours"), "« unite » était mois, devient jours"),
    ],
)
def test_what_a_grid_relied_on_is_told(change: Callable[[dict[str, Any]], object], dit: str) -> None:
    avant, apres = en_objet(), en_objet()
    assert list(ruptures_de_situation(avant, apres)) == []
    change(apres)
    (rupture,) = ruptures_de_situation(avant, apres)
    assert dit in rupture


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
