"""The breaks of the situation catalogue, for the grids that read its facts."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contrats.rupture.schemas import Schema

_STABLE = ("type", "portee", "unite", "liste", "decimales", "bornes")


def ruptures_de_situation(avant: Schema, apres: Schema) -> Iterator[str]:
    """Every break between two catalogues: a fact gone or told otherwise, a code gone."""
    yield from _ruptures("situation", _par(avant["faits"], "chemin"), _par(apres["faits"], "chemin"))


def _ruptures(ou: str, anciens: Mapping[str, Any], nouveaux: Mapping[str, Any]) -> Iterator[str]:
    for nom, ancien in anciens.items():
        nouveau = nouveaux.get(nom)
        if nouveau is None:
            yield f"{ou} : le fait « {nom} » a disparu"
            continue
        for cle in _STABLE:
            if ancien.get(cle) != nouveau.get(cle):
                yield f"{ou}, fait « {nom} » : « {cle} » était {ancien.get(cle)}, devient {nouveau.get(cle)}"
        if ancien.get("obligatoire") and not nouveau.get("obligatoire"):
            yield f"{ou}, fait « {nom} » : il n'est plus toujours présent"
        for code in ancien.get("codes", ()):
            if code not in nouveau.get("codes", ()):
                yield f"{ou}, fait « {nom} » : le code « {code} » a disparu"
        champs = (_par(fait.get("champs", ()), "nom") for fait in (ancien, nouveau))
        yield from _ruptures(f"{ou}, fait « {nom} »", *champs)


def _par(faits: Any, cle: str) -> dict[str, Any]:
    return {fait[cle]: fait for fait in faits}
