"""A fault of the input: where, what was refused and why, what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Chemin = tuple[int | str, ...]

FAUTES_MAX = 1_000
"""Faults listed at most: beyond, nobody reads them, and a hostile input would be answered by a longer one."""
PROCHES_MAX = 50
NOM_MAX = 100


@dataclass(frozen=True, slots=True)
class Faute:
    """One fault. `pointeur` is a JSON pointer (RFC 6901), empty for the whole document; `code` is stable."""

    pointeur: str
    code: str
    message: str
    remede: str


class EntreesRefusees(ValueError):
    """The input was read and is wrong: every fault found."""

    def __init__(self, fautes: Sequence[Faute]) -> None:
        super().__init__(f"{len(fautes)} faute(s)")
        self.fautes = tuple(fautes)


class EntreesIllisibles(ValueError):
    """The input is not JSON that can be read; the message says why and what to do."""


def pointeur(chemin: Iterable[int | str]) -> str:
    """JSON pointer of a path of keys and indexes."""
    return "".join(f"/{str(pas).replace('~', '~0').replace('/', '~1')}" for pas in chemin)


def proche(nom: str, connus: Iterable[str]) -> str:
    """What to do about an unknown name: the nearest known one, else the list."""
    liste = list(islice(connus, PROCHES_MAX + 1))
    voisins = get_close_matches(nom[:NOM_MAX], liste[:PROCHES_MAX], n=1)
    if voisins:
        return f"Vouliez-vous dire « {voisins[0]} » ?"
    suite = ", …" if len(liste) > PROCHES_MAX else ""
    return f"Noms connus : {', '.join(liste[:PROCHES_MAX]) or 'aucun'}{suite}."


_CONTENEURS = {
    "model_type": "un objet",
    "model_attributes_type": "un objet",
    "dict_type": "un objet",
    "list_type": "une liste",
    "tuple_type": "une liste",
    "bool_type": "true ou false",
    "string_type": "un texte",
}


def traduire(erreur: ValidationError, avant: Chemin = ()) -> list[Faute]:
    """The faults of a pydantic error, in French, in its order; `avant` is the path of what was validated."""
    return [_faute(detail, avant) for detail in erreur.errors(include_url=False)]


def _faute(detail: ErrorDetails, avant: Chemin) -> Faute:
    chemin = avant + tuple(pas for pas in detail["loc"] if pas != "[key]")
    genre, contexte = detail["type"], detail.get("ctx", {})
    ou, champ = pointeur(chemin), str(chemin[-1]) if chemin else ""
    if "remede" in contexte:
        return Faute(ou, genre, detail["msg"], contexte["remede"])
    if genre == "missing":
        return manquante(ou, champ)
    if genre in _CONTENEURS:
        attendu = _CONTENEURS[genre]
        return Faute(ou, "type-faux", f"Il faut {attendu} ici.", f"Remplacez cette valeur par {attendu}.")
    if genre in {"enum", "literal_error"}:
        permis = contexte["expected"].replace(" or ", ", ")
        return Faute(ou, "valeur-inconnue", "Cette valeur n'est pas prévue ici.", f"Valeurs permises : {permis}.")
    return _AUTRES.get(genre, _refusee)(ou, champ)


def _refusee(ou: str, champ: str) -> Faute:
    return Faute(ou, "valeur-refusee", f"La valeur de « {champ} » est refusée.", "Voyez le schéma : calculer --liste.")


def _inconnue(ou: str, champ: str) -> Faute:
    return Faute(ou, "champ-inconnu", f"Le champ « {champ} » n'existe pas ici.", "Retirez-le ou corrigez son nom.")


def _vide(ou: str, champ: str) -> Faute:
    return Faute(ou, "vide", f"Rien n'est donné dans « {champ} ».", "Donnez au moins une valeur.")


def _long(ou: str, champ: str) -> Faute:
    return Faute(ou, "trop-long", f"« {champ[:40]} » est plus long que permis.", "Raccourcissez-le ou découpez-le.")


_AUTRES = {
    "extra_forbidden": _inconnue,
    "too_short": _vide,
    "string_too_short": _vide,
    "too_long": _long,
    "string_too_long": _long,
}


def limiter(fautes: Iterable[Faute]) -> list[Faute]:
    """The faults without repetition, the first FAUTES_MAX of them, the last line saying when there are more."""
    listees = list(dict.fromkeys(islice(fautes, FAUTES_MAX + 1)))
    if len(listees) <= FAUTES_MAX:
        return listees
    message = f"Il y a plus de {FAUTES_MAX} fautes : les suivantes ne sont pas listées."
    return [*listees[:FAUTES_MAX], Faute("", "trop-de-fautes", message, "Corrigez celles-ci, puis recommencez.")]


def manquante(ou: str, champ: str) -> Faute:
    """A mandatory field that is not there."""
    return Faute(ou, "champ-manquant", f"Le champ « {champ} » manque.", "Ajoutez-le.")
