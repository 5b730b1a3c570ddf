"""The benchmark's grid as Polars expressions: lazy engine, every thread, codes as bits like ours, integers scaled."""

import operator
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

import numpy as np
import polars as pl

from benchmarks.moteur_population import Population
from benchmarks.moteur_traduction import COMPARER, Traduction, a_l_echelle, mots_de
from benchmarks.moteur_vocabulaire import LISTES, NOMBRES
from services.cotation.domain.condition import PREUVES
from services.cotation.domain.grille import Grille

Tableau = np.ndarray[Any, Any]


class Expressions:
    """What Polars writes. etapes: the columns named at each step, evaluated together."""

    def __init__(self) -> None:
        self.etapes: list[list[pl.Expr]] = [[]]

    def compare(self, chemin: str, operateur: str, constante: Decimal) -> pl.Expr:
        comparee: pl.Expr = COMPARER[operateur](pl.col(chemin), a_l_echelle(chemin, constante))
        return comparee.fill_null(value=False) if NOMBRES[chemin].absents else comparee

    def booleen(self, chemin: str) -> pl.Expr:
        return pl.col(chemin)

    def parmi(self, chemin: str, codes: Sequence[str]) -> pl.Expr:
        return self._masque(chemin, mots_de(chemin), codes)

    def contient(self, chemin: str, codes: Sequence[str]) -> pl.Expr:
        return self._masque(chemin, LISTES[chemin], codes)

    def _masque(self, chemin: str, mots: Sequence[str], codes: Sequence[str]) -> pl.Expr:
        masque = sum(1 << mots.index(code) for code in codes)
        return (pl.col(chemin) & pl.lit(masque, pl.UInt16)) != 0

    def plancher_ou_zero(self, chemin: str) -> pl.Expr:
        return pl.col(chemin)

    def toujours(self) -> pl.Expr:
        return pl.lit(value=True)

    def et(self, termes: Sequence[pl.Expr]) -> pl.Expr:
        return reduce(operator.and_, termes)

    def ou(self, termes: Sequence[pl.Expr]) -> pl.Expr:
        return reduce(operator.or_, termes)

    def non(self, terme: pl.Expr) -> pl.Expr:
        return ~terme

    def entier(self, valeur: int) -> pl.Expr:
        return pl.lit(valeur, pl.Int16)

    def choix(self, test: pl.Expr, oui: pl.Expr, sinon: pl.Expr) -> pl.Expr:
        return pl.when(test).then(oui).otherwise(sinon)

    def somme(self, termes: Sequence[pl.Expr]) -> pl.Expr:
        return reduce(operator.add, termes)

    def fois(self, terme: pl.Expr, facteur: int) -> pl.Expr:
        return terme * pl.lit(facteur, pl.Int16)

    def borner(self, terme: pl.Expr, mini: int | None, maxi: int | None) -> pl.Expr:
        return terme.clip(mini, maxi)

    def le_plus_grand(self, termes: Sequence[pl.Expr]) -> pl.Expr:
        return pl.max_horizontal(termes)

    def egaux(self, gauche: pl.Expr, droite: pl.Expr) -> pl.Expr:
        return gauche == droite

    def positif(self, terme: pl.Expr) -> pl.Expr:
        return terme > 0

    def nommer(self, nom: str, terme: pl.Expr) -> pl.Expr:
        self.etapes[-1].append(terme.alias(nom))
        return pl.col(nom)

    def etape(self) -> None:
        if self.etapes[-1]:
            self.etapes.append([])


class Polars:
    """Polars expressions, lazy engine, on all threads; codes as bits, like ours."""

    def __init__(self, grille: Grille, population: Population) -> None:
        langue = Expressions()
        self._traduction = Traduction(grille, langue)
        self._traduction.ecrire()
        plan = _en_bits(population).lazy()
        for etape in langue.etapes:
            plan = plan.with_columns(etape) if etape else plan
        self._plan = plan.select(*self._traduction.lignes, self._traduction.total)

    def preparer(self) -> Any:
        """The plan."""
        return self._plan

    def calculer(self, plan: pl.LazyFrame) -> tuple[list[Tableau], Tableau]:
        """The lines and the total."""
        *lignes, total = plan.collect().get_columns()
        return [ligne.to_numpy() for ligne in lignes], total.to_numpy()


def _en_bits(population: Population) -> pl.DataFrame:
    colonnes: dict[str, pl.Series] = {}
    for chemin, valeurs in population.nombres.items():
        serie = pl.Series(chemin, valeurs.astype(np.int16))
        absents = pl.Series(population.absents[chemin])
        colonnes[chemin] = serie.set(absents, None) if NOMBRES[chemin].absents else serie
    colonnes |= {chemin: pl.Series(valeurs) for chemin, valeurs in population.booleens.items()}
    un_bit: Mapping[str, Tableau] = population.codes | {f"{PREUVES}.{r}": v for r, v in population.preuves.items()}
    for chemin, rangs in un_bit.items():
        colonnes[chemin] = pl.Series(
            np.where(rangs < 0, 0, 1 << np.maximum(rangs, 0).astype(np.uint16)).astype(np.uint16)
        )
    for chemin, bits in population.listes.items():
        colonnes[chemin] = pl.Series(bits @ (1 << np.arange(bits.shape[1], dtype=np.uint16)).astype(np.uint16))
    return pl.DataFrame(colonnes)
