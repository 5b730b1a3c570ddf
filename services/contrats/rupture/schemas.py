"""The breaks between two JSON Schemas, for whoever reads what we write, or for whoever writes what we read.

A reader is broken by what may no longer come, or comes in a new form; a writer, by what is no longer taken, or is newly asked. A
value or a field more breaks nobody: readers ignore those that they do not know.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Schema = Mapping[str, Any]

_EXACT = ("format", "pattern", "const", "multipleOf")
_CEILINGS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FLOORS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_ANYTHING = "tout"


class Sens(Enum):
    """Who is broken: LECTEUR reads what we write, AUTEUR writes what we read."""

    LECTEUR = "lecteur"
    AUTEUR = "auteur"


def ruptures_de_schema(nom: str, avant: Schema, apres: Schema) -> Iterator[str]:
    """The breaks for the readers of published data."""
    yield from Comparaison(avant, apres, Sens.LECTEUR).ruptures(nom, avant, apres)


@dataclass
class Comparaison:
    """Two documents whose schemas are compared, `$ref`s followed in each. vus: pairs already compared, so that recursion ends."""

    avant: Schema
    apres: Schema
    sens: Sens
    vus: set[tuple[str, str]] = field(default_factory=set)

    def ruptures(self, ou: str, avant: Schema, apres: Schema) -> Iterator[str]:
        """The breaks of one value, said to be at `ou`."""
        nommes = avant.get("$ref", ""), apres.get("$ref", "")
        if any(nommes):
            if nommes in self.vus:
                return
            self.vus.add(nommes)
        anciennes, nouvelles = _formes(self.avant, avant), _formes(self.apres, apres)
        if self.sens is Sens.LECTEUR:
            for forme in _absents(nouvelles, anciennes):
                yield f"{ou} : la forme « {forme} » peut maintenant venir"
        else:
            for forme in _absents(anciennes, nouvelles):
                yield f"{ou} : la forme « {forme} » n'est plus acceptée"
        for forme in sorted(anciennes.keys() & nouvelles.keys()):
            yield from self._ruptures_de_forme(ou, anciennes[forme], nouvelles[forme])

    def _ruptures_de_forme(self, ou: str, avant: Schema, apres: Schema) -> Iterator[str]:
        yield from self._valeurs(ou, avant, apres)
        yield from self._champs(ou, avant, apres)
        for cle, dit in (("items", "éléments"), ("additionalProperties", "valeurs")):
            if isinstance(avant.get(cle), Mapping) and isinstance(apres.get(cle), Mapping):
                yield from self.ruptures(f"{ou}, {dit}", avant[cle], apres[cle])

    def _valeurs(self, ou: str, avant: Schema, apres: Schema) -> Iterator[str]:
        for valeur in _absents(avant.get("enum", ()), apres.get("enum", avant.get("enum", ()))):
            yield f"{ou} : la valeur « {valeur} » a disparu"
        changes = [
            cle for cle in _EXACT if avant.get(cle) != apres.get(cle) and (avant if self._lit else apres).get(cle)
        ]
        if not self._lit:
            changes += [c for c in _CEILINGS if c in apres and (c not in avant or apres[c] < avant[c])]
            changes += [c for c in _FLOORS if c in apres and (c not in avant or apres[c] > avant[c])]
            changes += ["enum"] if "enum" in apres and not avant.keys() & {"enum", "const"} else []
        for cle in changes:
            yield f"{ou} : « {cle} » était {avant.get(cle)}, devient {apres.get(cle)}"

    def _champs(self, ou: str, avant: Schema, apres: Schema) -> Iterator[str]:
        anciens, nouveaux = avant.get("properties", {}), apres.get("properties", {})
        for champ in _absents(anciens, nouveaux):
            yield f"{ou} : le champ « {champ} » a disparu"
        if self._lit:
            for champ in _absents(avant.get("required", ()), apres.get("required", ())):
                if champ in nouveaux:
                    yield f"{ou} : le champ « {champ} » n'est plus toujours présent"
        else:
            for champ in _absents(apres.get("required", ()), avant.get("required", ())):
                yield f"{ou} : le champ « {champ} » est devenu obligatoire"
        for champ in sorted(anciens.keys() & nouveaux.keys()):
            yield from self.ruptures(f"{ou}, champ « {champ} »", anciens[champ], nouveaux[champ])

    @property
    def _lit(self) -> bool:
        return self.sens is Sens.LECTEUR


def _absents(de: Collection[Any], dans: Collection[Any]) -> list[Any]:
    """What is in the one and not in the other, in a stable order; nothing when anything is allowed there."""
    return [] if _ANYTHING in dans else sorted((un for un in de if un not in dans and un != _ANYTHING), key=str)


def _formes(document: Schema, schema: Schema) -> dict[str, Schema]:
    """The kinds of value that a schema allows, by the name of their type; objects by their own name where there are several."""
    feuilles = list(_feuilles(document, schema, ""))
    plusieurs = sum(feuille.get("type") == "object" for _, feuille in feuilles) > 1
    return {
        nom if nom and plusieurs and feuille.get("type") == "object" else type_: feuille
        for nom, feuille in feuilles
        for type_ in _types(feuille)
    }


def _feuilles(document: Schema, schema: Schema, nom: str) -> Iterator[tuple[str, Schema]]:
    if "$ref" in schema:
        nom = schema["$ref"].rpartition("/")[2]
        yield from _feuilles(document, _suivre(document, schema["$ref"]), nom)
    elif choix := schema.get("anyOf") or schema.get("oneOf"):
        for un in choix:
            yield from _feuilles(document, un, nom)
    else:
        yield nom, schema


def _types(schema: Schema) -> list[str]:
    dit = schema.get("type")
    if dit is None:
        return ["object" if "properties" in schema else _ANYTHING]
    return [dit] if isinstance(dit, str) else list(dit)


def _suivre(document: Schema, reference: str) -> Schema:
    """What a local reference names. Raises KeyError when it names nothing."""
    trouve: Any = document
    for pas in reference.removeprefix("#/").split("/"):
        trouve = trouve[pas]
    return trouve  # type: ignore[no-any-return]
