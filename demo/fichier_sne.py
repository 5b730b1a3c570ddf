"""Writing SNE files: one line an element, so that a line number says which field is wrong.

Text is composed directly: 53 µs a demande of 100 lines, against 182 µs with lxml's incremental writer for 90 empty
elements (two shared cores). Tests validate the result against the schema. A file is written by stream.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape

from demo.demande_sne import lignes_de_la_demande
from demo.modele import Demande

ESPACE = "http://nuu.application.i2/"
VERSIONS = ("02.00", "02.01")


@dataclass(frozen=True, slots=True)
class Entete:
    """What the header of a file says.

    version: one of `VERSIONS`; instant: aware; type_fichier: a code of type_fichier_sne, None to leave it out, as the
    State's sample of version 02.00 does. Raises ValueError for a version or an instant that the format cannot carry.
    """

    version: str
    instant: datetime
    type_fichier: str | None = "CRE"

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise ValueError(f"La version d'interface « {self.version} » n'est pas de {', '.join(VERSIONS)}.")
        if self.instant.utcoffset() is None:
            raise ValueError("La date d'un fichier porte un décalage horaire.")


class FichierSne:
    """One file being written, a context manager; knows the line it stands on.

    >>> with FichierSne(chemin, entete) as fichier:
    ...     ligne = fichier.ajouter(lignes_de_la_demande(demande))
    """

    def __init__(self, chemin: Path, entete: Entete) -> None:
        self.chemin = chemin
        self.demandes = 0
        self._entete = entete
        self._ligne = 0
        self._sortie: TextIO | None = None

    def __enter__(self) -> "FichierSne":
        self._sortie = self.chemin.open("w", encoding="utf-8", newline="\n")
        self._ecrire(_ouverture(self._entete))
        return self

    def __exit__(self, *_: object) -> None:
        assert self._sortie is not None
        self._ecrire(["</demande>", "</interfaceNuu>"])
        self._sortie.close()

    def ajouter(self, lignes: Sequence[str]) -> int:
        """Write one demande; returns the line of its opening tag, from 1."""
        debut = self._ligne + 1
        self._ecrire(lignes)
        self.demandes += 1
        return debut

    def _ecrire(self, lignes: Sequence[str]) -> None:
        assert self._sortie is not None
        self._sortie.write("\n".join(lignes))
        self._sortie.write("\n")
        self._ligne += len(lignes)


def nom_de_fichier(guichet: str, instant: datetime, numero: int) -> str:
    """`DEM<guichet>-<yyyymmddhhmm>-<nnnnnn>.xml` (sne-exchange.md)."""
    return f"DEM{guichet}-{instant:%Y%m%d%H%M}-{numero:06}.xml"


def ecrire_fichier(chemin: Path, entete: Entete, demandes: Iterable[Demande]) -> int:
    """Write the demandes in one file; returns how many."""
    with FichierSne(chemin, entete) as fichier:
        for demande in demandes:
            fichier.ajouter(lignes_de_la_demande(demande))
    return fichier.demandes


def _ouverture(entete: Entete) -> list[str]:
    nature = [f"<typeFichier>{escape(entete.type_fichier)}</typeFichier>"] if entete.type_fichier else []
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<interfaceNuu xmlns="{ESPACE}" versionInterface="{entete.version}">',
        "<entete>",
        *nature,
        f"<dateFichier>{entete.instant.isoformat(timespec='milliseconds')}</dateFichier>",
        "</entete>",
        "<demande>",
    ]
