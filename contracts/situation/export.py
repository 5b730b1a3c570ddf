"""The catalogue as JSON (`contracts/situation.json`), for readers that are not Python."""

from decimal import Decimal
from typing import Any

from contracts.situation import Champ, Fait, catalogue


def en_objet() -> dict[str, Any]:
    """The whole catalogue, one object per fact, in the order of the paths."""
    faits = [decrire(fait) for _, fait in sorted(catalogue().items())]
    return {"catalogue": "situation", "version": 1, "faits": faits}


def decrire(fait: Fait) -> dict[str, Any]:
    """One fact as plain JSON values; what it does not have is absent. Decimal bounds are strings."""
    objet: dict[str, Any] = {
        "chemin": fait.chemin,
        "type": fait.type.value,
        "portee": fait.portee.value,
        "libelle": fait.libelle,
    }
    optionnels = {
        "unite": fait.unite,
        "liste": fait.liste,
        "liste_ouverte": fait.liste_ouverte,
        "codes": list(fait.codes),
        "bornes": [_borne(b) for b in fait.bornes] if fait.bornes else None,
        "decimales": fait.decimales,
        "sensible": fait.sensible,
        "fondement": fait.fondement,
        "derive": fait.derive,
        "champs": [_champ(c) for c in fait.champs],
    }
    objet |= {nom: valeur for nom, valeur in optionnels.items() if valeur}
    return objet | {"provenance": [p.value for p in fait.provenance], "source": fait.source}


def _borne(borne: Decimal) -> int | str:
    return int(borne) if borne == borne.to_integral_value() else str(borne)


def _champ(champ: Champ) -> dict[str, Any]:
    objet = {
        "nom": champ.nom,
        "type": champ.type.value,
        "libelle": champ.libelle,
        "liste": champ.liste,
        "unite": champ.unite,
    }
    return {k: v for k, v in objet.items() if v is not None} | {"obligatoire": champ.obligatoire}
