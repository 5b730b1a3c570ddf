"""Seniority and counts of events over columns. Source: docs/cotation.md, section 1, "Seniority" and "Events"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from services.cotation.domain.condition import AGE, ANCIENNETE, DEPOT, Condition, Mesure, NombreDe, Toujours
from services.cotation.domain.grille import RemiseAZero
from services.cotation.domain.moteur.colonnes import (
    EST_LISTE,
    Aspect,
    Bits,
    Colonne,
    Evenements,
    Jours,
    Nombres,
    Tableau,
    lire_colonne,
)
from services.cotation.domain.moteur.lecture_colonnes import CadreColonnes, Conditions, Nombre
from services.cotation.domain.moteur.noeuds import Atelier, Noeud
from services.cotation.domain.moteur.programme import Bloc, Programme, programmer


@dataclass(slots=True)
class Etablissement:
    """What the engine establishes before the rules: age, seniority under the resets of a grid, counts of events.

    macros: computations already made, shared by the grids evaluated on the same columns.
    """

    cadre: CadreColonnes
    remises: tuple[RemiseAZero, ...]
    macros: dict[tuple[Any, ...], Any]
    _anciennete: list[Nombre | None] = field(default_factory=list)
    _age: list[Nombre | None] = field(default_factory=list)

    def mesure(self, mesure: Mesure) -> Nombre | None:
        """The seniority or a count; None when it is absent everywhere."""
        return self.compte(mesure) if isinstance(mesure, NombreDe) else self.anciennete()

    def age(self) -> Nombre | None:
        """Months since the filing date, else the age given; never below 0."""
        if not self._age:
            atelier, depot = self.cadre.atelier, self.cadre.mois_ecoules(DEPOT)
            donne = self.cadre.nombre(AGE, plancher=True)
            connus = [_positif(atelier, nombre) for nombre in (depot, donne) if nombre is not None]
            self._age.append(_sinon(atelier, *connus) if connus else None)
        return self._age[0]

    def anciennete(self) -> Nombre | None:
        """The seniority that every rule reads."""
        if not self._anciennete:
            atelier, age = self.cadre.atelier, self.age()
            donnee = self.cadre.nombre(ANCIENNETE, plancher=True)
            donnee = None if donnee is None else _positif(atelier, donnee)
            if age is not None:
                age = self._remettre_a_zero(age)
            connues = [nombre for nombre in (age, donnee) if nombre is not None]
            self._anciennete.append(_sinon(atelier, *connues) if connues else None)
        return self._anciennete[0]

    def _remettre_a_zero(self, age: Nombre) -> Nombre:
        atelier, noeud = self.cadre.atelier, age.noeud
        for remise in self.remises:
            table = self._table(remise.evenements)
            if table is None:
                continue
            qualifie, ecoule = table.qualifier(remise.seulement_si, None, dates_seules=True)
            jamais = max(noeud.maxi, ecoule.maxi)
            cle = ("dernier", remise.evenements, repr(remise.seulement_si), jamais)
            macro = self.macros.setdefault(cle, _Macro(table, (qualifie, ecoule), jamais))
            dernier = atelier.macro(macro, macro.table.ramenes, 0, jamais)
            noeud = atelier.minimum(noeud, dernier)
        return Nombre(noeud, age.present, 0)

    def compte(self, mesure: NombreDe) -> Nombre | None:
        """Number of events that count, or the number given instead of a list; None when absent everywhere."""
        atelier = self.cadre.atelier
        compte = self.evenements(mesure.chemin, mesure.seulement_si, mesure.fenetre_mois)
        connus = [Nombre(compte, self.cadre.liste(mesure.chemin, EST_LISTE), 0)]
        if mesure.seulement_si is None and mesure.fenetre_mois is None:
            donne = self.cadre.nombre(mesure.chemin, plancher=True)
            connus += [] if donne is None else [_positif(atelier, donne)]
        return _sinon(atelier, *connus)

    def evenements(self, chemin: str, condition: Condition | None, fenetre: int | None) -> Noeud:
        """Number of events of a list that qualify, 0 when there is no list."""
        table = self._table(chemin)
        if table is None:
            return self.cadre.atelier.entier(0)
        qualifie, _ = table.qualifier(condition, fenetre)
        cle = ("compte", chemin, repr(condition), fenetre)
        macro = self.macros.setdefault(cle, _Macro(table, (qualifie,), None))
        return self.cadre.atelier.macro(macro, macro.table.ramenes, 0, table.evenements.maxi)

    def _table(self, chemin: str) -> "_Table | None":
        colonne = lire_colonne(self.cadre.colonnes, Aspect.EVENEMENTS, chemin)
        assert isinstance(colonne, Evenements)
        return _Table(chemin, colonne, self) if colonne.maxi else None


def _positif(atelier: Atelier, nombre: Nombre) -> Nombre:
    if nombre.mini >= 0:
        return nombre
    return Nombre(atelier.maximum(nombre.noeud, atelier.entier(0)), nombre.present, 0)


def _sinon(atelier: Atelier, premier: Nombre, *autres: Nombre) -> Nombre:
    """The first number present: exclusive alternatives, so that their sum is one of them."""
    if not autres or premier.present is atelier.vrai:
        return premier
    (second,) = autres
    place = atelier.et((second.present, atelier.non(premier.present)))
    parts = atelier.masquer(premier.present, premier.leve(atelier)), atelier.masquer(place, second.leve(atelier))
    mini, maxi = min(part.mini for part in parts), max(part.maxi for part in parts)
    noeud = atelier.plus_entre(*parts, mini, maxi)
    return Nombre(noeud, atelier.ou((premier.present, second.present)), min(premier.mini, second.mini))


class _Table:
    """The events of one list while a condition is put on them: a graph of its own, fed by the nodes it brings over."""

    def __init__(self, chemin: str, evenements: Evenements, etablissement: Etablissement) -> None:
        self.chemin, self.evenements = chemin, evenements
        self.atelier = Atelier()
        self.ramenes: list[Noeud] = []
        self._etablissement = etablissement
        situation = Conditions(etablissement.cadre, etablissement.mesure)
        cadre = CadreColonnes(self.atelier, evenements.colonnes, etablissement.cadre.le, chemin)
        self._conditions = Conditions(cadre, etablissement.mesure, self._ramener, situation)

    def qualifier(
        self, condition: Condition | None, fenetre: int | None, *, dates_seules: bool = False
    ) -> tuple[Noeud, Noeud]:
        """Whether an event counts, and the months gone by since it."""
        atelier, cadre = self.atelier, self._conditions.cadre
        ecoule = self._ecoule(cadre)
        tests = [self._conditions.noeud(condition or Toujours())]
        if ecoule is None:
            return (atelier.faux if fenetre is not None or dates_seules else tests[0]), atelier.entier(0)
        pas_a_venir = atelier.ou((atelier.non(ecoule.present), atelier.au_moins(ecoule.noeud, 0)))
        tests.append(pas_a_venir)
        if fenetre is not None:
            tests.append(atelier.non(atelier.au_moins(ecoule.noeud, fenetre)))
        if fenetre is not None or dates_seules:
            tests.append(ecoule.present)
        return atelier.et(tests), ecoule.noeud

    def _ecoule(self, cadre: CadreColonnes) -> Nombre | None:
        date_, age = cadre.mois_ecoules("date"), self._etablissement.age()
        apres = cadre.nombre("mois_apres_depot", plancher=True)
        connus = [] if date_ is None else [date_]
        if apres is not None and age is not None:
            present = (apres.present, self.atelier.au_moins(apres.noeud, 0), self._ramener(age.present))
            depuis = self._ramener(age.leve(self._etablissement.cadre.atelier))
            noeud = self.atelier.moins(depuis, apres.leve(self.atelier))
            connus.append(Nombre(noeud, self.atelier.et(present), noeud.mini))
        return _sinon(self.atelier, *connus) if connus else None

    def _ramener(self, noeud: Noeud) -> Noeud:
        if noeud.constante is not None:
            return self.atelier.booleen(bool(noeud.param)) if noeud.est_booleen else self.atelier.entier(noeud.param)
        if noeud not in self.ramenes:
            self.ramenes.append(noeud)
        cle = ("ramene", self.ramenes.index(noeud))
        return self.atelier.entree(cle, noeud.dtype, noeud.mini, noeud.maxi)


class _Macro:
    """Counts, row by row, the events where the first node holds; with `jamais`, gives the least value of the second.

    jamais: value of the rows where no event qualifies.
    """

    def __init__(self, table: _Table, noeuds: tuple[Noeud, ...], jamais: int | None) -> None:
        self.table, self._noeuds, self._jamais = table, noeuds, jamais
        uniques = {noeud.numero: noeud for noeud in noeuds if noeud.op not in {"constante", "entree"}}
        self._programme: Programme = programmer(tuple(uniques.values()))

    def executer(self, bloc: Bloc, ramenes: Sequence[Tableau], sortie: Tableau) -> None:
        """Fill the output for the rows of a block. ramenes: the nodes brought over, on these rows."""
        evenements = bloc.colonnes[Aspect.EVENEMENTS, self.table.chemin]
        assert isinstance(evenements, Evenements)
        tranche = slice(int(evenements.debuts[bloc.start]), int(evenements.debuts[bloc.stop]))
        lignes = evenements.lignes[tranche] - np.int32(bloc.start)
        qualifie, *valeurs = self._calculer(evenements, tranche, lignes, ramenes, bloc)
        retenues = lignes[qualifie]
        if self._jamais is None:
            np.copyto(sortie, np.bincount(retenues, minlength=bloc.stop - bloc.start), casting="unsafe")
        else:
            sortie.fill(self._jamais)
            np.minimum.at(sortie, retenues, valeurs[0][qualifie].astype(sortie.dtype))

    def _calculer(
        self, evenements: Evenements, tranche: slice, lignes: Tableau, ramenes: Sequence[Tableau], bloc: Bloc
    ) -> list[Tableau]:
        programme, taille = self._programme, len(lignes)
        lus: dict[Any, Tableau] = {}

        def lire(cle: Any) -> Tableau:
            if cle not in lus:
                ramene = cle[0] == "ramene"
                lus[cle] = ramenes[cle[1]][lignes] if ramene else tableau_de(evenements.colonnes, *cle[1:])[tranche]
            return lus[cle]

        sorties = {noeud.numero: np.empty(taille, noeud.dtype) for noeud in programme.sorties}
        entrees = [lire(cle) for cle, _ in programme.entrees]
        programme.executer(programme.table(taille), bloc, entrees, sorties.values())
        resultats = []
        for noeud in self._noeuds:
            if noeud.op == "constante":
                resultats.append(np.full(taille, noeud.param, noeud.dtype))
            else:
                resultats.append(sorties[noeud.numero] if noeud.op != "entree" else lire(noeud.param))
        return resultats


def tableau_de(colonnes: Mapping[tuple[Aspect, str], Colonne], aspect: Aspect, chemin: str, mot: int) -> Tableau:
    """The array of a leaf."""
    colonne = colonnes[aspect, chemin]
    if isinstance(colonne, Bits):
        return colonne.mots[mot]
    assert isinstance(colonne, (Nombres, Jours))
    assert colonne.valeurs is not None
    return colonne.valeurs
