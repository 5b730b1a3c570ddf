"""JSON text read strictly: exact decimals, bounded size, depth and numbers, duplicate keys and NaN kept to be told.

Source: RFC 8259; the bounds are ours. The standard parser recurses and keeps the last of two equal keys: both are
answered here before a value reaches a grid.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.cotation.domain.faute import Faute, TexteIllisible, segment_pointeur

TAILLE_GRILLE = 1_000_000
"""Bytes of a grid. The largest grid known to us, 64 criteria with its examples, is under 100 kB."""
TAILLE_FAITS = 1_000_000
"""Bytes of the facts of one application."""
PROFONDEUR = 60
CHIFFRES = 40
"""Characters of a number: far above any score, far below what makes an integer slow."""

_DEMI_CODET = re.compile(r"\\u[dD][89a-fA-F]")
_HORS_TEXTE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class NombreRefuse:
    """Stands for a number that no grid may hold: NaN, an infinity, or more than CHIFFRES characters."""

    texte: str


class Objet(dict[str, Any]):
    """A JSON object that remembers the keys that it was given twice."""

    doublons: tuple[str, ...] = ()


def lire_json(texte: bytes | str, taille_max: int = TAILLE_GRILLE) -> Any:
    """The value of a JSON text: int, Decimal, str, bool, None, list, Objet; NombreRefuse where a number is refused.

    Raises TexteIllisible: too large, not UTF-8, nested deeper than PROFONDEUR, or not JSON.
    """
    if len(texte) > taille_max:
        raise TexteIllisible(
            "texte-trop-grand",
            f"Le texte fait plus de {taille_max // 1000} ko.",
            "Fournir un fichier plus petit : une grille ou les faits d'une demande tiennent en quelques ko.",
        )
    if isinstance(texte, bytes):
        texte = _decoder(texte)
    _borner_profondeur(texte)
    try:
        valeur = json.loads(
            texte,
            object_pairs_hook=_objet,
            parse_int=_entier,
            parse_float=_decimal,
            parse_constant=NombreRefuse,
        )
    except json.JSONDecodeError as erreur:
        raise TexteIllisible(
            "json-invalide",
            f"Ce n'est pas du JSON : ligne {erreur.lineno}, colonne {erreur.colno}.",
            "Vérifier les guillemets, les virgules et que le fichier n'est pas coupé.",
            erreur.pos,
        ) from erreur
    if _DEMI_CODET.search(texte):
        _refuser_les_demi_codets(valeur)
    return valeur


def fautes_de_texte(valeur: Any) -> Iterator[Faute]:
    """Faults that any JSON document of ours may have: keys given twice, NaN, infinite or giant numbers."""
    pile: list[tuple[str, Any]] = [("", valeur)]
    while pile:
        pointeur, courant = pile.pop()
        if isinstance(courant, NombreRefuse):
            yield Faute(
                "nombre-refuse",
                pointeur,
                f"Le nombre « {courant.texte[:20]} » n'est pas fini ou dépasse {CHIFFRES} caractères.",
                "Écrire un nombre décimal ordinaire.",
            )
        elif isinstance(courant, dict):
            if isinstance(courant, Objet):
                yield from (_doublon(pointeur, cle) for cle in courant.doublons)
            pile.extend((pointeur + segment_pointeur(cle), item) for cle, item in reversed(courant.items()))
        elif isinstance(courant, list):
            pile.extend((pointeur + segment_pointeur(i), courant[i]) for i in range(len(courant) - 1, -1, -1))


def _refuser_les_demi_codets(valeur: Any) -> None:
    """A half of a surrogate pair is no character: it can be neither stored nor printed (RFC 8259, section 8.2)."""
    pile = [valeur]
    while pile:
        courant = pile.pop()
        if isinstance(courant, dict):
            pile.extend((*courant.keys(), *courant.values()))
        elif isinstance(courant, list):
            pile.extend(courant)
        elif isinstance(courant, str) and any("\ud800" <= signe <= "\udfff" for signe in courant):
            raise TexteIllisible(
                "caractere-invalide",
                "Un texte contient la moitié d'un caractère (\\ud800 à \\udfff seul).",
                "Écrire le caractère entier.",
            )


def _doublon(pointeur: str, cle: str) -> Faute:
    return Faute(
        "cle-en-double",
        pointeur + segment_pointeur(cle),
        f"La clé « {cle[:80]} » est écrite deux fois dans le même objet.",
        "N'en garder qu'une : rien ne dit laquelle vaut.",
    )


def _decoder(octets: bytes) -> str:
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        raise TexteIllisible(
            "encodage-invalide",
            f"Le texte n'est pas en UTF-8 (octet {erreur.start}).",
            "Enregistrer le fichier en UTF-8.",
            erreur.start,
        ) from erreur


def _borner_profondeur(texte: str) -> None:
    profondeur = 0
    for jeton in _HORS_TEXTE.finditer(texte):
        signe = texte[jeton.start()]
        if signe in "[{":
            profondeur += 1
            if profondeur > PROFONDEUR:
                raise TexteIllisible(
                    "imbrication-excessive",
                    f"Plus de {PROFONDEUR} niveaux d'imbrication.",
                    "Réduire l'imbrication : une condition de grille en compte moins de dix.",
                    jeton.start(),
                )
        elif signe in "]}":
            profondeur -= 1


def _objet(paires: list[tuple[str, Any]]) -> Objet:
    objet = Objet(paires)
    if len(objet) != len(paires):
        vues: set[str] = set()
        objet.doublons = tuple({cle: None for cle, _ in paires if cle in vues or vues.add(cle)})  # type: ignore[func-returns-value]
    return objet


def _entier(texte: str) -> int | NombreRefuse:
    return NombreRefuse(texte) if len(texte) > CHIFFRES else int(texte)


def _decimal(texte: str) -> Decimal | NombreRefuse:
    valeur = Decimal(texte) if len(texte) <= CHIFFRES else None
    return NombreRefuse(texte) if valeur is None or not -CHIFFRES < valeur.adjusted() < CHIFFRES else valeur
