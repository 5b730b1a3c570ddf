"""The running of a campaign: cases are drawn, judged by the oracle, and every engine must give the same results."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from services.cotation.domain.condition import feuilles
from services.cotation.domain.grille import Grille
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Resultat
from tests.cotation.campagne.cas import Cas, cas
from tests.cotation.campagne.comparaison import ecrire
from tests.cotation.campagne.moteurs import Moteur
from tests.cotation.campagne.situations import conditions_de

GRAINE = 20261122
EXEMPLES_PAR_SERIE = 10
SERIES_MAX = 1_000_000
"""Series of one seed never meet those of another."""
GRILLES_EN_CI = 600
"""Times ten situations: 6,000 pairs, so that more than 5,000 are left where the columns refuse a sum past 64 bits."""


class Desaccord(AssertionError):
    """An engine and the oracle disagree on a case."""


@dataclass(slots=True)
class Bilan:
    """What a campaign went through: pairs compared, those that differ, and in how many pairs each construct was met."""

    paires: int = 0
    differentes: set[int] = field(default_factory=set)
    rencontres: Counter[str] = field(default_factory=Counter)

    def noter(self, paire: str, de_la_grille: frozenset[str], resultat: Resultat) -> None:
        """Count one pair, written out, with the constructs of its grid and those that its result shows at work."""
        self.paires += 1
        self.differentes.add(hash(paire))
        vus = {f"raison {ligne.raison}" for ligne in resultat.lignes}
        vus |= {f"portée {ajustement.portee.split(':')[0]}" for ajustement in resultat.ajustements}
        vus |= {
            nom
            for nom, vu in {
                "hors cotation": resultat.hors_cotation is not None,
                "total négatif": resultat.total < 0,
                "total à virgule": resultat.total % 1 != 0,
                "provisoire": resultat.provisoire,
                "expiration": any(ligne.expire_le for ligne in resultat.lignes),
                "facteur": resultat.facteur != 1,
            }.items()
            if vu
        }
        self.rencontres.update(vus | de_la_grille)


def constructions(grille: Grille) -> frozenset[str]:
    """What a grid is made of."""
    vues = {f"effet {type(regle.effet).__name__}" for regle in grille.regles}
    vues |= {f"groupe {groupe.mode}" for groupe in grille.groupes}
    for condition in conditions_de(grille):
        vues.add(f"condition {type(condition).__name__}")
        for feuille in feuilles(condition):
            vues |= {f"mesure {type(feuille.mesure).__name__}", f"opérateur {feuille.operateur}"}
    return frozenset(vues)


def juger(tire: Cas, moteurs: Iterable[Moteur]) -> list[Resultat]:
    """The oracle's results on a case; raises Desaccord, with the case written out, when an engine gives anything else."""
    attendus = resultats(tire)
    for moteur in moteurs:
        if differences := list(moteur(tire, attendus)):
            situations = [f"{rang} : {situation}" for rang, situation in enumerate(tire.situations) if situation]
            raise Desaccord("\n  ".join([*differences, f"le {tire.as_of}", ecrire(tire.grille), *situations]))
    return attendus


def resultats(tire: Cas) -> list[Resultat]:
    """What the oracle says of a case."""
    return [evaluer(tire.grille, situation, tire.as_of) for situation in tire.situations]


def derouler(moteurs: Sequence[Moteur], tirages: int, graine: int, grille: Grille | None = None) -> Bilan:
    """Draw so many different cases from that seed, ten situations each; a disagreement is shrunk, then raised.

    grille: draw the situations alone, for that grid.
    """
    bilan = Bilan()

    def un_cas(tire: Cas) -> None:
        attendus = juger(tire, moteurs)
        de_la_grille = constructions(tire.grille)
        for situation, attendu in zip(tire.situations, attendus, strict=True):
            bilan.noter(repr((tire.grille, tire.as_of, situation)), de_la_grille, attendu)

    _tirer(un_cas, cas(grille), tirages, graine, (Phase.generate, Phase.shrink))
    return bilan


def corpus(tirages: int, graine: int, grille: Grille | None = None) -> list[Cas]:
    """The cases that a campaign of that seed meets, over that grid when it is given."""
    tires: list[Cas] = []
    _tirer(tires.append, cas(grille), tirages, graine, (Phase.generate,))
    return tires


def _tirer(
    faire: Callable[[Cas], object],
    strategie: SearchStrategy[Cas],
    tirages: int,
    graine: int,
    phases: tuple[Phase, ...],
) -> None:
    """Do that with so many cases, all different; in short runs, for past its tenth example Hypothesis mostly repeats itself.

    (From there on it mutates each example five times by copying one draw over another: two cases in three come twice.)
    """
    vus: set[int] = set()
    echecs: list[Exception] = []

    def test(tire: Cas) -> None:
        empreinte = tire.empreinte()
        if not echecs and (empreinte in vus or len(vus) == tirages):
            return
        try:
            faire(tire)
        except Exception as echec:
            echecs.append(echec)  # what is drawn from now on only shrinks it, and every case must be tried
            raise
        vus.add(empreinte)

    reglage = settings(
        max_examples=EXEMPLES_PAR_SERIE,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    for serie in count(graine * SERIES_MAX):
        if len(vus) == tirages:
            return
        seed(serie)(reglage(given(strategie)(test)))()
