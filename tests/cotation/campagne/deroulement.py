"""The running of a campaign: cases are drawn, judged by the oracle, and every engine must give the same results."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from services.cotation.domain.condition import feuilles
from services.cotation.domain.grille import Grille
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Resultat
from tests.cotation.campagne.cas import Cas, cas
from tests.cotation.campagne.comparaison import ecarts, ecrire
from tests.cotation.campagne.moteurs import Moteur, scalaire
from tests.cotation.campagne.situations import conditions_de

ORACLE = scalaire(evaluer)
GRAINE = 20261122
GRILLES_EN_CI = 500
"""Times ten situations: 5,000 pairs."""


class Desaccord(AssertionError):
    """An engine and the oracle disagree on a case."""


@dataclass(slots=True)
class Bilan:
    """What a campaign went through: pairs compared, and how often each construct was met."""

    paires: int = 0
    rencontres: Counter[str] = field(default_factory=Counter)

    def noter(self, resultat: Resultat) -> None:
        """Count one pair."""
        self.paires += 1
        self.rencontres.update(f"raison {ligne.raison}" for ligne in resultat.lignes)
        self.rencontres.update(f"portée {ajustement.portee.split(':')[0]}" for ajustement in resultat.ajustements)
        for nom, vu in {
            "hors cotation": resultat.hors_cotation is not None,
            "total négatif": resultat.total < 0,
            "total à virgule": resultat.total % 1 != 0,
            "provisoire": resultat.provisoire,
            "expiration": any(ligne.expire_le for ligne in resultat.lignes),
            "facteur": resultat.facteur != 1,
        }.items():
            self.rencontres[nom] += vu

    def noter_grille(self, grille: Grille) -> None:
        """Count what a grid is made of."""
        self.rencontres.update(f"effet {type(regle.effet).__name__}" for regle in grille.regles)
        self.rencontres.update(f"groupe {groupe.mode}" for groupe in grille.groupes)
        for condition in conditions_de(grille):
            self.rencontres[f"condition {type(condition).__name__}"] += 1
            for feuille in feuilles(condition):
                self.rencontres[f"mesure {type(feuille.mesure).__name__}"] += 1
                self.rencontres[f"opérateur {feuille.operateur}"] += 1


def juger(cas_tire: Cas, moteurs: Mapping[str, Moteur]) -> list[Resultat]:
    """The oracle's results on a case; raises Desaccord when an engine gives anything else."""
    attendus = list(ORACLE(cas_tire))
    for nom, moteur in moteurs.items():
        obtenus = moteur(cas_tire)
        if len(obtenus) != len(attendus):
            raise Desaccord(f"{nom} : {len(obtenus)} résultats pour {len(attendus)} situations")
        for rang, (attendu, obtenu) in enumerate(zip(attendus, obtenus, strict=True)):
            if differences := ecarts(attendu, obtenu):
                ou = f"{nom}, situation {rang} le {cas_tire.as_of}"
                montre = "\n  ".join([*differences, str(cas_tire.situations[rang]), ecrire(cas_tire.grille)])
                raise Desaccord(f"{ou} :\n  {montre}")
    return attendus


def derouler(moteurs: Mapping[str, Moteur], grilles: int, graine: int) -> Bilan:
    """Draw so many grids from that seed, ten situations each; a disagreement is shrunk, then raised."""
    bilan = Bilan()

    def un_cas(tire: Cas) -> None:
        resultats = juger(tire, moteurs)
        bilan.noter_grille(tire.grille)
        for resultat in resultats:
            bilan.noter(resultat)

    _tirer(un_cas, grilles, graine, (Phase.generate, Phase.shrink))
    return bilan


def corpus(grilles: int, graine: int) -> list[Cas]:
    """The cases that a campaign of that seed meets."""
    tires: list[Cas] = []
    _tirer(tires.append, grilles, graine, (Phase.generate,))
    return tires


def _tirer(faire: Callable[[Cas], object], grilles: int, graine: int, phases: tuple[Phase, ...]) -> None:
    def test(tire: Cas) -> None:
        faire(tire)

    reglage = settings(
        max_examples=grilles,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    seed(graine)(reglage(given(cas())(test)))()
