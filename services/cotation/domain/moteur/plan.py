"""A grid over columns as a whole: groups, bloc rules, floors, caps and total. Source: docs/cotation.md, section 3."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any

from services.cotation.domain.grille import Groupe, ModeGroupe
from services.cotation.domain.moteur.colonnes import Aspect, Colonne, atome_code
from services.cotation.domain.moteur.evenements_colonnes import Etablissement
from services.cotation.domain.moteur.forme import Forme, ordonne
from services.cotation.domain.moteur.lecture_colonnes import CadreColonnes, Conditions
from services.cotation.domain.moteur.noeuds import Atelier, Noeud
from services.cotation.domain.moteur.vues import Lignes, Vue
from services.cotation.domain.resultat import Role

SITUATIONS = "situations"
"""Name of the table of situations in the keys of its leaves."""


@dataclass(frozen=True, slots=True)
class Chantier:
    """Columns and day on which grids are planned; grids planned on one share their nodes, hence their computations."""

    colonnes: Mapping[tuple[Aspect, str], Colonne]
    le: date
    atelier: Atelier = field(default_factory=Atelier)
    macros: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    verrou: threading.Lock = field(default_factory=threading.Lock)
    """Held while nodes are made: two threads may plan grids on one result at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compute for one grid.

    lignes: what each line brings, scaled. termes: what adds up to `somme`, at the scale of the total; total: `somme`
    after its floor and cap, 0 out of scope. hors: 0, or 1 + rank of the reason out of scope. provisoire: boolean.
    """

    lignes: tuple[Noeud, ...]
    termes: tuple[Noeud, ...]
    somme: Noeud
    total: Noeud
    hors: Noeud
    provisoire: Noeud
    finir: Callable[[Noeud], Noeud]
    """From a node equal to `somme`, however computed, the node of the total."""


def planifier(forme: Forme, chantier: Chantier) -> Plan:
    """The plan of a grid over some columns.

    Raises ColonneManquante when the columns lack what the grid reads, BornesNonProuvees when 64 bits may not do.
    """
    return _Planificateur(forme, chantier).planifier()


class _Planificateur:
    def __init__(self, forme: Forme, chantier: Chantier) -> None:
        self._forme, self._atelier = forme, chantier.atelier
        self._cadre = CadreColonnes(chantier.atelier, chantier.colonnes, chantier.le, SITUATIONS)
        self._etablissement = Etablissement(self._cadre, forme.grille.remises_a_zero, chantier.macros)
        self._conditions = Conditions(self._cadre, self._etablissement.mesure)

    def planifier(self) -> Plan:
        atelier, forme = self._atelier, self._forme
        hors, champ = self._hors()
        lignes = Lignes(forme, atelier, self._conditions, self._etablissement, champ)
        vues = [lignes.vue(ligne) for ligne in forme.lignes]
        for groupe in forme.grille.groupes:
            self._grouper(groupe, [vues[ligne.indice] for ligne in forme.membres(groupe)], vues)
        self._ecarter_blocs(vues)
        apports = [atelier.retrecir(atelier.masquer(vue.porte, vue.net)) for vue in vues]
        provisoire = atelier.ou(
            [atelier.et((vue.debout(atelier), vue.attente)) for vue in vues if vue.attente is not atelier.faux]
        )
        termes = self._termes(apports)
        somme = atelier.retrecir(atelier.somme(termes))

        def finir(somme: Noeud) -> Noeud:
            total = atelier.entre(somme, *forme.bornes(forme.grille.bornes_total, forme.total))
            gratuit = total is not somme or self._plancher_de_bloc()
            return atelier.retrecir(atelier.masquer(champ, total) if gratuit else total)

        return Plan(tuple(apports), tuple(termes), somme, finir(somme), hors, provisoire, finir)

    def _plancher_de_bloc(self) -> bool:
        """Whether a bloc without any point still gives some: then only the scope says that the total is 0."""
        bornes = (self._forme.bornes(bloc.bornes, self._forme.points) for bloc in self._forme.grille.blocs)
        return any((mini or 0) > 0 or (maxi if maxi is not None else 0) < 0 for mini, maxi in bornes)

    def _hors(self) -> tuple[Noeud, Noeud]:
        atelier = self._atelier
        libre, code = atelier.vrai, atelier.entier(0)
        maxi = len(self._forme.grille.hors_cotation)
        for rang, motif in enumerate(self._forme.grille.hors_cotation, start=1):
            test = self._conditions.noeud(motif.quand)
            premier = atelier.masquer(atelier.et((test, libre)), atelier.entier(rang))
            code = atelier.plus_entre(code, premier, 0, maxi)
            libre = atelier.et((libre, atelier.non(test)))
        return code, libre

    def _grouper(self, groupe: Groupe, membres: Sequence[Vue], vues: Sequence[Vue]) -> None:
        precedence = ordonne(groupe, self._forme)
        if precedence is not None:
            self._premiere([vues[ligne.indice] for ligne in precedence])
        elif groupe.mode is not ModeGroupe.DECLAREE:
            self._extreme(groupe, vues)
        elif groupe.champ is not None:
            for vue in membres:
                coche = self._cadre.scalaire(groupe.champ, atome_code(vue.ligne.id))
                vue.porte = self._atelier.et((vue.porte, coche))
        else:
            self._case_seule(membres)

    def _premiere(self, vues: Sequence[Vue]) -> None:
        atelier, pris = self._atelier, self._atelier.faux
        for vue in vues:
            debout = vue.debout(atelier)
            vue.ecarter(atelier, pris)
            pris = atelier.ou((pris, debout))

    def _extreme(self, groupe: Groupe, vues: Sequence[Vue]) -> None:
        """The best value wins: values are moved above 0, the level of the lines that do not stand."""
        atelier = self._atelier
        membres = [
            (vues[ligne.indice], atelier.fois(vues[ligne.indice].brut, atelier.entier(facteur)))
            for ligne, facteur in self._forme.comparables(groupe)
        ]
        bas, haut = min(brut.mini for _, brut in membres), max(brut.maxi for _, brut in membres)
        rangs = []
        for vue, brut in membres:
            if groupe.mode is ModeGroupe.MAX:
                rang = atelier.moins(brut, atelier.entier(bas - 1))
            else:
                rang = atelier.moins(atelier.entier(haut + 1), brut)
            rangs.append(atelier.masquer(vue.debout(atelier), rang))
        meilleur, pris = reduce(atelier.maximum, rangs), atelier.faux
        for (vue, _), rang in zip(membres, rangs, strict=True):
            gagne = atelier.et((vue.debout(atelier), atelier.identiques(rang, meilleur)))
            vue.porte = atelier.et((gagne, atelier.non(pris)))
            pris = atelier.ou((pris, gagne))

    def _case_seule(self, membres: Sequence[Vue]) -> None:
        atelier = self._atelier
        une = plusieurs = atelier.faux
        for vue in membres:
            debout = vue.debout(atelier)
            plusieurs = atelier.ou((plusieurs, atelier.et((une, debout))))
            une = atelier.ou((une, debout))
        for vue in membres:
            vue.ecarter(atelier, plusieurs)

    def _ecarter_blocs(self, vues: Sequence[Vue]) -> None:
        atelier = self._atelier
        for regle in self._forme.grille.regles_de_bloc:
            gains = [self._gagne(vues[ligne.indice]) for ligne in self._forme.du_bloc(regle.si_points_dans)]
            for ligne in self._forme.du_bloc(regle.ecarte):
                vues[ligne.indice].ecarter(atelier, atelier.ou(gains))

    def _gagne(self, vue: Vue) -> Noeud:
        atelier = self._atelier
        if vue.net.constante is not None:
            return vue.debout(atelier) if vue.net.constante > 0 else atelier.faux
        return atelier.et((vue.debout(atelier), atelier.au_moins(vue.net, 1)))

    def _termes(self, apports: Sequence[Noeud]) -> list[Noeud]:
        """What adds up to the total, before its floor and cap, at its scale."""
        atelier, forme = self._atelier, self._forme
        points = [ligne for ligne in forme.lignes if ligne.role is Role.POINTS]
        termes: list[Noeud] = []
        bornes = {bloc.id: forme.bornes(bloc.bornes, forme.points) for bloc in forme.grille.blocs}
        for identifiant, (mini, maxi) in bornes.items():
            if mini is not None or maxi is not None:
                du_bloc = atelier.somme([apports[ligne.indice] for ligne in points if ligne.bloc == identifiant])
                termes.append(atelier.entre(du_bloc, mini, maxi))
        libres = (
            ligne for ligne in points if ligne.bloc is None or bornes.get(ligne.bloc, (None, None)) == (None, None)
        )
        termes += [apports[ligne.indice] for ligne in libres]
        if not forme.multiplie:
            return termes
        un = atelier.entier(forme.un)
        coefficients = [apports[ligne.indice] for ligne in forme.lignes if ligne.role is Role.COEFFICIENT]
        base = atelier.somme([apports[ligne.indice] for ligne in forme.lignes if ligne.role is Role.BASE])
        produit = atelier.fois(base, atelier.somme([un, *coefficients]))
        return [produit, atelier.fois(atelier.somme(termes), un)]
