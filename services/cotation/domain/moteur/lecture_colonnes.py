"""Conditions over columns: each leaf of a grid becomes a test of bits or of bounds on the column that carries its fact.

Source: docs/cotation.md, sections 1 and 2.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np

from services.cotation.domain.condition import (
    ANCIENNETE,
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
from services.cotation.domain.moteur.colonnes import (
    AUTRE_CODE,
    FAUX,
    MOT,
    VRAI,
    Aspect,
    Atome,
    Bits,
    Colonne,
    Jours,
    Nombres,
    atome_code,
    atome_nombre,
    code_jour,
    lire_colonne,
)
from services.cotation.domain.moteur.encodeur import porte_plancher
from services.cotation.domain.moteur.erreurs import ColonneManquante
from services.cotation.domain.moteur.lecture_generee import trier
from services.cotation.domain.moteur.noeuds import Atelier, Noeud

_PREFIXE = EVENEMENT + "."


@dataclass(frozen=True, slots=True)
class Nombre:
    """A measure as integers: `noeud` where `present`, anything elsewhere.

    echelle: its decimals; seuils: when not None, the integers are places among these constants (moteur/colonnes.py).
    sentinelle: absent values are below every present one, so that a lower bound alone excludes them. mini: least value
    where present.
    """

    noeud: Noeud
    present: Noeud
    mini: int
    echelle: int = 0
    seuils: tuple[Decimal, ...] | None = None
    sentinelle: bool = False

    def leve(self, atelier: Atelier) -> Noeud:
        """The same numbers where present, never below the least of them elsewhere: its bounds are those of the facts."""
        return atelier.maximum(self.noeud, atelier.entier(self.mini)) if self.noeud.mini < self.mini else self.noeud

    def au_moins(self, atelier: Atelier, valeur: Decimal) -> Noeud:
        """x >= valeur, false when absent."""
        return self._depuis(atelier, self._code(valeur, ceil, 1))

    def plus_que(self, atelier: Atelier, valeur: Decimal) -> Noeud:
        """x > valeur, false when absent."""
        return self._depuis(atelier, self._code(valeur, lambda x: floor(x) + 1, 2))

    def egal(self, atelier: Atelier, valeur: Decimal) -> Noeud:
        """x == valeur, false when absent."""
        if self.seuils is None and (Fraction(valeur) * 10**self.echelle).denominator != 1:
            return atelier.faux
        return atelier.et((self.present, atelier.egal(self.noeud, self._code(valeur, ceil, 1))))

    def ordonne(self, atelier: Atelier, operateur: Operateur, basse: Decimal, haute: Decimal) -> Noeud:
        """The comparison of an ordering operator; both bounds are one constant but under ENTRE."""
        match operateur:
            case Operateur.SUPERIEUR:
                return self.plus_que(atelier, basse)
            case Operateur.SUPERIEUR_OU_EGAL:
                return self.au_moins(atelier, basse)
            case Operateur.INFERIEUR:
                return atelier.et((self.present, atelier.non(self.au_moins(atelier, haute))))
            case Operateur.INFERIEUR_OU_EGAL:
                return atelier.et((self.present, atelier.non(self.plus_que(atelier, haute))))
            case _:
                return atelier.et((self.au_moins(atelier, basse), atelier.non(self.plus_que(atelier, haute))))

    def _depuis(self, atelier: Atelier, code: int) -> Noeud:
        test = atelier.au_moins(self.noeud, code)
        return test if self.sentinelle and test is not atelier.vrai else atelier.et((self.present, test))

    def _code(self, valeur: Decimal, arrondi: Callable[[Fraction], int], rang: int) -> int:
        if self.seuils is None:
            return arrondi(Fraction(valeur) * 10**self.echelle)
        if valeur not in self.seuils:
            raise ColonneManquante(
                f"Une colonne de nombres trop longs pour 64 bits a été encodée sans la constante {valeur} de la grille. "
                "Encodez de nouveau les situations avec l'encodage de cette grille."
            )
        return 2 * self.seuils.index(valeur) + rang


@dataclass(frozen=True, slots=True)
class CadreColonnes:
    """The columns of one table (the situations, or the events of one list), as leaves of the graph.

    table: name of that table in the keys of its leaves, (table, aspect, path, word); le: day of the evaluation.
    """

    atelier: Atelier
    colonnes: Mapping[tuple[Aspect, str], Colonne]
    le: date
    table: str

    def nombre(self, chemin: str, *, plancher: bool = False) -> Nombre | None:
        """The numbers of a path, or their floors; None when every fact is absent."""
        entiers = porte_plancher(self.colonnes.get((Aspect.NOMBRE, chemin)))
        aspect = Aspect.PLANCHER if plancher and not entiers else Aspect.NOMBRE
        colonne = lire_colonne(self.colonnes, aspect, chemin)
        assert isinstance(colonne, Nombres)
        if colonne.valeurs is None:
            return None
        noeud, present = self._signe(aspect, chemin, colonne)
        return Nombre(noeud, present, colonne.mini, colonne.echelle, colonne.seuils, sentinelle=colonne.lacunaire)

    def jour(self, chemin: str) -> Nombre | None:
        """The days of a path, as the integers of `code_jour`; None when every fact is absent."""
        colonne = lire_colonne(self.colonnes, Aspect.JOUR, chemin)
        assert isinstance(colonne, Jours)
        if colonne.valeurs is None:
            return None
        noeud, present = self._signe(Aspect.JOUR, chemin, colonne)
        return Nombre(noeud, present, colonne.mini, sentinelle=colonne.lacunaire)

    def mois_ecoules(self, chemin: str) -> Nombre | None:
        """Whole months from the day of a path to the evaluation, negative when it is to come; None: all absent.

        With `code_jour`, `mois_entre(a, b) == (fin - code_jour(a)) >> 5`, where `fin` is the code of b, its day taken
        as 31 on the last day of a month: a month is over on its last day, however short.
        """
        jour = self.jour(chemin)
        if jour is None:
            return None
        dernier = monthrange(self.le.year, self.le.month)[1]
        fin = code_jour(self.le) + (31 - self.le.day if self.le.day == dernier else 0)
        ecart = self.atelier.moins(self.atelier.entier(fin), jour.leve(self.atelier))
        ecoules = self.atelier.decaler(ecart, 5)
        return Nombre(ecoules, jour.present, ecoules.mini)

    def scalaire(self, chemin: str, *atomes: Atome) -> Noeud:
        """The fact is one of the atoms."""
        return self._bits(Aspect.SCALAIRE, chemin, atomes)

    def liste(self, chemin: str, *atomes: Atome) -> Noeud:
        """The fact is a list that holds one of the atoms."""
        return self._bits(Aspect.LISTE, chemin, atomes)

    def present(self, chemin: str) -> Noeud:
        """The fact is there, whatever it is."""
        colonne = lire_colonne(self.colonnes, Aspect.SCALAIRE, chemin)
        assert isinstance(colonne, Bits)
        return self.scalaire(chemin, *colonne.atomes)

    def autre_code(self, chemin: str, code: str) -> Noeud:
        """The fact is a code, another one than the one given."""
        colonne = lire_colonne(self.colonnes, Aspect.SCALAIRE, chemin)
        assert isinstance(colonne, Bits)
        attendu = atome_code(code)
        self._verifier(colonne, chemin, attendu)
        codes = [atome for atome in colonne.atomes if atome.genre == "code" and atome != attendu]
        return self.scalaire(chemin, AUTRE_CODE, *codes)

    def _bits(self, aspect: Aspect, chemin: str, atomes: tuple[Atome, ...]) -> Noeud:
        colonne = lire_colonne(self.colonnes, aspect, chemin)
        assert isinstance(colonne, Bits)
        masques: dict[int, int] = {}
        for atome in atomes:
            self._verifier(colonne, chemin, atome)
            mot, bit = divmod(colonne.rangs[atome], MOT)
            masques[mot] = masques.get(mot, 0) | 1 << bit
        termes = []
        for mot, masque in masques.items():
            dtype = colonne.mots[mot].dtype
            feuille = self.atelier.entree((self.table, aspect, chemin, mot), dtype, 0, 2 ** (8 * dtype.itemsize) - 1)
            termes.append(self.atelier.bits(feuille, masque))
        return self.atelier.ou(termes)

    def _verifier(self, colonne: Bits, chemin: str, atome: Atome) -> None:
        if atome not in colonne.rangs:
            raise ColonneManquante(
                f"La colonne du fait « {chemin} » a été encodée sans « {atome.valeur or atome.genre} », que la grille lit. "
                "Encodez de nouveau les situations avec l'encodage de cette grille."
            )

    def _signe(self, aspect: Aspect, chemin: str, colonne: Nombres | Jours) -> tuple[Noeud, Noeud]:
        assert colonne.valeurs is not None
        dtype = colonne.valeurs.dtype
        absent = int(np.iinfo(dtype).min)
        mini = absent if colonne.lacunaire else colonne.mini
        noeud = self.atelier.entree((self.table, aspect, chemin, 0), dtype, mini, colonne.maxi)
        return noeud, self.atelier.au_moins(noeud, absent + 1)


Etablir = Callable[[Mesure], "Nombre | None"]
"""How the table of situations gives the measures that are not read as such: seniority and counts of events."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions as boolean nodes. ramener: brings a node of the situations to the table of the events at hand."""

    cadre: CadreColonnes
    etablir: Etablir
    ramener: Callable[[Noeud], Noeud] | None = None
    situation: "Conditions | None" = None

    def noeud(self, condition: Condition) -> Noeud:
        """The node that tells where a condition holds."""
        atelier = self.cadre.atelier
        if self.situation is not None and not _lit_evenement(condition):
            assert self.ramener is not None
            return self.ramener(self.situation.noeud(condition))
        match condition:
            case Toujours():
                return atelier.vrai
            case Toutes(conditions=parts):
                return atelier.et([self.noeud(part) for part in parts])
            case Une(conditions=parts):
                return atelier.ou([self.noeud(part) for part in parts])
            case Non(condition=part):
                return atelier.non(self.noeud(part))
            case Feuille():
                return self._feuille(condition)

    def nombre(self, mesure: Mesure, *, plancher: bool = False) -> Nombre | None:
        """A measure as integers; None when it is absent everywhere."""
        if isinstance(mesure, NombreDe) or mesure == Champ(ANCIENNETE):
            return self.etablir(mesure)
        chemin = self._chemin(mesure)
        if isinstance(mesure, MoisDepuis):
            ecoules = self.cadre.mois_ecoules(chemin)
            return None if ecoules is None else passes(self.cadre.atelier, ecoules)
        return self.cadre.nombre(chemin, plancher=plancher)

    def _chemin(self, mesure: Mesure) -> str:
        return mesure.chemin if self.situation is None else mesure.chemin.removeprefix(_PREFIXE)

    def _feuille(self, feuille: Feuille) -> Noeud:
        mesure, valeurs = feuille.mesure, feuille.valeurs
        etablie = isinstance(mesure, (NombreDe, MoisDepuis)) or (mesure == Champ(ANCIENNETE) and self.situation is None)
        match feuille.operateur:
            case Operateur.EXISTE:
                present = self._present(mesure, etablie=etablie)
                return present if valeurs[0] is True else self.cadre.atelier.non(present)
            case Operateur.CONTIENT_UN_DE:
                return self.cadre.atelier.faux if etablie else self._contient(mesure, valeurs)
            case Operateur.EGAL | Operateur.PARMI:
                return self._parmi(mesure, valeurs, etablie=etablie)
            case Operateur.DIFFERENT:
                return self._different(mesure, valeurs[0], etablie=etablie)
            case _:
                return self._ordre(mesure, feuille.operateur, valeurs, etablie=etablie)

    def _present(self, mesure: Mesure, *, etablie: bool) -> Noeud:
        if not etablie:
            return self.cadre.present(self._chemin(mesure))
        nombre = self.nombre(mesure)
        return self.cadre.atelier.faux if nombre is None else nombre.present

    def _contient(self, mesure: Mesure, valeurs: tuple[Scalaire, ...]) -> Noeud:
        codes, nombres, booleens = trier(valeurs)
        atomes = [*map(atome_code, sorted(codes)), *map(atome_nombre, nombres)]
        atomes += [VRAI if booleen else FAUX for booleen in sorted(booleens)]
        return self.cadre.liste(self._chemin(mesure), *atomes)

    def _parmi(self, mesure: Mesure, valeurs: tuple[Scalaire, ...], *, etablie: bool) -> Noeud:
        codes, nombres, booleens = trier(valeurs)
        termes: list[Noeud] = []
        atomes = [*map(atome_code, sorted(codes)), *(VRAI if booleen else FAUX for booleen in sorted(booleens))]
        if atomes and not etablie:
            termes.append(self.cadre.scalaire(self._chemin(mesure), *atomes))
        lus = self.nombre(mesure) if nombres else None
        if lus is not None:
            termes += [lus.egal(self.cadre.atelier, nombre) for nombre in nombres]
        return self.cadre.atelier.ou(termes)

    def _different(self, mesure: Mesure, valeur: Scalaire, *, etablie: bool) -> Noeud:
        atelier = self.cadre.atelier
        if isinstance(valeur, Decimal):
            lu = self.nombre(mesure)
            return atelier.faux if lu is None else atelier.et((lu.present, atelier.non(lu.egal(atelier, valeur))))
        if etablie or not isinstance(valeur, (bool, str)):
            return atelier.faux
        if isinstance(valeur, bool):
            return self.cadre.scalaire(self._chemin(mesure), FAUX if valeur else VRAI)
        return self.cadre.autre_code(self._chemin(mesure), valeur)

    def _ordre(self, mesure: Mesure, operateur: Operateur, valeurs: tuple[Scalaire, ...], *, etablie: bool) -> Noeud:
        atelier = self.cadre.atelier
        bornes = [Decimal(code_jour(valeur)) if isinstance(valeur, date) else valeur for valeur in valeurs]
        en_jours = isinstance(valeurs[0], date)
        if en_jours and etablie:
            return atelier.faux
        lu = self.cadre.jour(self._chemin(mesure)) if en_jours else self.nombre(mesure)
        if lu is None:
            return atelier.faux
        basse, haute = bornes[0], bornes[-1]
        assert isinstance(basse, Decimal)
        assert isinstance(haute, Decimal)
        return lu.ordonne(atelier, operateur, basse, haute)


def passes(atelier: Atelier, ecoules: Nombre) -> Nombre:
    """Elapsed months without those of a day to come, which are absent."""
    present = atelier.et((ecoules.present, atelier.au_moins(ecoules.noeud, 0)))
    return Nombre(ecoules.noeud, present, max(ecoules.mini, 0))


def _lit_evenement(condition: Condition) -> bool:
    match condition:
        case Toutes(conditions=parts) | Une(conditions=parts):
            return any(_lit_evenement(part) for part in parts)
        case Non(condition=part):
            return _lit_evenement(part)
        case Feuille(mesure=mesure):
            return mesure.chemin.startswith(_PREFIXE)
        case _:
            return False
