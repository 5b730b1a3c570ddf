"""Each operation shows what it was really sent and answered, and each example is what the interface promises."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

OPENAPI = Path(__file__).parents[2] / "contracts" / "openapi"


def _contenus() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each body of a request, each JSON body of a success: its place, its content, its document."""
    for fichier in sorted(OPENAPI.glob("*.json")):
        document = json.loads(fichier.read_bytes())
        for operations in document["paths"].values():
            for operation in operations.values():
                answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
                for place in [operation.get("requestBody", {}), *answers]:
                    for media, content in place.get("content", {}).items():
                        if media != "application/pdf":
                            yield f"{fichier.stem}.{operation['operationId']} {media}", content, document


@pytest.mark.parametrize(("content", "document"), [pytest.param(c, d, id=ou) for ou, c, d in _contenus()])
def test_each_body_has_an_example_that_conforms(content: dict[str, Any], document: dict[str, Any]) -> None:
    exemple = content["examples"]["exemple"]["value"]
    if content.get("schema"):
        jsonschema.validate(
            exemple, content["schema"] | {"components": document["components"]}, jsonschema.Draft202012Validator
        )
