"""Reading a TOML document without stopping at its first fault: each is kept with its pointer and a French sentence."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from services.chassis.problems import Fault

E = TypeVar("E", bound=StrEnum)


@dataclass(slots=True)
class Lecture:
    """One table of the document being read. `pointeur`: its JSON pointer; `fautes` is shared by the whole document.

    A reading that fails leaves a fault and answers a harmless value, so that the rest is read too.
    """

    contenu: dict[str, Any]
    pointeur: str
    fautes: list[Fault]
    _lus: set[str] = field(default_factory=set)

    def faute(self, nom: str, code: str, message: str) -> None:
        """Keep a fault on one key of this table (or on the table itself when `nom` is empty)."""
        self.fautes.append(Fault(f"{self.pointeur}/{nom}" if nom else self.pointeur, code, message))

    def texte(self, nom: str, *, forme: str = "", attendu: str = "un texte") -> str:
        """A text that is not blank; `forme`: a regular expression that it must match whole, told by `attendu`."""
        valeur = self._prendre(nom, attendu)
        if valeur is None:
            return ""
        if not isinstance(valeur, str) or not valeur.strip() or (forme and not re.fullmatch(forme, valeur)):
            self.faute(nom, "valeur-invalide", f"« {nom} » doit être {attendu} ; reçu : {valeur!r}.")
            return ""
        return valeur

    def texte_ou_rien(self, nom: str, *, forme: str = "", attendu: str = "un texte") -> str | None:
        """As `texte`, or None when the key is absent."""
        if nom not in self.contenu:
            self._lus.add(nom)
            return None
        return self.texte(nom, forme=forme, attendu=attendu) or None

    def entier(self, nom: str, *, mini: int, maxi: int) -> int:
        """A whole number between two bounds, both included."""
        attendu = f"un entier de {mini} à {maxi}"
        valeur = self._prendre(nom, attendu)
        if valeur is None:
            return mini
        if not isinstance(valeur, int) or isinstance(valeur, bool) or not mini <= valeur <= maxi:
            self.faute(nom, "valeur-invalide", f"« {nom} » doit être {attendu} ; reçu : {valeur!r}.")
            return mini
        return valeur

    def entier_ou_rien(self, nom: str, *, mini: int, maxi: int) -> int | None:
        """As `entier`, or None when the key is absent."""
        if nom not in self.contenu:
            self._lus.add(nom)
            return None
        return self.entier(nom, mini=mini, maxi=maxi)

    def booleen(self, nom: str, *, defaut: bool) -> bool:
        """true or false; the default when the key is absent."""
        self._lus.add(nom)
        valeur = self.contenu.get(nom, defaut)
        if not isinstance(valeur, bool):
            self.faute(nom, "valeur-invalide", f"« {nom} » doit être true ou false ; reçu : {valeur!r}.")
            return defaut
        return valeur

    def jour(self, nom: str) -> date:
        """A TOML local date, without quotes."""
        valeur = self._prendre(nom, "une date sans guillemets (2026-01-31)")
        if isinstance(valeur, date) and not isinstance(valeur, datetime):
            return valeur
        if valeur is not None:
            self.faute(nom, "valeur-invalide", f"« {nom} » doit être une date sans guillemets ; reçu : {valeur!r}.")
        return date.max

    def choix(self, nom: str, codes: Collection[str]) -> str:
        """One of some codes; the nearest one is named when it is none of them."""
        valeur = self.texte(nom, attendu="un code")
        if valeur and valeur not in codes:
            self.faute(
                nom, "code-inconnu", f"« {valeur} » n'est pas un code admis pour « {nom} »{proches(valeur, codes)}."
            )
            return ""
        return valeur

    def enumere(self, nom: str, sorte: type[E]) -> E:
        """One member of an enumeration; its first member when the reading failed."""
        valeur = self.choix(nom, [membre.value for membre in sorte])
        return sorte(valeur) if valeur else next(iter(sorte))

    def textes(self, nom: str, *, forme: str, attendu: str) -> frozenset[str]:
        """A list of texts of one form, without repetition; empty when the key is absent."""
        self._lus.add(nom)
        valeurs = self.contenu.get(nom, [])
        if not isinstance(valeurs, list):
            self.faute(nom, "valeur-invalide", f"« {nom} » doit être une liste.")
            return frozenset()
        bons = []
        for rang, valeur in enumerate(valeurs):
            if isinstance(valeur, str) and re.fullmatch(forme, valeur):
                bons.append(valeur)
            else:
                self.faute(f"{nom}/{rang}", "valeur-invalide", f"{attendu} est attendu ; reçu : {valeur!r}.")
        if len(bons) != len(set(bons)):
            self.faute(nom, "doublon", f"« {nom} » répète une valeur.")
        return frozenset(bons)

    def table(self, nom: str) -> "Lecture":
        """The table under a key; an empty one, with its fault, when it is absent or is not a table."""
        valeur = self._prendre(nom, "une table")
        if valeur is not None and not isinstance(valeur, dict):
            self.faute(nom, "valeur-invalide", f"« {nom} » doit être une table.")
        return Lecture(valeur if isinstance(valeur, dict) else {}, f"{self.pointeur}/{nom}", self.fautes)

    def tables(self, nom: str) -> list["Lecture"]:
        """The tables of an array ([[nom]]); none when the key is absent."""
        self._lus.add(nom)
        valeurs = self.contenu.get(nom, [])
        if not isinstance(valeurs, list) or not all(isinstance(v, dict) for v in valeurs):
            self.faute(nom, "valeur-invalide", f"« {nom} » doit être une suite de tables [[{nom}]].")
            return []
        return [Lecture(v, f"{self.pointeur}/{nom}/{rang}", self.fautes) for rang, v in enumerate(valeurs)]

    def fin(self) -> None:
        """Say which keys of this table nobody read: a key that is ignored in silence is a trap."""
        for nom in self.contenu:
            if nom not in self._lus:
                self.faute(nom, "cle-inconnue", f"La clé « {nom} » n'existe pas ici{proches(nom, self._lus)}.")

    def _prendre(self, nom: str, attendu: str) -> Any:
        self._lus.add(nom)
        valeur = self.contenu.get(nom)
        if valeur is None:
            self.faute(nom, "cle-absente", f"Il manque « {nom} » : {attendu}.")
        return valeur


def proches(cherche: str, connus: Collection[str]) -> str:
    """The end of a sentence: what looks most like a word, or nothing."""
    trouves = get_close_matches(cherche, list(connus), n=1)
    return f" ; le plus proche : « {trouves[0]} »" if trouves else ""
