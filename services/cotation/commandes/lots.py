"""Facts to score: one object, an array, or one object per line (NDJSON), read without holding more than is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

from services.cotation.commandes.fichiers import Flux
from services.cotation.domain.faute import Faute, TexteIllisible
from services.cotation.domain.texte_json import TAILLE_FAITS, fautes_de_texte, lire_json

TAILLE_TABLEAU = 32_000_000
"""Bytes of an array of situations; lines have no such bound, since each is read alone."""


class Forme(StrEnum):
    """How the facts came, hence how the results go."""

    OBJET = "objet"
    TABLEAU = "tableau"
    LIGNES = "lignes"


@dataclass(frozen=True, slots=True)
class Element:
    """One situation of the batch, in order; or the fault that refuses it."""

    rang: int
    faits: Mapping[str, Any] | None
    faute: Faute | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """Situations to score."""

    forme: Forme
    elements: Iterator[Element]


def lire_lot(flux: Flux) -> Lot:
    """The situations of a stream.

    Raises TexteIllisible when its beginning cannot be understood; a later line of NDJSON is refused alone.
    """
    debut = _ligne_pleine(flux)
    if debut.lstrip()[:1] == b"[":
        return Lot(Forme.TABLEAU, _tableau(debut, flux))
    premier = _si_objet(debut)
    if premier is None:
        return Lot(Forme.OBJET, iter([_element(0, _entier(debut, flux, TAILLE_FAITS))]))
    suivante = _ligne_pleine(flux)
    if not suivante.strip():
        return Lot(Forme.OBJET, iter([_element(0, premier)]))
    return Lot(Forme.LIGNES, _lignes(premier, suivante, flux))


def _ligne_pleine(flux: Flux) -> bytes:
    """The next line that is not blank; empty at the end. One too long comes cut, and is refused as such."""
    while ligne := flux.readline(TAILLE_FAITS + 1):
        if ligne.strip():
            return ligne
    return b""


def _si_objet(ligne: bytes) -> Any:
    """The value of a line that is JSON by itself, or None."""
    try:
        return lire_json(ligne, TAILLE_FAITS) if ligne.rstrip().endswith(b"}") else None
    except TexteIllisible:
        return None


def _entier(debut: bytes, flux: Flux, maximum: int) -> Any:
    return lire_json(debut + flux.read(max(0, maximum + 1 - len(debut))), maximum)


def _tableau(debut: bytes, flux: Flux) -> Iterator[Element]:
    valeurs = _entier(debut, flux, TAILLE_TABLEAU)
    if not isinstance(valeurs, list):
        raise TexteIllisible("tableau-attendu", "Un tableau JSON est attendu.", "Écrire [ {…}, {…} ].")
    return iter([_element(rang, valeur) for rang, valeur in enumerate(valeurs)])


def _lignes(premier: Any, suivante: bytes, flux: Flux) -> Iterator[Element]:
    yield _element(0, premier)
    pleines = chain([suivante], iter(lambda: _ligne_pleine(flux), b""))
    for rang, ligne in enumerate(pleines, start=1):
        if len(ligne) > TAILLE_FAITS:
            _passer_la_ligne(flux)
        try:
            yield _element(rang, lire_json(ligne, TAILLE_FAITS))
        except TexteIllisible as erreur:
            yield Element(rang, None, Faute(erreur.code, "", erreur.phrase, erreur.remede))


def _passer_la_ligne(flux: Flux) -> None:
    while (reste := flux.readline(TAILLE_FAITS)) and not reste.endswith(b"\n"):
        pass


def _element(rang: int, valeur: Any) -> Element:
    if not isinstance(valeur, dict):
        refus = Faute("faits-attendus", "", "Les faits d'une demande sont un objet JSON.", "Écrire { … }.")
        return Element(rang, None, refus)
    refus_de_texte = next(iter(fautes_de_texte(valeur)), None)
    return Element(rang, None if refus_de_texte else valeur, refus_de_texte)
