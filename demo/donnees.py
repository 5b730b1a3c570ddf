"""The committed data that the generator draws from (`demo/data/`), read once."""

import csv
import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_DOSSIER = files("demo") / "data"


def _texte(nom: str) -> str:
    return (_DOSSIER / nom).read_text(encoding="utf-8")


@cache
def defauts() -> Mapping[str, Any]:
    """The assumed weights (`defauts_generateur`) of distributions.json."""
    contenu: dict[str, Any] = json.loads(_texte("distributions.json"))
    bloc: dict[str, Any] = contenu["defauts_generateur"]
    return bloc


def poids(bloc: Mapping[str, Any]) -> dict[str, float]:
    """The weights of a block without its notes (`ancre`)."""
    return {cle: valeur for cle, valeur in bloc.items() if isinstance(valeur, int | float)}


@cache
def lignes(nom: str, separateur: str = ";") -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV file of `demo/data/`."""
    return tuple(csv.DictReader(_texte(nom).splitlines(), delimiter=separateur))


@cache
def mots(nom: str) -> tuple[str, ...]:
    """The names of a text file, `~` standing for a space."""
    return tuple(mot.replace("~", " ") for mot in _texte(nom).split())


@cache
def voies() -> tuple[str, ...]:
    """Street names."""
    return tuple(_texte("voies.txt").splitlines())


@cache
def sans_accent(mot: str) -> str:
    """The word as it stands in a mail address: ASCII, lower case, no space nor apostrophe."""
    decompose = unicodedata.normalize("NFKD", mot.lower().replace("œ", "oe"))
    return "".join(lettre for lettre in decompose if lettre.isascii() and (lettre.isalnum() or lettre == "-"))
