"""A place in a JSON document under reading: each expectation that fails leaves a fault and a neutral value."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from services.cotation.domain.faute import Faute, Gravite, plus_proche, segment_pointeur
from services.cotation.domain.texte_json import NombreRefuse

T = TypeVar("T")
D = TypeVar("D")
LONGUEUR_TEXTE = 4_000
ENTIER_MAX = Decimal(1_000_000_000)
DECIMALES_MAX = 6
"""Bounds of a grid's constants, so that the widths that the compiler proves stay narrow."""
JOUR = re.compile(r"\d{4}-\d{2}-\d{2}")
IDENTIFIANT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
CHEMIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}(?:\.[A-Za-z][A-Za-z0-9_]{0,63}){0,7}")


@dataclass(slots=True)
class Journal:
    """The faults met so far."""

    fautes: list[Faute] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Noeud:
    """A value, where it stands, and where to tell its faults."""

    valeur: Any
    pointeur: str
    journal: Journal

    def faute(self, code: str, phrase: str, remede: str, gravite: Gravite = Gravite.FAUTE) -> None:
        """Tell one fault at this place."""
        self.journal.fautes.append(Faute(code, self.pointeur, phrase, remede, gravite))

    def fils(self, cle: str | int) -> "Noeud":
        """The value under a key or an index; None when the key is not there."""
        if isinstance(self.valeur, dict):
            valeur = self.valeur.get(cle)
        else:
            valeur = self.valeur[cle] if isinstance(self.valeur, list) and isinstance(cle, int) else None
        return Noeud(valeur, self.pointeur + segment_pointeur(cle), self.journal)

    @property
    def absent(self) -> bool:
        """Nothing is written here, or `null`."""
        return self.valeur is None

    def a(self, cle: str) -> bool:
        """Whether the object holds the key, `null` included."""
        return isinstance(self.valeur, dict) and cle in self.valeur

    def objet(self, connues: Iterable[str], tolere: Gravite | None = Gravite.FAUTE) -> bool:
        """Whether this is an object; keys outside `connues` are told with that gravity (None: not told)."""
        if not isinstance(self.valeur, dict):
            self.faute("type-inattendu", "Un objet JSON est attendu ici.", "Écrire { … }.")
            return False
        liste = frozenset(connues)
        for cle in self.valeur if tolere else ():
            if cle not in liste:
                self._cle_inconnue(cle, liste, tolere)
        return True

    def _cle_inconnue(self, cle: str, connues: frozenset[str], gravite: Gravite | None) -> None:
        proche = plus_proche(cle, connues)
        remede = f"Écrire « {proche} » ?" if proche else f"Clés connues : {', '.join(sorted(connues))}."
        self.fils(cle).faute(
            "cle-inconnue", f"La clé « {cle[:80]} » est inconnue ici.", remede, gravite or Gravite.FAUTE
        )

    def elements(self, maximum: int, minimum: int = 0) -> Iterator["Noeud"]:
        """The items of a list of `minimum` to `maximum` items; nothing when this is no such list."""
        if not isinstance(self.valeur, list):
            self.faute("type-inattendu", "Une liste JSON est attendue ici.", "Écrire [ … ].")
        elif len(self.valeur) > maximum:
            self.faute("liste-trop-longue", f"Plus de {maximum} éléments.", f"En garder {maximum} au plus.")
        elif len(self.valeur) < minimum:
            self.faute("liste-trop-courte", f"Il faut au moins {minimum} élément(s).", "Compléter la liste.")
        else:
            yield from (self.fils(rang) for rang in range(len(self.valeur)))

    def texte(self, defaut: str = "") -> str:
        """A non-empty text of at most LONGUEUR_TEXTE characters."""
        if isinstance(self.valeur, str) and 0 < len(self.valeur) <= LONGUEUR_TEXTE:
            return self.valeur
        self.faute("texte-attendu", f"Un texte de 1 à {LONGUEUR_TEXTE} caractères est attendu ici.", "Écrire un texte.")
        return defaut

    def texte_ou_rien(self) -> str | None:
        """A text, or nothing."""
        return None if self.absent else self.texte()

    def identifiant(self) -> str:
        """A letter, then letters, digits, `_` or `-`: 64 characters at most; empty when refused."""
        return self._selon(
            IDENTIFIANT, "identifiant-invalide", "Une lettre, puis 63 lettres, chiffres, _ ou - au plus."
        )

    def chemin(self) -> str:
        """A dotted path of facts; empty when refused."""
        return self._selon(CHEMIN, "chemin-invalide", "Écrire un chemin comme « menage.personnes ».")

    def _selon(self, forme: re.Pattern[str], code: str, remede: str) -> str:
        if isinstance(self.valeur, str) and forme.fullmatch(self.valeur):
            return self.valeur
        montre = f"« {self.valeur[:60]} » n'est pas connu" if isinstance(self.valeur, str) else "Un mot est attendu"
        self.faute(code, f"{montre} n'a pas la forme attendue.", remede)
        return ""

    def booleen(self, defaut: bool = False) -> bool:
        """true or false; `defaut` when absent."""
        if isinstance(self.valeur, bool):
            return self.valeur
        if not self.absent:
            self.faute("booleen-attendu", "true ou false est attendu ici.", "Écrire true ou false, sans guillemets.")
        return defaut

    def nombre(self) -> Decimal:
        """A finite number of the grid, bounded; 0 when refused."""
        if isinstance(self.valeur, NombreRefuse):
            return Decimal(0)  # told once for the whole document by texte_json.fautes_de_texte
        if isinstance(self.valeur, bool) or not isinstance(self.valeur, int | Decimal):
            self.faute("nombre-attendu", "Un nombre est attendu ici.", "Écrire un nombre, sans guillemets.")
            return Decimal(0)
        nombre = Decimal(self.valeur)
        exposant = nombre.normalize().as_tuple().exponent
        if abs(nombre) > ENTIER_MAX or (isinstance(exposant, int) and -exposant > DECIMALES_MAX):
            self.faute(
                "nombre-hors-bornes",
                "Un nombre de grille va de -1 000 000 000 à 1 000 000 000, avec six décimales au plus.",
                "Arrondir ou changer d'unité.",
            )
            return Decimal(0)
        return nombre

    def nombre_ou_rien(self) -> Decimal | None:
        """A number, or nothing."""
        return None if self.absent else self.nombre()

    def entier_ou_rien(self, minimum: int, maximum: int) -> int | None:
        """A whole number between bounds, or nothing."""
        if self.absent:
            return None
        if isinstance(self.valeur, int) and not isinstance(self.valeur, bool) and minimum <= self.valeur <= maximum:
            return self.valeur
        self.faute(
            "entier-attendu", f"Un nombre entier de {minimum} à {maximum} est attendu ici.", "Corriger la valeur."
        )
        return None

    def jour_ou_rien(self) -> date | None:
        """A day written YYYY-MM-DD, or nothing."""
        if self.absent:
            return None
        jour = lire_jour(self.valeur)
        if jour is None:
            self.faute("date-attendue", "Une date AAAA-MM-JJ est attendue ici.", "Écrire par exemple 2026-01-31.")
        return jour

    def mot(self, connus: Mapping[str, T], defaut: D, quoi: str) -> T | D:
        """What a word stands for, among the known ones; `defaut` when refused."""
        if isinstance(self.valeur, str) and self.valeur in connus:
            return connus[self.valeur]
        montre = f"« {self.valeur[:60]} » n'est pas connu" if isinstance(self.valeur, str) else "Un mot est attendu"
        proche = plus_proche(self.valeur, connus) if isinstance(self.valeur, str) else None
        remede = f"Écrire « {proche} » ?" if proche else f"Choisir parmi : {', '.join(connus)}."
        self.faute(f"{quoi}-inconnu", f"{montre} ici ({quoi}).", remede)
        return defaut


def lire_jour(valeur: Any) -> date | None:
    """The day of a strict YYYY-MM-DD text, else None."""
    if not isinstance(valeur, str) or not JOUR.fullmatch(valeur):
        return None
    try:
        return date.fromisoformat(valeur)
    except ValueError:
        return None
