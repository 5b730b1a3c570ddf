"""The templates on disk: `modeles/<name>/v<version>.txt`, and the layouts of the mail."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notifications.domain.ecrit import Ecrit, lire, typographie

DOSSIER = Path(__file__).parents[1] / "modeles"
_MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
         "décembre")  # fmt: skip


class _Typographie(FileSystemLoader):
    """Templates with their non-breaking spaces: set in what they say, never in what they show of a person."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, fresh = super().get_source(environment, template)
        return typographie(source) if template.endswith(".txt") else source, path, fresh


def jour(valeur: date) -> str:
    """`1er mars 2026`."""
    return f"{'1er' if valeur.day == 1 else valeur.day} {_MOIS[valeur.month - 1]} {valeur.year}"


def euros(centimes: int) -> str:
    """`1 234,50 €`, with the spaces that do not break."""
    entiers = f"{centimes // 100:,}".replace(",", "\u202f")
    return f"{entiers},{centimes % 100:02d}\u00a0€"


def enumeration(mots: Sequence[str]) -> str:
    """`A, B et C`."""
    return mots[0] if len(mots) == 1 else ", ".join(mots[:-1]) + " et " + mots[-1]


def _sur_une_ligne(valeur: Any) -> Any:
    """A value cannot start a block of its own: nothing that a person wrote changes the shape of a message."""
    return " ".join(valeur.splitlines()) if isinstance(valeur, str) else valeur


@cache
def _textes() -> Environment:
    environment = Environment(
        loader=_Typographie(DOSSIER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 (plain text: the HTML is laid out by `_pages`, which escapes)
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_sur_une_ligne,
    )
    environment.filters |= {"jour": jour, "euros": euros, "enumeration": enumeration}
    return environment


@cache
def _pages() -> Environment:
    return Environment(
        loader=FileSystemLoader(DOSSIER / "gabarits"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def ecrire(modele: str, version: int, contenu: Mapping[str, Any]) -> Ecrit:
    """What a template says of a content. Raises jinja2.UndefinedError when the content lacks what it shows."""
    return lire(_textes().get_template(f"{modele}/v{version}.txt").render(contenu))


def mettre_en_page(ecrit: Ecrit, emetteur: str) -> str:
    """The HTML of a mail: everything shown is escaped."""
    return _pages().get_template("courriel.html").render(ecrit=ecrit, emetteur=emetteur)
