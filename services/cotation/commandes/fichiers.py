"""Files given to the commands: read within bounds, refused in one sentence."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from services.cotation.domain.faute import TexteIllisible

ENTREE = "-"


@dataclass(frozen=True, slots=True)
class Flux:
    """A file, or the standard input, read as it comes. `read` and `readline` raise TexteIllisible when reading fails."""

    chemin: str
    octets: BinaryIO

    def read(self, maximum: int) -> bytes:
        """At most that many bytes; none at the end."""
        try:
            return self.octets.read(maximum)
        except OSError as erreur:
            raise _illisible(self.chemin, erreur) from erreur

    def readline(self, maximum: int) -> bytes:
        """The next line, cut at that many bytes; none at the end."""
        try:
            return self.octets.readline(maximum)
        except OSError as erreur:
            raise _illisible(self.chemin, erreur) from erreur

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.chemin != ENTREE:
            self.octets.close()


def ouvrir(chemin: str) -> Flux:
    """A file, or the standard input for `-`. Raises TexteIllisible."""
    if chemin == ENTREE:
        if sys.stdin is None:  # a process started with its standard input closed
            raise TexteIllisible(
                "entree-fermee", "L'entrée standard est fermée.", "Donner un fichier, ou « < fichier »."
            )
        return Flux(chemin, sys.stdin.buffer)
    try:
        return Flux(chemin, Path(chemin).open("rb"))
    except (OSError, ValueError) as erreur:  # ValueError: a NUL in the path
        raise _illisible(chemin, erreur) from erreur


def lire_octets(chemin: str, maximum: int) -> bytes:
    """At most `maximum` bytes of a file. Raises TexteIllisible when it holds more: nothing more is then read."""
    with ouvrir(chemin) as flux:
        octets = flux.read(maximum + 1)
    if len(octets) > maximum:
        raise TexteIllisible(
            "texte-trop-grand",
            f"« {chemin} » fait plus de {maximum // 1000} ko.",
            "Donner un fichier plus petit ; pour beaucoup de demandes, une par ligne (NDJSON).",
        )
    return octets


def _illisible(chemin: str, erreur: Exception) -> TexteIllisible:
    raisons = {
        FileNotFoundError: "il n'existe pas",
        IsADirectoryError: "c'est un dossier",
        PermissionError: "le droit de le lire manque",
    }
    raison = next((phrase for genre, phrase in raisons.items() if isinstance(erreur, genre)), "le système s'y refuse")
    return TexteIllisible("fichier-illisible", f"« {chemin} » ne peut être lu : {raison}.", "Vérifier le chemin.")
