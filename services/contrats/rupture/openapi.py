"""The breaks of an HTTP interface, for its callers: what they send is no longer taken, what they read no longer comes."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contrats.rupture.schemas import Comparaison, Schema, Sens

_METHODS = ("get", "put", "post", "delete", "patch")


def ruptures_d_openapi(service: str, avant: Schema, apres: Schema) -> Iterator[str]:
    """Every break between two OpenAPI documents of a service."""
    lus, ecrits = Comparaison(avant, apres, Sens.LECTEUR), Comparaison(avant, apres, Sens.AUTEUR)
    for chemin, operations in avant.get("paths", {}).items():
        for methode in (une for une in _METHODS if une in operations):
            ou = f"{service} {methode.upper()} {chemin}"
            nouvelle = apres.get("paths", {}).get(chemin, {}).get(methode)
            if nouvelle is None:
                yield f"{ou} : l'opération a disparu"
                continue
            yield from _parametres(ou, operations[methode], nouvelle, ecrits)
            yield from _corps(ou, operations[methode], nouvelle, ecrits)
            yield from _reponses(ou, operations[methode], nouvelle, lus)


def _parametres(ou: str, avant: Schema, apres: Schema, ecrits: Comparaison) -> Iterator[str]:
    anciens, nouveaux = ({(p["in"], p["name"]): p for p in une.get("parameters", [])} for une in (avant, apres))
    for place, nouveau in nouveaux.items():
        if nouveau.get("required") and not anciens.get(place, {}).get("required"):
            yield f"{ou} : le paramètre « {place[1]} » est devenu obligatoire"
    for place, ancien in anciens.items():
        if place not in nouveaux:
            yield f"{ou} : le paramètre « {place[1]} » a disparu"
        else:
            nom = f"{ou}, paramètre « {place[1]} »"
            yield from ecrits.ruptures(nom, ancien.get("schema", {}), nouveaux[place].get("schema", {}))


def _corps(ou: str, avant: Schema, apres: Schema, ecrits: Comparaison) -> Iterator[str]:
    ancien, nouveau = avant.get("requestBody", {}), apres.get("requestBody", {})
    if nouveau.get("required") and not ancien.get("required"):
        yield f"{ou} : le corps est devenu obligatoire"
    yield from _contenus(f"{ou}, corps", ancien, nouveau, ecrits)


def _reponses(ou: str, avant: Schema, apres: Schema, lus: Comparaison) -> Iterator[str]:
    anciennes, nouvelles = avant.get("responses", {}), apres.get("responses", {})
    for code in anciennes:
        if code not in nouvelles:
            yield f"{ou} : la réponse {code} a disparu"
            continue
        yield from _contenus(f"{ou}, réponse {code}", anciennes[code], nouvelles[code], lus)
        for entete in anciennes[code].get("headers", {}).keys() - nouvelles[code].get("headers", {}).keys():
            yield f"{ou}, réponse {code} : l'en-tête « {entete} » a disparu"


def _contenus(ou: str, avant: Mapping[str, Any], apres: Mapping[str, Any], comparaison: Comparaison) -> Iterator[str]:
    for forme, ancien in avant.get("content", {}).items():
        nouveau = apres.get("content", {}).get(forme)
        if nouveau is None:
            yield f"{ou} : la forme « {forme} » a disparu"
            continue
        yield from comparaison.ruptures(ou, ancien.get("schema", {}), nouveau.get("schema", {}))
        for exemple in ancien.get("examples", {}).keys() - nouveau.get("examples", {}).keys():
            if "problem" in forme:
                yield f"{ou} : le problème « {exemple} » n'est plus annoncé"
