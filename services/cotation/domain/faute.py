"""Faults of a grid or of a set of facts, told to the person who wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Gravite(StrEnum):
    """A fault refuses; a warning is told and lets through."""

    FAUTE = "faute"
    AVERTISSEMENT = "avertissement"


@dataclass(frozen=True, slots=True)
class Faute:
    """One fault. code: stable, ASCII kebab-case; pointeur: RFC 6901 JSON pointer; phrase and remede: French."""

    code: str
    pointeur: str
    phrase: str
    remede: str
    gravite: Gravite = Gravite.FAUTE


class GrilleInvalide(ValueError):
    """A grid refused, with every fault found."""

    def __init__(self, fautes: Iterable[Faute]) -> None:
        self.fautes = tuple(fautes)
        super().__init__("; ".join(f"{faute.pointeur or '/'} : {faute.phrase}" for faute in self.fautes))


class TexteIllisible(ValueError):
    """A text that is no bounded JSON; code and phrase say why, position where (in characters, from 0)."""

    def __init__(self, code: str, phrase: str, remede: str, position: int | None = None) -> None:
        self.code, self.phrase, self.remede, self.position = code, phrase, remede, position
        super().__init__(phrase)


def plus_proche(mot: str, connus: Iterable[str]) -> str | None:
    """The known word that looks most like `mot`, or None; only short words are compared (bounded work)."""
    if len(mot) > 100:
        return None
    proches = get_close_matches(mot, sorted(connus), n=1, cutoff=0.6)
    return proches[0] if proches else None


def segment_pointeur(cle: str | int) -> str:
    """One step of a JSON pointer, escaped (RFC 6901, section 3); a key longer than 80 characters is cut."""
    return "/" + str(cle)[:80].replace("~", "~0").replace("/", "~1")
