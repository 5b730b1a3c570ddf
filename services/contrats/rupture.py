"""What a new contract takes from those who rely on the old one: each break by its name."""

from collections.abc import Iterator, Mapping
from typing import Any

_METHODS = ("get", "put", "post", "delete", "patch")


def ruptures_de_schema(nom: str, avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[str]:
    """The breaks for a reader of published data: a field gone or no longer sure to come, another type, a value gone."""
    anciens, nouveaux = avant.get("properties", {}), apres.get("properties", {})
    for champ in anciens.keys() - nouveaux.keys():
        yield f"{nom} : le champ « {champ} » a disparu"
    for champ in set(avant.get("required", [])) - set(apres.get("required", [])):
        if champ in nouveaux:
            yield f"{nom} : le champ « {champ} » n'est plus toujours présent"
    for champ in anciens.keys() & nouveaux.keys():
        yield from _ruptures_de_valeur(f"{nom}, champ « {champ} »", anciens[champ], nouveaux[champ])
    for definition in avant.get("$defs", {}).keys() & apres.get("$defs", {}).keys():
        yield from ruptures_de_schema(f"{nom}/{definition}", avant["$defs"][definition], apres["$defs"][definition])


def _ruptures_de_valeur(ou: str, avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[str]:
    for cle in ("type", "format", "$ref", "anyOf", "enum", "const"):
        if avant.get(cle) != apres.get(cle):
            yield f"{ou} : « {cle} » était {avant.get(cle)}, devient {apres.get(cle)}"
    if isinstance(avant.get("items"), Mapping) and isinstance(apres.get("items"), Mapping):
        yield from _ruptures_de_valeur(f"{ou}, éléments", avant["items"], apres["items"])


def ruptures_d_openapi(service: str, avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[str]:
    """The breaks for a caller: an operation or an answer gone, a parameter or a field newly required."""
    for chemin, operations in avant.get("paths", {}).items():
        for methode in _METHODS:
            if methode not in operations:
                continue
            ou = f"{service} {methode.upper()} {chemin}"
            nouvelle = apres.get("paths", {}).get(chemin, {}).get(methode)
            if nouvelle is None:
                yield f"{ou} : l'opération a disparu"
                continue
            yield from _ruptures_d_operation(ou, operations[methode], nouvelle)
    anciens, nouveaux = (d.get("components", {}).get("schemas", {}) for d in (avant, apres))
    for schema in anciens.keys() & nouveaux.keys():
        for champ in set(nouveaux[schema].get("required", [])) - set(anciens[schema].get("required", [])):
            yield f"{service}, {schema} : le champ « {champ} » est devenu obligatoire"
        for champ in anciens[schema].get("properties", {}).keys() - nouveaux[schema].get("properties", {}).keys():
            yield f"{service}, {schema} : le champ « {champ} » a disparu"


def _ruptures_d_operation(ou: str, avant: Mapping[str, Any], apres: Mapping[str, Any]) -> Iterator[str]:
    succes = {code for code in avant.get("responses", {}) if code.startswith("2")}
    for code in succes - apres.get("responses", {}).keys():
        yield f"{ou} : la réponse {code} a disparu"
    exiges = [{p["name"] for p in o.get("parameters", []) if p.get("required")} for o in (avant, apres)]
    for nom in exiges[1] - exiges[0]:
        yield f"{ou} : le paramètre « {nom} » est devenu obligatoire"
    connus = [{p["name"] for p in o.get("parameters", [])} for o in (avant, apres)]
    for nom in connus[0] - connus[1]:
        yield f"{ou} : le paramètre « {nom} » a disparu"
