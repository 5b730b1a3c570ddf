"""A grid file made ready for a command: read, verified, compiled; or refused with everything that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.cotation.commandes.fichiers import lire_octets
from services.cotation.domain.faute import Faute, Gravite, GrilleInvalide
from services.cotation.domain.grille import Exemple, Grille
from services.cotation.domain.lecture import Lecture, analyser
from services.cotation.domain.moteur import RefusDuMoteur, compiler
from services.cotation.domain.resultat import Resultat
from services.cotation.domain.texte_json import TAILLE_GRILLE, lire_json
from services.cotation.domain.verification import Note, verifier

BLOQUANTES = frozenset(
    {
        "exemple-non-verifie",
        "identifiant-en-double",
        "bloc-inconnu",
        "base-absente",
        "base-en-coefficient",
        "coefficient-sans-base",
        "regle-absente",
        "natures-melangees",
        "anciennete-circulaire",
        "grille-trop-grande",
    }
)
"""Faults of meaning that leave no score to give, or a wrong one: shape, names, and examples that do not come out."""


@dataclass(frozen=True, slots=True)
class GrillePrete:
    """A grid that scores. reserves: faults that `verifier` would tell and that do not prevent scoring."""

    grille: Grille
    note: Note
    reserves: tuple[Faute, ...]

    def evaluer(self, faits: Mapping[str, Any], as_of: date) -> Resultat:
        """The score of one situation."""
        return self.note(faits, as_of)


def noter(grille: Grille) -> Note:
    """The engine, as the verification asks for it."""
    return compiler(grille).evaluer


def lire_document(chemin: str) -> Any:
    """A JSON file within the bounds of a grid. Raises TexteIllisible."""
    return lire_json(lire_octets(chemin, TAILLE_GRILLE), TAILLE_GRILLE)


def preparer(document: Any) -> GrillePrete:
    """The grid of a parsed document. Raises GrilleInvalide: shape, names, or an example that does not come out."""
    fautes = fautes_du_fichier(document)
    lecture: Lecture = analyser(document)
    bloquantes = [
        faute
        for faute in fautes
        if faute.gravite is Gravite.FAUTE and (faute in lecture.fautes or faute.code in BLOQUANTES)
    ]
    if bloquantes:
        raise GrilleInvalide(bloquantes)
    reserves = tuple(faute for faute in fautes if faute.gravite is Gravite.FAUTE)
    return GrillePrete(lecture.grille, noter(lecture.grille), reserves)


def fautes_du_fichier(
    document: Any, *, adoption: bool = False, exemples: tuple[Exemple, ...] = ()
) -> tuple[Faute, ...]:
    """Every fault and warning of a parsed document; one that the engine cannot compile is at fault too."""
    try:
        fautes = verifier(document, noter, adoption=adoption, exemples=exemples)
        if not any(faute.gravite is Gravite.FAUTE for faute in fautes):
            compiler(analyser(document).grille)
    except RefusDuMoteur as refus:
        return (
            Faute(
                refus.code, "", str(refus), "Simplifier la grille : moins de critères, ou des conditions plus courtes."
            ),
        )
    return fautes
