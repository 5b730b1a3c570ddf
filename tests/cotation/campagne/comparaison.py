"""Whether two results are the same to the last detail, and where they differ."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from enum import Enum

from services.cotation.domain.resultat import Ligne, Resultat


def ecarts(attendu: Resultat, obtenu: Resultat) -> list[str]:
    """Each difference, as "where: expected, obtained"; empty when the two results are the same."""
    return list(_ecarts("", attendu, obtenu))


def _ecarts(ou: str, attendu: object, obtenu: object) -> Iterator[str]:
    if isinstance(attendu, Ligne) and isinstance(obtenu, Ligne):
        for nom, un, autre in zip(Ligne._fields, attendu, obtenu, strict=True):
            yield from _ecarts(f"{ou}[{attendu.regle}].{nom}", un, autre)
    elif is_dataclass(attendu) and type(attendu) is type(obtenu):
        for champ in fields(attendu):
            yield from _ecarts(f"{ou}.{champ.name}", getattr(attendu, champ.name), getattr(obtenu, champ.name))
    elif isinstance(attendu, Mapping) and isinstance(obtenu, Mapping):
        yield from _ecarts(f"{ou} (clés)", tuple(attendu), tuple(obtenu))
        for cle in attendu.keys() & obtenu.keys():
            yield from _ecarts(f"{ou}[{cle}]", attendu[cle], obtenu[cle])
    elif isinstance(attendu, tuple) and isinstance(obtenu, tuple) and len(attendu) == len(obtenu):
        for rang, (un, autre) in enumerate(zip(attendu, obtenu, strict=True)):
            yield from _ecarts(f"{ou}[{rang}]", un, autre)
    elif not _memes(attendu, obtenu):
        yield f"{ou} : {attendu!r} attendu, {obtenu!r} obtenu"


def _memes(attendu: object, obtenu: object) -> bool:
    """Same type and same value; a fact given back is compared as it is written, so that 1, True and 1.0 stay apart."""
    if isinstance(attendu, Decimal) and isinstance(obtenu, Decimal) and attendu.is_finite():
        return attendu == obtenu and attendu.is_signed() == obtenu.is_signed()
    return type(attendu) is type(obtenu) and repr(attendu) == repr(obtenu)


def ecrire(valeur: object) -> str:
    """The Python expression of a part of a grid, defaults left out: what a regression test pastes."""
    match valeur:
        case Enum():
            return str(type(valeur).__name__) + "." + valeur.name
        case tuple():
            return "(" + "".join(f"{ecrire(item)}, " for item in valeur) + ")"
        case _ if is_dataclass(valeur) and not isinstance(valeur, type):
            dits = [(un.name, getattr(valeur, un.name)) for un in fields(valeur)]
            defauts = [_defaut(un) for un in fields(valeur)]
            parts = [f"{nom}={ecrire(dit)}" for (nom, dit), defaut in zip(dits, defauts, strict=True) if dit != defaut]
            return f"{type(valeur).__name__}({', '.join(parts)})"
        case _:
            return repr(valeur)


def _defaut(champ: Field[object]) -> object:
    return champ.default if champ.default_factory is MISSING else champ.default_factory()
