"""One grid written for another engine: the rules are read once here, each engine only says how it writes an operation.

Covers what the benchmark grids hold: additive grids, facts read as such, conditions, the five effects in points, evidence,
`premiere` and `max` groups over positive points, floors and caps of rules, blocs and total.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from benchmarks.moteur_vocabulaire import CODES, MOTS_DE_PREUVE, NOMBRES
from services.cotation.domain.condition import (
    PREUVES,
    Champ,
    Condition,
    Feuille,
    NombreDe,
    Non,
    Operateur,
    Toujours,
    Toutes,
    Une,
)
from services.cotation.domain.grille import (
    Bornes,
    Cumul,
    Grille,
    ModeGroupe,
    NiveauPreuve,
    Points,
    Regle,
    SansPreuve,
    Tranches,
    Variantes,
)

T = TypeVar("T")
COMPARER: Mapping[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}


def a_l_echelle(chemin: str, constante: Decimal) -> int:
    """A constant in the unit in which the benchmark keeps that fact."""
    return int(constante * 10 ** NOMBRES[chemin].decimales)


def mots_de(chemin: str) -> Sequence[str]:
    """The vocabulary of a coded fact, or of an evidence level."""
    return MOTS_DE_PREUVE if chemin.startswith(PREUVES + ".") else CODES[chemin]


class Langue(Protocol[T]):
    """How an engine writes the operations that scoring needs; T is its expression. Comparisons with a missing fact: false."""

    def compare(self, chemin: str, operateur: str, constante: Decimal) -> T: ...
    def booleen(self, chemin: str) -> T: ...
    def parmi(self, chemin: str, codes: Sequence[str]) -> T: ...
    def contient(self, chemin: str, codes: Sequence[str]) -> T: ...
    def plancher_ou_zero(self, chemin: str) -> T: ...
    def toujours(self) -> T: ...
    def et(self, termes: Sequence[T]) -> T: ...
    def ou(self, termes: Sequence[T]) -> T: ...
    def non(self, terme: T) -> T: ...
    def entier(self, valeur: int) -> T: ...
    def choix(self, test: T, oui: T, sinon: T) -> T: ...
    def somme(self, termes: Sequence[T]) -> T: ...
    def fois(self, terme: T, facteur: int) -> T: ...
    def borner(self, terme: T, mini: int | None, maxi: int | None) -> T: ...
    def le_plus_grand(self, termes: Sequence[T]) -> T: ...
    def egaux(self, gauche: T, droite: T) -> T: ...
    def positif(self, terme: T) -> T: ...
    def nommer(self, nom: str, terme: T) -> T:
        """Keep a value under a name, to be computed once; gives what reads it."""
        ...

    def etape(self) -> None:
        """What follows reads what was named before."""
        ...


_COMPARATEURS = {
    Operateur.SUPERIEUR: ">",
    Operateur.SUPERIEUR_OU_EGAL: ">=",
    Operateur.INFERIEUR: "<",
    Operateur.INFERIEUR_OU_EGAL: "<=",
    Operateur.EGAL: "==",
}


class Traduction(Generic[T]):
    """A grid in the language of another engine: `lignes` and `total` are the names under which it keeps them."""

    def __init__(self, grille: Grille, langue: Langue[T]) -> None:
        self._grille, self._langue = grille, langue
        self.lignes = [f"l{rang}" for rang in range(len(grille.regles))]
        self.total = "total"

    def ecrire(self) -> None:
        """Write every line and the total."""
        langue, grille = self._langue, self._grille
        valeurs = {regle.id: langue.nommer(f"b{rang}", self._valeur(regle)) for rang, regle in enumerate(grille.regles)}
        langue.etape()
        for rang, groupe in enumerate(grille.groupes):
            retenues = self._groupe(groupe.mode, [valeurs[regle] for regle in groupe.regles], f"g{rang}")
            langue.etape()
            valeurs |= {
                regle: langue.nommer(f"g{rang}_{place}", retenue)
                for place, (regle, retenue) in enumerate(zip(groupe.regles, retenues, strict=True))
            }
            langue.etape()
        apports: dict[str, T] = {}
        for nom, regle in zip(self.lignes, grille.regles, strict=True):
            apports[regle.id] = langue.nommer(nom, self._borner(valeurs[regle.id], grille.bornes_de(regle)))
        langue.etape()
        blocs = []
        for bloc in grille.blocs:
            somme = langue.somme([apports[regle.id] for regle in grille.regles if regle.bloc == bloc.id])
            blocs.append(langue.nommer(f"bloc_{bloc.id}", self._borner(somme, bloc.bornes)))
        langue.etape()
        langue.nommer(self.total, self._borner(langue.somme(blocs), grille.bornes_total))
        langue.etape()

    def _valeur(self, regle: Regle) -> T:
        """Points before groups and caps, 0 when the rule does not stand."""
        langue = self._langue
        tests = [self._condition(regle.quand)]
        if regle.preuve.exigence.rang > 0 and regle.preuve.sinon is SansPreuve.NON_COMPTEE:
            mots = ["label"] if regle.preuve.exigence is NiveauPreuve.LABEL else ["document", "label"]
            suffit = langue.parmi(f"{PREUVES}.{regle.id}", mots)
            if regle.preuve.presumee.rang >= regle.preuve.exigence.rang:
                trop_bas = [mot for mot in ("declare", "document") if mot not in mots]
                suffit = langue.non(langue.parmi(f"{PREUVES}.{regle.id}", trop_bas))
            tests.append(suffit)
        if isinstance(regle.quand, Toujours):
            tests = tests[1:]
        effet = self._effet(regle)
        return langue.choix(langue.et(tests), effet, langue.entier(0)) if tests else effet

    def _effet(self, regle: Regle) -> T:
        langue = self._langue
        match regle.effet:
            case Points(valeur=valeur):
                return langue.entier(int(valeur))
            case Cumul(mesure=Champ(chemin=chemin), valeur=valeur, plafond=plafond):
                produit = langue.fois(langue.plancher_ou_zero(chemin), int(valeur))
                return produit if plafond is None else langue.borner(produit, None, int(plafond))
            case Tranches(mesure=mesure, tranches=tranches):
                suite = langue.entier(0)
                for tranche in tranches:  # the highest step reached is tested first
                    assert tranche.mini is not None
                    au_moins = langue.compare(mesure.chemin, ">=", tranche.mini)
                    suite = langue.choix(au_moins, langue.entier(int(tranche.valeur)), suite)
                return suite
            case Variantes(variantes=variantes):
                suite = langue.entier(0)
                for variante in reversed(variantes):
                    suite = langue.choix(self._condition(variante.quand), langue.entier(int(variante.valeur)), suite)
                return suite
            case _:
                raise ValueError(f"no other engine is given {regle.effet!r}")

    def _groupe(self, mode: ModeGroupe, valeurs: Sequence[T], nom: str) -> list[T]:
        langue, zero = self._langue, self._langue.entier(0)
        if mode is ModeGroupe.PREMIERE:
            gagnants = [langue.positif(valeur) for valeur in valeurs]
        else:
            meilleur = langue.nommer(f"{nom}_max", langue.le_plus_grand(valeurs))
            langue.etape()
            gagnants = [langue.egaux(valeur, meilleur) for valeur in valeurs]
        retenues = [valeurs[0] if mode is ModeGroupe.PREMIERE else langue.choix(gagnants[0], valeurs[0], zero)]
        for rang in range(1, len(valeurs)):
            libre = langue.non(langue.ou(gagnants[:rang]))
            retenues.append(langue.choix(langue.et([libre, gagnants[rang]]), valeurs[rang], zero))
        return retenues

    def _borner(self, terme: T, bornes: Bornes) -> T:
        if bornes.mini is None and bornes.maxi is None:
            return terme
        mini, maxi = (None if borne is None else int(borne) for borne in (bornes.mini, bornes.maxi))
        return self._langue.borner(terme, mini, maxi)

    def _condition(self, condition: Condition) -> T:
        langue = self._langue
        match condition:
            case Toujours():
                return langue.toujours()
            case Toutes(conditions=parts):
                return langue.et([self._condition(part) for part in parts])
            case Une(conditions=parts):
                return langue.ou([self._condition(part) for part in parts])
            case Non(condition=part):
                return langue.non(self._condition(part))
            case Feuille():
                return self._feuille(condition)

    def _feuille(self, feuille: Feuille) -> T:
        langue, valeurs = self._langue, feuille.valeurs
        assert isinstance(feuille.mesure, (Champ, NombreDe))  # a count given as a number reads like any number here
        chemin = feuille.mesure.chemin
        codes = [valeur for valeur in valeurs if isinstance(valeur, str)]
        if feuille.operateur is Operateur.CONTIENT_UN_DE:
            return langue.contient(chemin, codes)
        if codes:
            return langue.parmi(chemin, codes)
        if valeurs == (True,):
            return langue.booleen(chemin)
        assert isinstance(valeurs[0], Decimal)
        return langue.compare(chemin, _COMPARATEURS[feuille.operateur], valeurs[0])
