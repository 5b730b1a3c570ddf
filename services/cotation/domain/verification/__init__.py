"""Verification of a grid: every fault at once, each with its place, a sentence and a remedy (issue 4, section 1)."""

from collections.abc import Iterable
from typing import Any

from services.cotation.domain.faute import Faute, Gravite, GrilleInvalide
from services.cotation.domain.grille import Exemple
from services.cotation.domain.lecture import Lecture, analyser
from services.cotation.domain.lecture.document import les_plus_graves
from services.cotation.domain.lecture.mots import FORMAT_0_1
from services.cotation.domain.verification.bornes import fautes_de_bornes
from services.cotation.domain.verification.champs import fautes_de_faits
from services.cotation.domain.verification.droit import fautes_de_droit
from services.cotation.domain.verification.exemples import Note, Noter, fautes_d_exemples
from services.cotation.domain.verification.logique import fautes_de_logique
from services.cotation.domain.verification.references import fautes_de_noms

__all__ = ["Note", "Noter", "verifier"]


def verifier(
    document: Any, noter: Noter, *, adoption: bool = False, exemples: Iterable[Exemple] = ()
) -> tuple[Faute, ...]:
    """Every fault, then every warning, of a parsed grid, kind after kind: shape, names, facts, logic, bounds, law, examples.

    document: what `texte_json.lire_json` gives. noter: the engine that plays the worked examples, run only when nothing
    else is refused. adoption: hold the grid to what adoption asks. exemples: examples published beside the grid, to play
    with its own.
    """
    try:
        lecture = analyser(document)
    except GrilleInvalide as refus:
        return les_plus_graves(refus.fautes)
    fautes = [*lecture.fautes, *_de_sens(lecture, adoption=adoption)]
    if not any(faute.gravite is Gravite.FAUTE for faute in fautes):
        racine = "/examples" if lecture.mots.format == FORMAT_0_1 else "/exemples"
        fautes += fautes_d_exemples(lecture.grille, lecture.grille.exemples, noter, racine)
        fautes += fautes_d_exemples(lecture.grille, exemples, noter, "/examples")
    return les_plus_graves(fautes)


def _de_sens(lecture: Lecture, *, adoption: bool) -> Iterable[Faute]:
    yield from fautes_de_noms(lecture)
    yield from fautes_de_faits(lecture, adoption=adoption)
    yield from fautes_de_logique(lecture)
    yield from fautes_de_bornes(lecture)
    yield from fautes_de_droit(lecture, adoption=adoption)
