"""Generated Python that reads facts and tests conditions: measures read once, leaves written in line.

Source: docs/cotation.md, sections 1 and 2.
"""

import ast
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.cotation.domain.condition import (
    AGE,
    ANCIENNETE,
    DEPOT,
    EVENEMENT,
    Champ,
    Condition,
    Feuille,
    Mesure,
    MoisDepuis,
    NombreDe,
    Non,
    Operateur,
    Scalaire,
    Toujours,
    Toutes,
    Une,
)
from services.cotation.domain.moteur import ecriture as py
from services.cotation.domain.moteur.ecriture import Reserve
from services.cotation.domain.moteur.faits import LIMITE

_COMPARAISONS: dict[Operateur, type[ast.cmpop]] = {
    Operateur.SUPERIEUR: ast.Gt,
    Operateur.SUPERIEUR_OU_EGAL: ast.GtE,
    Operateur.INFERIEUR: ast.Lt,
    Operateur.INFERIEUR_OU_EGAL: ast.LtE,
}
_PREFIXE = EVENEMENT + "."


@dataclass(slots=True)
class Cadre:
    """Reads of the facts of one root (the situation, or the event at hand), each written once in `corps`."""

    reserve: Reserve
    racine: str
    marque: str
    corps: list[ast.stmt] = field(default_factory=list)
    _objets: dict[tuple[str, ...], str] = field(default_factory=dict)
    _lus: dict[tuple[str, str], str] = field(default_factory=dict)

    def brut(self, chemin: str) -> str:
        """Name of the fact at a path, None when absent."""
        connu = self._lus.get(("brut", chemin))
        if connu is None:
            *parents, dernier = chemin.split(".")
            lu = py.methode(py.nom(self._objet(tuple(parents))), "get", self.reserve.objet(dernier))
            connu = self._noter("brut", chemin, lu)
        return connu

    def aspect(self, aspect: str, chemin: str) -> str:
        """Name of the fact read as a `nombre`, an `entier` (floor), a `code`, a `jour`, its `codes`, `nombres`, …"""
        connu = self._lus.get((aspect, chemin))
        if connu is None:
            connu = self._noter(aspect, chemin, _lire_comme(aspect, py.nom(self.brut(chemin)), self.reserve))
        return connu

    def _noter(self, aspect: str, chemin: str, valeur: ast.expr) -> str:
        connu = f"{self.marque}{len(self._lus)}"
        self._lus[aspect, chemin] = connu
        self.corps.append(py.affecter(connu, valeur))
        return connu

    def _objet(self, parents: tuple[str, ...]) -> str:
        if not parents:
            return self.racine
        connu = self._objets.get(parents)
        if connu is None:
            parent = self._objet(parents[:-1])
            connu = self._objets[parents] = f"{self.marque}o{len(self._objets)}"
            lu = py.methode(py.nom(parent), "get", self.reserve.objet(parents[-1]))
            sinon = py.affecter(connu, py.appel("objet", py.nom(connu)))
            self.corps += [py.affecter(connu, lu), py.si(py.non(py.classe_est(py.nom(connu), "dict")), [sinon])]
        return connu


def _lire_comme(aspect: str, brut: ast.expr, reserve: Reserve) -> ast.expr:
    general = py.appel(aspect, brut)
    match aspect:
        case "nombre" | "plancher" | "deja_compte":
            moins_un = -1 if aspect == "deja_compte" else -LIMITE
            bornes = ast.Compare(py.constante(moins_un), [ast.Lt(), ast.Lt()], [brut, py.constante(LIMITE)])
            lu = py.choix(py.et([py.classe_est(brut, "int"), bornes]), brut, general)
            return py.choix(py.est_none(brut), py.constante(None), lu)
        case "code":
            return py.choix(py.ou([py.classe_est(brut, "str"), py.est_none(brut)]), brut, general)
        case "codes":
            return py.choix(py.est_none(brut), reserve.objet(frozenset()), general)
        case "mois_depuis":
            return py.choix(py.est_none(brut), brut, py.appel(aspect, brut, py.nom("le")))
        case _:
            return general


@dataclass(slots=True)
class Conditions:
    """Conditions written as expressions, over the situation and, inside a loop on events, the event at hand.

    etablis: statements that establish the age, the seniority and the counts, after the reads of `situation`.
    anciennete: name of the seniority, once established; None before (inside the resets, that do not read it).
    """

    situation: Cadre
    reserve: Reserve
    etablis: list[ast.stmt] = field(default_factory=list)
    anciennete: str | None = None
    _comptes: dict[str, str] = field(default_factory=dict)
    _age: str | None = None

    def ecrire(self, condition: Condition, evenement: Cadre | None = None) -> ast.expr:
        """The expression that tells whether a condition holds."""
        match condition:
            case Toujours():
                return py.constante(True)
            case Toutes(conditions=parts):
                return py.et([self.ecrire(part, evenement) for part in parts])
            case Une(conditions=parts):
                return py.ou([self.ecrire(part, evenement) for part in parts])
            case Non(condition=part):
                return py.non(self.ecrire(part, evenement))
            case Feuille():
                return self._feuille(condition, evenement)

    def age(self) -> str:
        """Name of the age of the demande in months, None when unknown."""
        if self._age is None:
            self._age = "age_connu"
            faits = (py.nom(self.situation.brut(DEPOT)), py.nom(self.situation.brut(AGE)), py.nom("le"))
            inconnu = py.et([py.est_none(fait) for fait in faits[:2]])
            self.etablis.append(py.affecter(self._age, py.choix(inconnu, py.constante(None), py.appel("age", *faits))))
        return self._age

    def nombre(self, mesure: Mesure, aspect: str = "nombre", evenement: Cadre | None = None) -> str:
        """Name of a measure as a number (`nombre`) or as its floor (`plancher`), None when absent."""
        etabli = self._etabli(mesure, evenement)
        if etabli is not None:
            return etabli
        cadre, chemin = self._situer(mesure, evenement)
        return cadre.aspect(aspect, chemin)

    def brut(self, mesure: Mesure) -> str:
        """Name of a measure of the situation as a line tells it: the fact as given, or an established integer."""
        return self._etabli(mesure, None) or self.situation.brut(mesure.chemin)

    def _etabli(self, mesure: Mesure, evenement: Cadre | None) -> str | None:
        match mesure:
            case NombreDe():
                return self._compter(mesure)
            case MoisDepuis():
                cadre, chemin = self._situer(mesure, evenement)
                return cadre.aspect("mois_depuis", chemin)
            case Champ(chemin=chemin) if chemin == ANCIENNETE:
                if self.anciennete is None:
                    raise ValueError("the condition of a reset reads the seniority that it establishes")
                return self.anciennete
            case _:
                return None

    def _situer(self, mesure: Mesure, evenement: Cadre | None) -> tuple[Cadre, str]:
        if evenement is not None and mesure.chemin.startswith(_PREFIXE):
            return evenement, mesure.chemin.removeprefix(_PREFIXE)
        return self.situation, mesure.chemin

    def _feuille(self, feuille: Feuille, evenement: Cadre | None) -> ast.expr:
        etabli = self._etabli(feuille.mesure, evenement)
        cadre, chemin = self._situer(feuille.mesure, evenement)
        lecture = Lecture(self.reserve, cadre, chemin, etabli)
        return lecture.comparer(feuille.operateur, feuille.valeurs)

    def _compter(self, mesure: NombreDe) -> str:
        cle = repr(mesure)
        connu = self._comptes.get(cle)
        if connu is None:
            connu = self._comptes[cle] = f"c{len(self._comptes)}"
            self.boucle(connu, mesure.chemin, mesure.seulement_si, mesure.fenetre_mois, deja_compte=True)
        return connu

    def boucle(
        self,
        compte: str,
        chemin: str,
        condition: Condition | None,
        fenetre: int | None,
        *,
        deja_compte: bool = False,
        retenus: str | None = None,
    ) -> None:
        """Write the count of the events that qualify into the variable `compte`.

        deja_compte: a number stands for the list when nothing filters it, and `compte` is None when there is neither;
        otherwise it is 0. retenus: variable that receives the list of the events counted.
        """
        brut = py.nom(self.situation.brut(chemin))
        evenement = Cadre(self.reserve, "e", f"{compte}e")
        test = self.ecrire(condition or Toujours(), evenement)
        corps = [*_dater(self.age(), fenetre), *evenement.corps]
        retenir: list[ast.stmt] = [ast.AugAssign(ast.Name(compte, ast.Store()), ast.Add(), py.constante(1))]
        if retenus is not None:
            retenir.append(ast.Expr(py.methode(py.nom(retenus), "append", py.nom("e"))))
            self.etablis.append(py.affecter(retenus, ast.List([], ast.Load())))
        corps.append(py.si(test, retenir))
        liste = f"{compte}l"
        parcours = ast.For(ast.Name("e", ast.Store()), py.nom(liste), corps, [])
        sans = py.appel("deja_compte", brut) if condition is None and fenetre is None else py.constante(None)
        vide = sans if deja_compte else py.constante(0)
        self.etablis.append(py.affecter(liste, py.appel("liste", brut)))
        plein = [py.affecter(compte, py.constante(0)), parcours]
        self.etablis.append(py.si(py.est_none(py.nom(liste)), [py.affecter(compte, vide)], plein))


def _dater(age: str, fenetre: int | None, *, dates_seules: bool = False) -> list[ast.stmt]:
    """Start of a loop on events: skip what is no object, what is to come, what the window has left behind."""
    champs = (py.appel("champ_date", py.nom("e")), py.appel("champ_mois", py.nom("e")))
    ecoule = py.appel("ecoule", *champs, py.nom(age), py.nom("le"))
    t = py.nom("t")
    a_venir = py.compare(t, ast.Lt(), py.constante(0))
    passe = [] if fenetre is None else [py.compare(t, ast.GtE(), py.constante(fenetre))]
    ecarter: list[ast.stmt] = [py.si(py.ou([a_venir, *passe]), [ast.Continue()])]
    sans_date: list[ast.stmt] = [ast.Continue()] if fenetre is not None or dates_seules else [ast.Pass()]
    return [
        py.si(py.non(py.appel("est_objet", py.nom("e"))), [ast.Continue()]),
        py.affecter("t", ecoule),
        py.si(py.est_none(t), sans_date, ecarter),
    ]


def remettre_a_zero(conditions: Conditions, chemin: str, condition: Condition | None, rang: int) -> None:
    """Write a reset: the seniority becomes the least of itself and of the months since each event that qualifies."""
    brut = py.nom(conditions.situation.brut(chemin))
    evenement = Cadre(conditions.reserve, "e", f"z{rang}e")
    test = conditions.ecrire(condition or Toujours(), evenement)
    plus_recent = py.compare(py.nom("t"), ast.Lt(), py.nom("anciennete"))
    reduire = py.si(py.et([plus_recent, test]), [py.affecter("anciennete", py.nom("t"))])
    corps = [*_dater(conditions.age(), None, dates_seules=True), *evenement.corps, reduire]
    liste = py.ou([py.appel("liste", brut), py.suite([])])
    conditions.etablis.append(
        py.si(py.non_none(py.nom(conditions.age())), [ast.For(ast.Name("e", ast.Store()), liste, corps, [])])
    )


@dataclass(frozen=True, slots=True)
class Lecture:
    """One measure under comparison. etabli: name of an integer that the engine established; None for a fact as given."""

    reserve: Reserve
    cadre: Cadre
    chemin: str
    etabli: str | None

    def comparer(self, operateur: Operateur, valeurs: tuple[Scalaire, ...]) -> ast.expr:
        """The expression of one leaf."""
        match operateur:
            case Operateur.EXISTE:
                brut = py.nom(self.etabli or self.cadre.brut(self.chemin))
                return py.non_none(brut) if valeurs[0] is True else py.est_none(brut)
            case Operateur.CONTIENT_UN_DE:
                return py.constante(False) if self.etabli else self._contient(valeurs)
            case Operateur.EGAL | Operateur.PARMI:
                return self._parmi(valeurs)
            case Operateur.DIFFERENT:
                return self._different(valeurs[0])
            case Operateur.ENTRE:
                bornes = [self._ordonnable(valeur) for valeur in valeurs]
                lu = bornes[0][0]
                entre = ast.Compare(bornes[0][1], [ast.LtE(), ast.LtE()], [lu, bornes[1][1]])
                return py.et([py.non_none(lu), entre])
            case _:
                lu, borne = self._ordonnable(valeurs[0])
                return py.et([py.non_none(lu), py.compare(lu, _COMPARAISONS[operateur](), borne)])

    def _lu(self, aspect: str) -> ast.expr:
        return py.nom(self.etabli or self.cadre.aspect(aspect, self.chemin))

    def _ordonnable(self, valeur: Scalaire) -> tuple[ast.expr, ast.expr]:
        if isinstance(valeur, date):
            lu = py.constante(None) if self.etabli else self._lu("jour")
            return lu, self.reserve.objet(valeur)
        assert isinstance(valeur, Decimal)
        return self._lu("nombre"), self.reserve.nombre(valeur)

    def _different(self, valeur: Scalaire) -> ast.expr:
        if isinstance(valeur, bool):
            return self._est(not valeur)
        aspect = "nombre" if isinstance(valeur, Decimal) else "code"
        if self.etabli and aspect == "code":
            return py.constante(False)
        attendu = self.reserve.nombre(valeur) if isinstance(valeur, Decimal) else self.reserve.objet(valeur)
        lu = self._lu(aspect)
        return py.et([py.non_none(lu), py.compare(lu, ast.NotEq(), attendu)])

    def _est(self, valeur: bool) -> ast.expr:
        if self.etabli:
            return py.constante(False)
        return py.compare(py.nom(self.cadre.brut(self.chemin)), ast.Is(), py.constante(valeur))

    def _parmi(self, valeurs: tuple[Scalaire, ...]) -> ast.expr:
        codes, nombres, booleens = trier(valeurs)
        termes = [self._est(valeur) for valeur in sorted(booleens)]
        if codes and not self.etabli:
            lu = self._lu("code")
            seul = py.compare(lu, ast.Eq(), self.reserve.objet(next(iter(codes))))
            termes.append(seul if len(codes) == 1 else py.compare(lu, ast.In(), self.reserve.objet(codes)))
        if len(nombres) == 1:
            termes.append(py.compare(self._lu("nombre"), ast.Eq(), self.reserve.nombre(nombres[0])))
        elif nombres:
            termes.append(py.compare(self._lu("nombre"), ast.In(), self.reserve.objet(frozenset(nombres))))
        return py.ou(termes)

    def _contient(self, valeurs: tuple[Scalaire, ...]) -> ast.expr:
        codes, nombres, booleens = trier(valeurs)
        termes = [
            py.non(py.methode(self.reserve.objet(constantes), "isdisjoint", self._lu(aspect)))
            for aspect, constantes in (("codes", codes), ("nombres", frozenset(nombres)), ("booleens", booleens))
            if constantes
        ]
        return py.ou(termes)


def trier(valeurs: tuple[Scalaire, ...]) -> tuple[frozenset[str], tuple[Decimal, ...], frozenset[bool]]:
    """Constants by type: codes, numbers, booleans."""
    codes = frozenset(valeur for valeur in valeurs if isinstance(valeur, str))
    nombres = tuple(dict.fromkeys(valeur for valeur in valeurs if isinstance(valeur, Decimal)))
    return codes, nombres, frozenset(valeur for valeur in valeurs if isinstance(valeur, bool))
