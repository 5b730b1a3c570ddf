"""Files given to the commands: read within bounds, refused in one sentence."""

import sys
from pathlib import Path
from typing import BinaryIO

from services.cotation.domain.faute import TexteIllisible

ENTREE = "-"


def ouvrir(chemin: str) -> BinaryIO:
    """The bytes of a file, or of the standard input for `-`. Raises TexteIllisible."""
    if chemin == ENTREE:
        return sys.stdin.buffer
    try:
        return Path(chemin).open("rb")
    except OSError as erreur:
        raise _illisible(chemin, erreur) from erreur


def lire_octets(chemin: str, maximum: int) -> bytes:
    """At most `maximum` bytes of a file. Raises TexteIllisible when it holds more: nothing more is then read."""
    flux = ouvrir(chemin)
    try:
        octets = flux.read(maximum + 1)
    except OSError as erreur:
        raise _illisible(chemin, erreur) from erreur
    finally:
        if chemin != ENTREE:
            flux.close()
    if len(octets) > maximum:
        raise TexteIllisible(
            "texte-trop-grand",
            f"« {chemin} » fait plus de {maximum // 1000} ko.",
            "Donner un fichier plus petit ; pour beaucoup de demandes, une par ligne (NDJSON).",
        )
    return octets


def _illisible(chemin: str, erreur: OSError) -> TexteIllisible:
    raisons = {
        FileNotFoundError: "il n'existe pas",
        IsADirectoryError: "c'est un dossier",
        PermissionError: "le droit de le lire manque",
    }
    raison = next((phrase for genre, phrase in raisons.items() if isinstance(erreur, genre)), "le système s'y refuse")
    return TexteIllisible("fichier-illisible", f"« {chemin} » ne peut être lu : {raison}.", "Vérifier le chemin.")
