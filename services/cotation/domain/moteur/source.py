"""The back-end for a few demandes: one Python function per grid, generated as a syntax tree.

Each line i has a reason `r{i}` (0 while it stands), a value `v{i}` (scaled integer) and, where it can be dropped for
another one, what is kept instead, `w{i}`. Source: docs/cotation.md, section 3.
"""

import ast
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.cotation.domain.condition import ANCIENNETE, PREUVES, Mesure, Toujours
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
from services.cotation.domain.moteur import ecriture as py
from services.cotation.domain.moteur import faits as lecture
from services.cotation.domain.moteur.ecriture import Reserve
from services.cotation.domain.moteur.elagage import elaguer
from services.cotation.domain.moteur.forme import Forme, Ligne, mesures_de, mots_suffisants, presumee_suffit
from services.cotation.domain.moteur.groupes_generes import ecrire_groupes
from services.cotation.domain.moteur.lecture_generee import Cadre, Conditions, remettre_a_zero
from services.cotation.domain.moteur.total_genere import debout_de, ecrire_total, est_debout, lachables, raison_de
from services.cotation.domain.resultat import Raison

Jugement = tuple[Any, ...]
"""What the generated function gives. Out of scope: (rank of the reason,). Else, scaled: (None, total, provisional,
value of each line that counts, 0 for the others and for a neutral coefficient), and, on demand, the factor, the
adjustments, then by line: reason, value, value before floor and cap, what is kept instead, whether evidence is missing,
events counted; at last the measures read."""
Juger = Callable[[Mapping[str, Any], date, bool], Jugement]
Noter = Callable[[Mapping[str, Any], date], Jugement]
"""`juger(faits, le, complet)` and, cut to what a score alone needs, `noter(faits, le)`."""


def _champ_date(evenement: Mapping[str, Any]) -> Any:
    return evenement.get("date")


def _champ_mois(evenement: Mapping[str, Any]) -> Any:
    return evenement.get("mois_apres_depot")


def _est_objet(element: object) -> bool:
    return isinstance(element, Mapping)


FONCTIONS: dict[str, Any] = {
    "age": lecture.age,
    "bisect_right": bisect_right,
    "booleens": lecture.booleens,
    "champ_date": _champ_date,
    "champ_mois": _champ_mois,
    "code": lecture.code,
    "codes": lecture.codes,
    "deja_compte": lecture.deja_compte,
    "dict": dict,
    "ecoule": lecture.ecoule,
    "est_objet": _est_objet,
    "int": int,
    "jour": lecture.jour,
    "liste": lecture.liste,
    "max": max,
    "min": min,
    "mois_depuis": lecture.mois_depuis,
    "nombre": lecture.nombre,
    "nombres": lecture.nombres,
    "objet": lecture.objet,
    "plancher": lecture.plancher,
    "str": str,
}
"""Everything that generated code can call: it has no builtins."""


@dataclass(slots=True)
class Source:
    """The function being written for one grid."""

    forme: Forme
    reserve: Reserve = field(default_factory=lambda: Reserve(FONCTIONS))
    corps: list[ast.stmt] = field(default_factory=list)
    mesures: dict[str, str] = field(default_factory=dict)
    conditions: Conditions = field(init=False)

    def __post_init__(self) -> None:
        self.conditions = Conditions(Cadre(self.reserve, "faits", "m"), self.reserve)

    def module(self) -> ast.Module:
        """The syntax tree of both functions."""
        juger = self._juger()
        return ast.fix_missing_locations(ast.Module([juger, elaguer(juger, "noter", "complet")], []))

    def fonctions(self) -> tuple[Juger, Noter]:
        """The compiled functions."""
        espace = self.reserve.espace
        exec(compile(self.module(), "<grille>", "exec"), espace)  # noqa: S102 - a tree of our making, no text of a grid
        return espace["juger"], espace["noter"]

    def _juger(self) -> ast.FunctionDef:
        self._anciennete()
        hors = self._hors_cotation()
        for ligne in self.forme.lignes:
            if isinstance(ligne.source, Regle):
                self._regle(ligne, ligne.source)
        ecrire_groupes(self.forme, self.reserve, self.conditions.situation, self.corps)
        for ligne in self.forme.lignes:
            if isinstance(ligne.source, EffetEvenement):
                self._effet(ligne, ligne.source)
        self.corps += ecrire_total(self.forme, self.reserve, tuple(self.mesures.values()))
        corps = [*self.conditions.situation.corps, *self.conditions.etablis, *hors, *_entete(self.forme), *self.corps]
        arguments = ast.arguments([], [ast.arg(nom) for nom in ("faits", "le", "complet")], None, [], [], None, [])
        return ast.FunctionDef("juger", arguments, corps, [])

    def _anciennete(self) -> None:
        conditions, grille = self.conditions, self.forme.grille
        if not _lit_anciennete(self.forme):
            conditions.anciennete = None
            return
        lue = py.nom(conditions.situation.aspect("deja_compte", ANCIENNETE))
        age = py.nom(conditions.age())
        conditions.etablis.append(py.affecter("anciennete", py.choix(py.non_none(age), age, lue)))
        for rang, remise in enumerate(grille.remises_a_zero):
            remettre_a_zero(conditions, remise.evenements, remise.seulement_si, rang)
        conditions.anciennete = "anciennete"

    def _hors_cotation(self) -> list[ast.stmt]:
        sorties: list[ast.stmt] = []
        for rang, motif in enumerate(self.forme.grille.hors_cotation):
            sortie = ast.Return(py.suite([py.constante(rang)]))
            sorties.append(py.si(self.conditions.ecrire(motif.quand), [sortie]))
        return sorties

    def _regle(self, ligne: Ligne, regle: Regle) -> None:
        i = ligne.indice
        if regle.desactivee is not None:
            self.corps += [raison_de(i, Raison.REGLE_DESACTIVEE), py.affecter(f"v{i}", py.constante(ligne.neutre))]
            return
        for mesure in mesures_de(regle):
            self._mesure(mesure)
        corps = [*self._effet_de(ligne, regle), *self._preuve(ligne, regle)]
        if isinstance(regle.quand, Toujours):
            self.corps += corps
        else:
            sinon = _neutre(ligne, Raison.CONDITION_NON_REMPLIE)
            self.corps.append(py.si(self.conditions.ecrire(regle.quand), corps, sinon))

    def _mesure(self, mesure: Mesure) -> None:
        self.mesures.setdefault(repr(mesure), self.conditions.brut(mesure))

    def _effet_de(self, ligne: Ligne, regle: Regle) -> list[ast.stmt]:
        i, forme = ligne.indice, self.forme
        match regle.effet:
            case Points(valeur=valeur) | Coefficient(valeur=valeur):
                return _valeur(i, py.constante(forme.valeur(ligne, valeur)))
            case Cumul():
                return self._cumul(ligne, regle.effet)
            case Tranches(mesure=mesure):
                escalier = forme.escalier(ligne, regle.effet)
                seuils = [py.simple(seuil) for seuil in escalier.seuils]
                x = py.nom(self.conditions.nombre(mesure))
                rang = py.appel("bisect_right", self.reserve.objet(seuils), x)
                lu = ast.Subscript(self.reserve.objet(escalier.valeurs), rang, ast.Load())
                lire = py.affecter(f"v{i}", py.choix(py.est_none(x), py.constante(None), lu))
                hors = _neutre(ligne, Raison.HORS_BAREME)
                return [lire, py.si(py.est_none(py.nom(f"v{i}")), hors, [debout_de(i)])]
            case Variantes(variantes=variantes):
                suite = _neutre(ligne, Raison.HORS_BAREME)
                for variante in reversed(variantes):
                    oui = _valeur(i, py.constante(forme.valeur(ligne, variante.valeur)))
                    suite = [py.si(self.conditions.ecrire(variante.quand), oui, suite)]
                return suite

    def _cumul(self, ligne: Ligne, effet: Cumul) -> list[ast.stmt]:
        i, forme = ligne.indice, self.forme
        x = py.nom(self.conditions.nombre(effet.mesure, "plancher"))
        unite = forme.valeur(ligne, effet.valeur)
        produit = py.calcul(x, ast.Mult(), py.constante(unite))
        if effet.plafond is not None:
            borne = py.constante(forme.valeur(ligne, effet.plafond))
            produit = py.appel("min" if effet.valeur >= 0 else "max", produit, borne)
        return [py.si(py.est_none(x), _neutre(ligne, Raison.HORS_BAREME), _valeur(i, produit))]

    def _preuve(self, ligne: Ligne, regle: Regle) -> list[ast.stmt]:
        i = ligne.indice
        if not ligne.attend_preuve:
            return []
        chemin = f"{PREUVES}.{regle.id}"
        situation = self.conditions.situation
        fait, mot = py.nom(situation.brut(chemin)), py.nom(situation.aspect("code", chemin))
        mots = self.reserve.objet(mots_suffisants(regle.preuve))
        suffit = [py.compare(fait, ast.Is(), py.constante(True)), py.compare(mot, ast.In(), mots)]
        test = py.ou([*([py.est_none(fait)] if presumee_suffit(regle.preuve) else []), *suffit])
        if regle.preuve.sinon is SansPreuve.NON_COMPTEE:
            manque = py.si(py.non(test), [raison_de(i, Raison.PREUVE_MANQUANTE)])
            return [py.si(est_debout(i), [manque])]
        return [py.affecter(f"d{i}", py.non(test))]

    def _effet(self, ligne: Ligne, effet: EffetEvenement) -> None:
        i, compte = ligne.indice, f"n{ligne.indice}"
        self.conditions.boucle(compte, effet.evenements, effet.seulement_si, effet.expire_mois, retenus=f"q{i}")
        valeur = py.constante(self.forme.valeur(ligne, effet.valeur))
        produit = py.calcul(valeur, ast.Mult(), py.nom(compte)) if effet.par_evenement else valeur
        aucun = _neutre(ligne, Raison.AUCUN_EVENEMENT)
        self.corps.append(py.si(py.nom(compte), _valeur(i, produit), aucun))


def _lit_anciennete(forme: Forme) -> bool:
    """Whether anything of the grid reads the seniority; cautious, since a text may hold the path by chance."""
    return ANCIENNETE in repr((forme.grille.regles, forme.grille.hors_cotation, forme.grille.effets_evenements))


def _entete(forme: Forme) -> list[ast.stmt]:
    variables = [f"w{indice}" for indice in lachables(forme)]
    variables += [f"u{ligne.indice}" for ligne in forme.lignes if ligne.est_bornee]
    nuls = [py.affecter(variables, py.constante(None))] if variables else []
    attentes = [f"d{ligne.indice}" for ligne in forme.lignes if ligne.peut_etre_provisoire]
    return [*nuls, py.affecter(attentes, py.constante(False))] if attentes else nuls


def _valeur(indice: int, valeur: ast.expr) -> list[ast.stmt]:
    return [py.affecter(f"v{indice}", valeur), debout_de(indice)]


def _neutre(ligne: Ligne, raison: Raison) -> list[ast.stmt]:
    return [py.affecter(f"v{ligne.indice}", py.constante(ligne.neutre)), raison_de(ligne.indice, raison)]
