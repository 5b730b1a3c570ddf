"""The shape of what is read: leaves and nodes, each knowing its key, its path, and how it becomes a value.

A leaf holds a text or an attribute `code`. A node holds children; what they gave, by key, is handed to `construire`. A node
without key is a mere wrapper (`listeMotifDemande`): its children speak for its parent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.demande.adapters.sne.valeurs import Lire, code_de, texte

ESPACE = "http://nuu.application.i2/"

Valeurs = dict[str, Any]


@dataclass(slots=True)
class Feuille:
    """An element without children. code: its value is the attribute of that name; multiple: it may be repeated."""

    cle: str
    lire: Lire = texte
    code: bool = False
    multiple: bool = False
    champ: str = ""


@dataclass(slots=True)
class Noeud:
    """An element with children, by local name.

    obligatoires: keys without which it cannot be built, each with the anomaly of their absence.
    initial: what an empty wrapper still says, e.g. that a list is known and empty.
    """

    enfants: "Mapping[str, Feuille | Noeud]"
    cle: str = ""
    construire: Callable[[Valeurs], Any] = dict
    multiple: bool = False
    obligatoires: Mapping[str, str] = field(default_factory=dict)
    initial: tuple[str, ...] = ()
    champ: str = ""


Enfants = dict[str, Feuille | Noeud]


def situer(noeud: Noeud, champ: str = "") -> Noeud:
    """The same node, ready to read: full paths, and children by qualified name as the parser gives them."""
    noeud.champ = champ
    for nom, enfant in noeud.enfants.items():
        chemin = f"{champ}/{nom}" if champ else nom
        if isinstance(enfant, Noeud):
            situer(enfant, chemin)
        else:
            enfant.champ = f"{chemin}/@code" if enfant.code else chemin
    noeud.enfants = {f"{ESPACE} {nom}": enfant for nom, enfant in noeud.enfants.items()}
    return noeud


def code(cle: str, liste: str, *, multiple: bool = False) -> Feuille:
    """A leaf whose code must be in a list (`contracts.listes`)."""
    return Feuille(cle, code_de(liste), code=True, multiple=multiple)


def codes(nom: str, cle: str, liste: str) -> Noeud:
    """A wrapper of repeated codes."""
    return Noeud({nom: code(cle, liste, multiple=True)})


def objet(classe: type) -> Callable[[Valeurs], Any]:
    """Builds a value of the domain; repeated children come as tuples."""

    def construire(valeurs: Valeurs) -> Any:
        return classe(**{cle: tuple(lu) if type(lu) is list else lu for cle, lu in valeurs.items()})

    return construire
