"""The benchmark's grid under OpenFisca-Core: a variable per fact and per line, vectorised, computed once per period.

The facts are laid out as it likes best: integers scaled (its integers are 32 bits, exact), one boolean per code of a list.
"""

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

import numpy as np
from openfisca_core import entities, periods, taxbenefitsystems, variables
from openfisca_core.simulation_builder import SimulationBuilder

from benchmarks.moteur_population import Population
from benchmarks.moteur_traduction import COMPARER, Traduction, a_l_echelle, mots_de
from benchmarks.moteur_vocabulaire import LISTES, NOMBRES
from services.cotation.domain.condition import PREUVES
from services.cotation.domain.grille import Grille

Tableau = np.ndarray[Any, Any]
MOIS = "2026-11"


def _variable(chemin: str) -> str:
    return chemin.replace(".", "__")


class Numpy:
    """What OpenFisca writes: a formula of a population, on whole arrays."""

    def __init__(self) -> None:
        self.formules: dict[str, Callable[..., Tableau]] = {}

    def _lire(self, nom: str) -> Callable[..., Tableau]:
        return lambda demande, mois: demande(nom, mois)

    def compare(self, chemin: str, operateur: str, constante: Decimal) -> Callable[..., Tableau]:
        lire, connu, seuil = (
            self._lire(_variable(chemin)),
            _variable(chemin) + "__connu",
            a_l_echelle(chemin, constante),
        )
        comparer = COMPARER[operateur]
        if not NOMBRES[chemin].absents:
            return lambda d, m: comparer(lire(d, m), seuil)
        return lambda d, m: d(connu, m) & comparer(lire(d, m), seuil)

    def booleen(self, chemin: str) -> Callable[..., Tableau]:
        return self._lire(_variable(chemin))

    def parmi(self, chemin: str, codes: Sequence[str]) -> Callable[..., Tableau]:
        nom, rangs = _variable(chemin), [mots_de(chemin).index(code) for code in codes]
        return lambda d, m: reduce(operator.or_, [d(nom, m) == rang for rang in rangs])

    def contient(self, chemin: str, codes: Sequence[str]) -> Callable[..., Tableau]:
        noms = [f"{_variable(chemin)}__{code}" for code in codes]
        return lambda d, m: reduce(operator.or_, [d(nom, m) for nom in noms])

    def plancher_ou_zero(self, chemin: str) -> Callable[..., Tableau]:
        return self._lire(_variable(chemin))

    def toujours(self) -> Callable[..., Tableau]:
        return lambda _d, _m: np.True_

    def et(self, termes: Sequence[Callable[..., Tableau]]) -> Callable[..., Tableau]:
        return lambda d, m: reduce(operator.and_, [terme(d, m) for terme in termes])

    def ou(self, termes: Sequence[Callable[..., Tableau]]) -> Callable[..., Tableau]:
        return lambda d, m: reduce(operator.or_, [terme(d, m) for terme in termes])

    def non(self, terme: Callable[..., Tableau]) -> Callable[..., Tableau]:
        return lambda d, m: ~terme(d, m)

    def entier(self, valeur: int) -> Callable[..., Any]:
        return lambda _d, _m: np.int32(valeur)

    def choix(self, test: Any, oui: Any, sinon: Any) -> Callable[..., Tableau]:
        return lambda d, m: np.where(test(d, m), oui(d, m), sinon(d, m))

    def somme(self, termes: Sequence[Callable[..., Tableau]]) -> Callable[..., Tableau]:
        return lambda d, m: reduce(operator.add, [terme(d, m) for terme in termes])

    def fois(self, terme: Callable[..., Tableau], facteur: int) -> Callable[..., Tableau]:
        return lambda d, m: terme(d, m) * np.int32(facteur)

    def borner(self, terme: Callable[..., Tableau], mini: int | None, maxi: int | None) -> Callable[..., Tableau]:
        return lambda d, m: np.clip(terme(d, m), mini, maxi)

    def le_plus_grand(self, termes: Sequence[Callable[..., Tableau]]) -> Callable[..., Tableau]:
        return lambda d, m: reduce(np.maximum, [terme(d, m) for terme in termes])

    def egaux(self, gauche: Callable[..., Tableau], droite: Callable[..., Tableau]) -> Callable[..., Tableau]:
        return lambda d, m: gauche(d, m) == droite(d, m)

    def positif(self, terme: Callable[..., Tableau]) -> Callable[..., Tableau]:
        return lambda d, m: terme(d, m) > 0

    def nommer(self, nom: str, terme: Callable[..., Tableau]) -> Callable[..., Tableau]:
        self.formules[nom] = terme
        return self._lire(nom)

    def etape(self) -> None:
        """Formulas call one another: there are no steps."""


class OpenFisca:
    """OpenFisca-Core: one variable per fact and per line, computed once per period."""

    def __init__(self, grille: Grille, population: Population) -> None:
        langue = Numpy()
        self._traduction = Traduction(grille, langue)
        self._traduction.ecrire()
        self._entrees = _en_variables(population)
        entite = entities.build_entity(key="demande", plural="demandes", label="Demande", roles=None, is_person=True)
        self._systeme = taxbenefitsystems.TaxBenefitSystem([entite])
        for nom, tableau in self._entrees.items():
            self._declarer(entite, nom, bool if tableau.dtype == bool else int)
        for nom, formule in langue.formules.items():
            self._declarer(entite, nom, int, formula=formule)
        self.n = population.n

    def _declarer(self, entite: Any, nom: str, genre: type, **reste: Any) -> None:
        attributs = {"value_type": genre, "entity": entite, "definition_period": periods.MONTH, "label": nom, **reste}
        self._systeme.add_variable(type(nom, (variables.Variable,), attributs))

    def preparer(self) -> Any:
        """A simulation with its inputs: not counted, it is not scoring."""
        simulation = SimulationBuilder().build_default_simulation(self._systeme, count=self.n)
        for nom, tableau in self._entrees.items():
            simulation.set_input(nom, MOIS, tableau)
        return simulation

    def calculer(self, simulation: Any) -> tuple[list[Tableau], Tableau]:
        """The lines and the total."""
        lignes = [simulation.calculate(nom, MOIS) for nom in self._traduction.lignes]
        return lignes, simulation.calculate(self._traduction.total, MOIS)


def _en_variables(population: Population) -> dict[str, Tableau]:
    entrees: dict[str, Tableau] = {}
    for chemin, valeurs in population.nombres.items():
        entrees[_variable(chemin)] = np.where(population.absents[chemin], 0, valeurs).astype(np.int32)
        if NOMBRES[chemin].absents:
            entrees[_variable(chemin) + "__connu"] = ~population.absents[chemin]
    entrees |= {_variable(chemin): valeurs for chemin, valeurs in population.booleens.items()}
    entrees |= {_variable(chemin): rangs.astype(np.int32) for chemin, rangs in population.codes.items()}
    for chemin, bits in population.listes.items():
        entrees |= {f"{_variable(chemin)}__{code}": bits[:, rang].copy() for rang, code in enumerate(LISTES[chemin])}
    entrees |= {_variable(f"{PREUVES}.{r}"): rangs.astype(np.int32) for r, rangs in population.preuves.items()}
    return entrees
