"""What the campaign compares with the oracle: each engine answers a whole case, one result per situation."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from services.cotation.domain.grille import Grille
from services.cotation.domain.resultat import Resultat
from tests.cotation.campagne.cas import Cas

Evaluation = Callable[[Grille, Mapping[str, object], date], Resultat]
Moteur = Callable[[Cas], Sequence[Resultat]]


def scalaire(evaluer: Evaluation) -> Moteur:
    """The engine that evaluates one situation after the other."""
    return lambda cas: [evaluer(cas.grille, situation, cas.as_of) for situation in cas.situations]
