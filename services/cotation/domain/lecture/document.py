"""Reading of a whole grid: text to model, every fault of shape told with its JSON pointer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.faute import Faute, Gravite, GrilleInvalide, TexteIllisible
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture.format_0_1 import lire_0_1
from services.cotation.domain.lecture.format_1_0 import lire_1_0, lire_faits_locaux
from services.cotation.domain.lecture.mots import FORMAT_0_1, FORMAT_1_0, MOTS_0_1, MOTS_1_0, Mots
from services.cotation.domain.lecture.noeud import Journal, Noeud
from services.cotation.domain.texte_json import fautes_de_texte, lire_json

FAUTES_MAX = 500
"""Faults told for one file: beyond, the file is not a grid that someone would mend by hand."""
OBJETS_MAX = 6_000
"""Objects in the rules of a grid (conditions, variants, bands): a grid of 64 criteria has under a thousand."""
MEMBRES_MAX = 2_000
"""Rules named by all the groups together."""


@dataclass(frozen=True, slots=True)
class Lecture:
    """A document read. grille: neutral values stand where something is refused, so use it only without `fautes`."""

    grille: Grille
    fautes: tuple[Faute, ...]
    mots: Mots
    catalogue: Catalogue
    brut: Mapping[str, Any]
    cassees: frozenset[str]
    """Every place refused, and every place above one."""

    @property
    def est_valide(self) -> bool:
        """Nothing is refused (there may be warnings)."""
        return not any(faute.gravite is Gravite.FAUTE for faute in self.fautes)

    def pointeur_regle(self, rang: int) -> str:
        """JSON pointer of the rule of that rank."""
        return f"/{self.mots.regles}/{rang}"

    def est_cassee(self, pointeur: str) -> bool:
        """Whether something is refused at this place or below: what is said of it further would be noise."""
        return pointeur in self.cassees


def analyser(document: Any) -> Lecture:
    """Read a parsed document (`texte_json.lire_json`), keeping every fault of shape.

    Raises GrilleInvalide when it is no object, its `format` is unknown, or it is too large: nothing else is then said.
    """
    journal = Journal(list(fautes_de_texte(document)))
    racine = Noeud(document, "", journal)
    if not racine.objet((), tolere=None):
        raise GrilleInvalide(journal.fautes)
    connus = {FORMAT_0_1: MOTS_0_1, FORMAT_1_0: MOTS_1_0}
    mots = connus.get(document["format"]) if isinstance(document.get("format"), str) else None
    if mots is None:
        racine.fils("format").mot(connus, MOTS_1_0, "format")
        raise GrilleInvalide(journal.fautes)
    if _trop_grande(document.get(mots.regles), document.get(mots.groupes)):
        racine.faute(
            "grille-trop-grande",
            f"Plus de {OBJETS_MAX} conditions, variantes et tranches, ou de {MEMBRES_MAX} critères nommés par les groupes.",
            "Réduire la grille : soixante critères en demandent moins de mille.",
        )
        raise GrilleInvalide(journal.fautes)
    catalogue = Catalogue()
    if mots is MOTS_1_0:
        catalogue = catalogue.avec(lire_faits_locaux(racine.fils("faits_locaux"), mots))
        grille = lire_1_0(racine, catalogue)
    else:
        grille = lire_0_1(racine, catalogue)
    fautes = les_plus_graves(journal.fautes)
    return Lecture(grille, fautes, mots, catalogue, document, _cassees(fautes))


def les_plus_graves(fautes: Iterable[Faute]) -> tuple[Faute, ...]:
    """Each fault once, those that refuse first, FAUTES_MAX at most: a warning never hides a refusal."""
    return tuple(sorted(dict.fromkeys(fautes), key=lambda faute: faute.gravite is not Gravite.FAUTE)[:FAUTES_MAX])


def _trop_grande(regles: Any, groupes: Any) -> bool:
    objets, pile = 0, [regles]
    while pile and objets <= OBJETS_MAX:
        courant = pile.pop()
        if isinstance(courant, dict):
            objets += 1
            pile.extend(courant.values())
        elif isinstance(courant, list):
            pile.extend(courant)
    membres = sum(
        len(liste)
        for groupe in (groupes if isinstance(groupes, list) else ())
        if isinstance(groupe, dict)
        for liste in groupe.values()
        if isinstance(liste, list)
    )
    return objets > OBJETS_MAX or membres > MEMBRES_MAX


def _cassees(fautes: tuple[Faute, ...]) -> frozenset[str]:
    lieux: set[str] = set()
    for faute in fautes:
        if faute.gravite is Gravite.FAUTE:
            pas = faute.pointeur.split("/")
            lieux.update("/".join(pas[:longueur]) for longueur in range(1, len(pas) + 1))
    return frozenset(lieux)


def lire_grille(texte: bytes | str) -> Grille:
    """The grid written in a JSON text of either format; its meaning is not verified (see `verification`).

    Raises GrilleInvalide, with every fault of shape, or with one fault when the text is no bounded JSON.
    """
    try:
        lecture = analyser(lire_json(texte))
    except TexteIllisible as erreur:
        raise GrilleInvalide([Faute(erreur.code, "", erreur.phrase, erreur.remede)]) from erreur
    if not lecture.est_valide:
        raise GrilleInvalide(faute for faute in lecture.fautes if faute.gravite is Gravite.FAUTE)
    return lecture.grille
