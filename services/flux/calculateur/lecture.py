"""JSON read exactly: numbers as int or Decimal, never a float; duplicate keys and hostile numbers kept as faults."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.flux.calculateur.fautes import Chemin, EntreesIllisibles, Faute, pointeur

TAILLE_MAX = 8 * 1024 * 1024
CHIFFRES_MAX = 30
_SUBSTITUTS = re.compile(r"\\u[dD][89a-fA-F]")
PROFONDEUR_MAX = 20


@dataclass(frozen=True, slots=True)
class NombreRefuse:
    """A number that no quota can hold: too many digits, too far an exponent, NaN or infinite."""

    texte: str


class Objet(dict[str, Any]):
    """A JSON object that remembers the keys written twice."""

    doublons: tuple[str, ...] = ()


def lire_json(octets: bytes) -> tuple[Any, list[Faute]]:
    """The value and the faults of its form. Raises EntreesIllisibles: not UTF-8, not JSON, empty, too large or deep."""
    if len(octets) > TAILLE_MAX:
        raise EntreesIllisibles(f"L'entrée dépasse {TAILLE_MAX // 1024**2} Mio : découpez-la.")
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        raise EntreesIllisibles("L'entrée n'est pas en UTF-8 : enregistrez-la dans cet encodage.") from erreur
    if not texte.strip():
        raise EntreesIllisibles("L'entrée est vide : donnez un objet JSON.")
    try:
        valeur = json.loads(
            texte,
            parse_float=_decimal,
            parse_int=_entier,
            parse_constant=NombreRefuse,
            object_pairs_hook=_objet,
        )
    except json.JSONDecodeError as erreur:
        raise EntreesIllisibles(
            f"Ce n'est pas du JSON (ligne {erreur.lineno}, colonne {erreur.colno}) : corrigez à cet endroit."
        ) from erreur
    except RecursionError as erreur:
        raise EntreesIllisibles("Les objets sont trop profondément imbriqués : aplatissez-les.") from erreur
    if _SUBSTITUTS.search(texte) and not _est_transmissible(valeur):
        raise EntreesIllisibles("Un texte contient une moitié de caractère (\\ud800 à \\udfff) : corrigez-le.")
    return valeur, list(_fautes(valeur, ()))


def _est_transmissible(valeur: Any) -> bool:
    """Whether every text can be written as UTF-8: a lone surrogate escape is legal JSON and cannot."""
    try:
        json.dumps(valeur, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _decimal(texte: str) -> Decimal | NombreRefuse:
    if len(texte) > CHIFFRES_MAX:
        return NombreRefuse(texte)
    nombre = Decimal(texte)
    exposant = nombre.as_tuple().exponent
    etendue = isinstance(exposant, int) and abs(exposant) <= CHIFFRES_MAX
    return nombre if etendue else NombreRefuse(texte)


def _entier(texte: str) -> int | NombreRefuse:
    return int(texte) if len(texte) <= CHIFFRES_MAX else NombreRefuse(texte)


def _objet(paires: list[tuple[str, Any]]) -> Objet:
    objet = Objet(paires)
    if len(objet) < len(paires):
        fois = Counter(cle for cle, _ in paires)
        objet.doublons = tuple(cle for cle, combien in fois.items() if combien > 1)
    return objet


def _fautes(valeur: Any, chemin: Chemin) -> Iterator[Faute]:
    if len(chemin) > PROFONDEUR_MAX:
        yield Faute(pointeur(chemin), "trop-profond", "Les objets sont trop profondément imbriqués.", "Aplatissez-les.")
    elif isinstance(valeur, Objet):
        for cle in valeur.doublons:
            ou = pointeur((*chemin, cle))
            yield Faute(ou, "cle-en-double", f"La clé « {cle} » est écrite deux fois.", "Gardez-en une seule.")
        for cle, contenu in valeur.items():
            yield from _fautes(contenu, (*chemin, cle))
    elif isinstance(valeur, list):
        for rang, contenu in enumerate(valeur):
            yield from _fautes(contenu, (*chemin, rang))
