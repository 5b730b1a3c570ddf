"""What a message says, whatever carries it: one text, from which the mail (text and HTML) and the letter are laid out.

A template gives it in four signs: `# ` the object (first line), `## ` a heading, `- ` an item; the rest are paragraphs,
separated by an empty line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_INSECABLES = (
    (re.compile(r" (?=(?:[:»€](?![\w=])|%(?!\})))"), "\u00a0"),
    (re.compile(r" (?=[;!?](?!=))"), "\u202f"),
    (re.compile(r"« "), "«\u00a0"),
)


class ModeleMalForme(ValueError):
    """A template does not begin by its object, or says nothing."""


class Genre(StrEnum):
    """What a block is."""

    TITRE = "titre"
    PARAGRAPHE = "paragraphe"
    LISTE = "liste"


_SIGNES = {"## ": Genre.TITRE, "- ": Genre.LISTE}


@dataclass(frozen=True, slots=True)
class Bloc:
    """A block: a heading, a paragraph (one line each), or the items of a list."""

    genre: Genre
    lignes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ecrit:
    """An object, in one line, and blocks in order."""

    objet: str
    blocs: tuple[Bloc, ...]

    def texte(self) -> str:
        """The plain text of a mail, one line a paragraph: whoever shows it folds it to their window."""
        return "\n\n".join(_en_lignes(bloc) for bloc in self.blocs) + "\n"


def lire(rendu: str) -> Ecrit:
    """The text of a rendered template. Raises ModeleMalForme."""
    premiere, _, reste = rendu.strip().partition("\n")
    blocs = tuple(_blocs(reste.splitlines()))
    if not premiere.startswith("# ") or not blocs:
        raise ModeleMalForme("Un modèle commence par une ligne « # objet », puis dit quelque chose.")
    return Ecrit(premiere.removeprefix("# ").strip(), blocs)


def typographie(modele: str) -> str:
    """A template with the non-breaking spaces that French asks for: before `:` `;` `!` `?` `»` `%` `€` and after `«`.

    For what a template says by itself; what it shows of a person stays as they wrote it.
    """
    for motif, espace in _INSECABLES:
        modele = motif.sub(espace, modele)
    return modele


def _blocs(lignes: Iterable[str]) -> Iterator[Bloc]:
    en_cours: list[str] = []
    for ligne in (*lignes, ""):
        propre = ligne.strip()
        if en_cours and (_genre(propre) is not _genre(en_cours[0]) or _genre(propre) is Genre.TITRE):
            yield _bloc(en_cours)
            en_cours = []
        if propre:
            en_cours.append(propre)


def _genre(ligne: str) -> Genre | None:
    """What a line belongs to; None for an empty one, which ends any block."""
    if not ligne:
        return None
    return next((genre for signe, genre in _SIGNES.items() if ligne.startswith(signe)), Genre.PARAGRAPHE)


def _bloc(lignes: list[str]) -> Bloc:
    match _genre(lignes[0]):
        case Genre.TITRE:
            return Bloc(Genre.TITRE, (lignes[0].removeprefix("## "),))
        case Genre.LISTE:
            return Bloc(Genre.LISTE, tuple(ligne.removeprefix("- ") for ligne in lignes))
    return Bloc(Genre.PARAGRAPHE, (" ".join(lignes),))


def _en_lignes(bloc: Bloc) -> str:
    if bloc.genre is Genre.LISTE:
        return "\n".join(f"– {ligne}" for ligne in bloc.lignes)
    if bloc.genre is Genre.TITRE:
        return f"{bloc.lignes[0]}\n{'-' * len(bloc.lignes[0])}"
    return bloc.lignes[0]
