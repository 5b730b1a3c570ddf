"""Reading of a grid written in JSON, `cotation-grid/0.1` or `cotation-grid/1.0`, with every fault at once."""

from services.cotation.domain.lecture.document import Lecture, analyser, lire_grille

__all__ = ["Lecture", "analyser", "lire_grille"]
