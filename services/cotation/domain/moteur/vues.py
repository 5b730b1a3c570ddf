"""One line of a grid over columns: where it stands, and what it gives there. Source: docs/cotation.md, section 3."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from services.cotation.domain.condition import PREUVES
from services.cotation.domain.grille import (
    Coefficient,
    Cumul,
    EffetEvenement,
    Points,
    Regle,
    SansPreuve,
    Tranches,
    Variantes,
)
from services.cotation.domain.moteur.colonnes import VRAI, Aspect, Tableau, atome_code
from services.cotation.domain.moteur.evenements_colonnes import Etablissement
from services.cotation.domain.moteur.forme import Forme, Ligne, mots_suffisants, presumee_suffit
from services.cotation.domain.moteur.lecture_colonnes import Conditions, Nombre
from services.cotation.domain.moteur.noeuds import Atelier, Noeud
from services.cotation.domain.moteur.programme import Bloc

SEUILS_COMPARES = 48
"""Up to that many thresholds, a scale is a sum of comparisons (0.1 ns each); beyond, `searchsorted` (about 8 ns)."""


@dataclass(slots=True)
class Vue:
    """One line. It stands where `porte` and `dans` hold.

    porte: everything but the effect (scope, condition, evidence, then groups and blocs). dans: the effect gives a value.
    brut: the value before floor and cap; net: what the line brings (a coefficient: what it has above 1), after them; both
    are 0 where `dans` does not hold, but a `brut` coefficient that is one constant. attente: the evidence is missing
    though the line goes on.
    """

    ligne: Ligne
    porte: Noeud
    dans: Noeud
    brut: Noeud
    net: Noeud
    attente: Noeud

    def debout(self, atelier: Atelier) -> Noeud:
        """Where the line stands."""
        return atelier.et((self.porte, self.dans))

    def ecarter(self, atelier: Atelier, ou_: Noeud) -> None:
        """Drop the line where a node holds."""
        self.porte = atelier.et((self.porte, atelier.non(ou_)))


@dataclass(frozen=True, slots=True)
class Lignes:
    """Makes the views of the lines of a grid."""

    forme: Forme
    atelier: Atelier
    conditions: Conditions
    etablissement: Etablissement
    champ: Noeud

    def vue(self, ligne: Ligne) -> Vue:
        """The view of a line before groups. champ: where the file is in scope."""
        source, atelier = ligne.source, self.atelier
        if isinstance(source, EffetEvenement):
            return self._effet(ligne, source)
        nul = atelier.entier(0)
        if source.desactivee is not None:
            return Vue(ligne, atelier.faux, atelier.faux, nul, nul, atelier.faux)
        suffit = self._preuve(source) if ligne.attend_preuve else atelier.vrai
        porte = atelier.et((self.champ, self.conditions.noeud(source.quand)))
        attente = atelier.faux
        if source.preuve.sinon is SansPreuve.NON_COMPTEE:
            porte = atelier.et((porte, suffit))
        else:
            attente = atelier.non(suffit)
        dans, brut, net = self._valeur(ligne, source)
        return Vue(ligne, porte, dans, brut, atelier.retrecir(net), attente)

    def _preuve(self, regle: Regle) -> Noeud:
        cadre, chemin = self.conditions.cadre, f"{PREUVES}.{regle.id}"
        mots = sorted(mots_suffisants(regle.preuve))
        suffit = cadre.scalaire(chemin, VRAI, *map(atome_code, mots))
        if not presumee_suffit(regle.preuve):
            return suffit
        return self.atelier.ou((suffit, self.atelier.non(cadre.present(chemin))))

    def _valeur(self, ligne: Ligne, regle: Regle) -> tuple[Noeud, Noeud, Noeud]:
        atelier, forme = self.atelier, self.forme
        match regle.effet:
            case Points(valeur=valeur) | Coefficient(valeur=valeur):
                scalee = forme.valeur(ligne, valeur)
                return atelier.vrai, atelier.entier(scalee), atelier.entier(ligne.bornee(scalee) - ligne.neutre)
            case Cumul():
                return self._cumul(ligne, regle.effet)
            case Tranches():
                return self._tranches(ligne, regle.effet)
            case Variantes():
                return self._variantes(ligne, regle.effet)

    def _cumul(self, ligne: Ligne, effet: Cumul) -> tuple[Noeud, Noeud, Noeud]:
        atelier, forme = self.atelier, self.forme
        nombre = self.conditions.nombre(effet.mesure, plancher=True)
        if nombre is None:
            return atelier.faux, atelier.entier(0), atelier.entier(0)
        unite = forme.valeur(ligne, effet.valeur)
        plafond = None if effet.plafond is None else forme.valeur(ligne, effet.plafond)
        brut = self._produit(nombre, unite, plafond)
        serre = plafond
        limite = ligne.maxi if unite >= 0 else ligne.mini
        if limite is not None:
            serre = limite if plafond is None else (min if unite >= 0 else max)(limite, plafond)
        net = self._borner(ligne, nombre.present, self._produit(nombre, unite, serre))
        return nombre.present, brut, net

    def _produit(self, nombre: Nombre, unite: int, plafond: int | None) -> Noeud:
        """Present numbers times `unite`, stopped at `plafond`; 0 elsewhere."""
        atelier, x = self.atelier, nombre.leve(self.atelier)
        nul_si_absent = nombre.sentinelle and nombre.mini == 0
        if plafond is not None and unite:
            # past this number the product is past the bound: stopping the factor first keeps the product narrow
            dernier = -(-plafond // unite)
            x = atelier.minimum(x, atelier.entier(dernier))
            nul_si_absent = nul_si_absent and dernier >= 0
        if not nul_si_absent:
            x = atelier.masquer(nombre.present, x)
        produit = atelier.fois(x, atelier.entier(unite))
        if plafond is None:
            return produit
        borne = atelier.entier(plafond)
        stoppe = atelier.minimum(produit, borne) if unite >= 0 else atelier.maximum(produit, borne)
        return stoppe if _signe_libre(unite, plafond) else atelier.masquer(nombre.present, stoppe)

    def _borner(self, ligne: Ligne, dans: Noeud, valeur: Noeud) -> Noeud:
        bornee = self.atelier.entre(valeur, ligne.mini, ligne.maxi)
        return bornee if ligne.bornee(0) == 0 else self.atelier.masquer(dans, bornee)

    def _tranches(self, ligne: Ligne, effet: Tranches) -> tuple[Noeud, Noeud, Noeud]:
        atelier = self.atelier
        nombre = self.conditions.nombre(effet.mesure)
        if nombre is None:
            return atelier.faux, atelier.entier(0), atelier.entier(0)
        escalier = self.forme.escalier(ligne, effet)
        marches = [nombre.present, *(nombre.au_moins(atelier, seuil) for seuil in escalier.seuils)]
        valeurs = escalier.valeurs
        dans = self._dans(marches, [valeur is not None for valeur in valeurs])
        bruts = [0 if valeur is None else valeur for valeur in valeurs]
        nets = [0 if valeur is None else ligne.bornee(valeur) - ligne.neutre for valeur in valeurs]
        return dans, self._echelons(nombre, marches, bruts), self._echelons(nombre, marches, nets)

    def _dans(self, marches: Sequence[Noeud], definies: Sequence[bool]) -> Noeud:
        atelier = self.atelier
        morceaux: list[Noeud] = []
        debut: Noeud | None = None
        for marche, definie in zip(marches, definies, strict=True):
            if definie and debut is None:
                debut = marche
            elif not definie and debut is not None:
                morceaux.append(atelier.et((debut, atelier.non(marche))))
                debut = None
        return atelier.ou([*morceaux, *([] if debut is None else [debut])])

    def _echelons(self, nombre: Nombre, marches: Sequence[Noeud], valeurs: Sequence[int]) -> Noeud:
        """The value of the step reached, 0 below the first one."""
        atelier = self.atelier
        mini, maxi = min(0, *valeurs), max(0, *valeurs)
        if len(marches) > SEUILS_COMPARES and all(marche.op == "au_moins" for marche in marches[1:]):
            seuils = tuple(marche.param for marche in marches[1:])
            recherche = atelier.macro(Recherche(seuils, tuple(valeurs)), (nombre.noeud,), mini, maxi)
            return atelier.masquer(nombre.present, recherche)
        total = atelier.entier(0)
        for marche, (avant, apres) in zip(marches, pairwise((0, *valeurs)), strict=True):
            echelon = atelier.masquer(marche, atelier.entier(apres - avant))
            total = atelier.plus_entre(total, echelon, mini, maxi)
        return total

    def _variantes(self, ligne: Ligne, effet: Variantes) -> tuple[Noeud, Noeud, Noeud]:
        atelier = self.atelier
        tests = [self.conditions.noeud(variante.quand) for variante in effet.variantes]
        valeurs = [self.forme.valeur(ligne, variante.valeur) for variante in effet.variantes]
        choisies = tests if _exclusifs(tests) else _premieres(atelier, tests)
        bruts = self._alternative(choisies, valeurs)
        nets = self._alternative(choisies, [ligne.bornee(valeur) - ligne.neutre for valeur in valeurs])
        return atelier.ou(tests), bruts, nets

    def _alternative(self, tests: Sequence[Noeud], valeurs: Sequence[int]) -> Noeud:
        atelier, total = self.atelier, self.atelier.entier(0)
        mini, maxi = min(0, *valeurs), max(0, *valeurs)
        for test, valeur in zip(tests, valeurs, strict=True):
            total = atelier.plus_entre(total, atelier.masquer(test, atelier.entier(valeur)), mini, maxi)
        return total

    def _effet(self, ligne: Ligne, effet: EffetEvenement) -> Vue:
        atelier = self.atelier
        compte = self.etablissement.evenements(effet.evenements, effet.seulement_si, effet.expire_mois)
        dans, valeur = atelier.au_moins(compte, 1), atelier.entier(self.forme.valeur(ligne, effet.valeur))
        brut = atelier.fois(compte, valeur) if effet.par_evenement else atelier.masquer(dans, valeur)
        net = atelier.retrecir(self._borner(ligne, dans, brut))
        return Vue(ligne, self.champ, dans, brut, net, atelier.faux)


def _signe_libre(unite: int, plafond: int) -> bool:
    """Whether a product stopped at the bound stays 0 where it was 0."""
    return plafond >= 0 if unite >= 0 else plafond <= 0


def _premieres(atelier: Atelier, tests: Sequence[Noeud]) -> list[Noeud]:
    libre, choisies = atelier.vrai, []
    for test in tests:
        choisies.append(atelier.et((test, libre)))
        libre = atelier.et((libre, atelier.non(test)))
    return choisies


def _exclusifs(tests: Sequence[Noeud]) -> bool:
    """Whether no two tests can hold at once, as seen from one coded fact or one number compared with constants."""
    noeuds = {test.args[0].numero for test in tests if test.op in {"bits", "egal"}}
    if len(noeuds) != 1 or len({test.op for test in tests}) != 1:
        return False
    if tests[0].op == "egal":
        return len({test.param for test in tests}) == len(tests)
    reunion = 0
    for test in tests:
        if reunion & test.param:
            return False
        reunion |= test.param
    colonne = tests[0].args[0]
    return colonne.op == "entree" and colonne.param[1] is Aspect.SCALAIRE


@dataclass(frozen=True, slots=True)
class Recherche:
    """A scale of many steps, by binary search. valeurs has one more item than seuils."""

    seuils: tuple[int, ...]
    valeurs: tuple[int, ...]

    def executer(self, _bloc: Bloc, args: Sequence[Tableau], sortie: Tableau) -> None:
        """Fill the output for the rows of a block."""
        (x,) = args
        bornes = np.iinfo(x.dtype)
        # thresholds outside the dtype are never, or always, reached
        debut = bisect_right(self.seuils, int(bornes.min))
        utiles = [seuil for seuil in self.seuils[debut:] if seuil <= bornes.max]
        valeurs: np.ndarray[Any, Any] = np.array(self.valeurs[debut:], sortie.dtype)
        np.take(valeurs, np.searchsorted(np.array(utiles, x.dtype), x, side="right"), out=sortie, mode="clip")
