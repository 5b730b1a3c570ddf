"""One kind of calculation: its words, its source, its inputs and its function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic.json_schema import GenerateJsonSchema

from services.flux.calculateur.affichage import Resultat
from services.flux.calculateur.entrees import Entrees, lire
from services.flux.calculateur.fautes import Faute

E = TypeVar("E", bound=Entrees)


class _SansTitres(GenerateJsonSchema):
    """Field names say enough: no title is made up from them."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_de(entrees: type[Entrees]) -> dict[str, Any]:
    """JSON Schema of some inputs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **entrees.model_json_schema(schema_generator=_SansTitres),
    }


@dataclass(frozen=True, slots=True)
class Genre(Generic[E]):
    """An entry of the table: what `calculer --liste` documents and `calculer KIND` runs."""

    kind: str
    titre: str
    formule: str
    sources: tuple[str, ...]
    entrees: type[E]
    calcul: Callable[[E], Resultat]
    exemple: str
    """Id of a worked example of flux-examples.json, or of docs/flux.md."""

    def calculer(self, brut: Any, fautes: list[Faute]) -> Resultat:
        """The result for raw inputs, `fautes` being those of the form. Raises EntreesRefusees."""
        return self.calcul(lire(self.entrees, brut, fautes))

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the inputs."""
        return schema_de(self.entrees)
