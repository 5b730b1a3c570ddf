"""What must be encoded for one or several grids: the facts they read, in each way they read them.

Built from grids (`Encodage.pour`), then used on situations (`encoder`, moteur/encodeur.py) or on a Polars frame
(`encoder_table`, moteur/table.py). Columns encoded for several grids serve each of them, and any grid that names no new
fact or code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.cotation.domain.condition import (
    AGE,
    ANCIENNETE,
    DEPOT,
    EVENEMENT,
    PREUVES,
    Condition,
    Feuille,
    Mesure,
    MoisDepuis,
    NombreDe,
    Non,
    Operateur,
    Toutes,
    Une,
)
from services.cotation.domain.grille import Cumul, Grille, Regle, Tranches, Variantes
from services.cotation.domain.moteur.colonnes import (
    AUTRE_CODE,
    EST_LISTE,
    FAUX,
    PRESENT,
    VRAI,
    Aspect,
    Atome,
    atome_code,
    atome_nombre,
)
from services.cotation.domain.moteur.forme import mots_suffisants
from services.cotation.domain.moteur.lecture_generee import trier

_PREFIXE = EVENEMENT + "."
_SPECIAUX = (PRESENT, AUTRE_CODE, VRAI, FAUX)


@dataclass(slots=True)
class Besoin:
    """One column to encode. atomes: bits asked for; seuils: numbers compared with; internes: facts of the events."""

    atomes: dict[Atome, None] = field(default_factory=dict)
    seuils: set[Decimal] = field(default_factory=set)
    internes: dict[tuple[Aspect, str], "Besoin"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encodage:
    """The columns to encode, by (aspect, path)."""

    besoins: Mapping[tuple[Aspect, str], Besoin]

    @classmethod
    def pour(cls, *grilles: Grille) -> "Encodage":
        """Everything that the given grids read."""
        recueil = _Recueil({})
        for grille in grilles:
            recueil.grille(grille)
        return cls(recueil.besoins)


@dataclass(slots=True)
class _Recueil:
    besoins: dict[tuple[Aspect, str], Besoin]

    def grille(self, grille: Grille) -> None:
        self._age()
        self.demander(Aspect.PLANCHER, ANCIENNETE)
        for motif in grille.hors_cotation:
            self._condition(motif.quand)
        for regle in grille.regles:
            self._regle(regle)
        for groupe in grille.groupes:
            if groupe.champ is not None:
                besoin = self.demander(Aspect.SCALAIRE, groupe.champ)
                besoin.atomes.update(dict.fromkeys(atome_code(regle) for regle in groupe.regles))
        for remise in grille.remises_a_zero:
            self._evenements(remise.evenements, remise.seulement_si)
        for effet in grille.effets_evenements:
            self._evenements(effet.evenements, effet.seulement_si)

    def _age(self) -> None:
        self.demander(Aspect.JOUR, DEPOT)
        self.demander(Aspect.PLANCHER, AGE)

    def _regle(self, regle: Regle) -> None:
        if regle.desactivee is not None:
            return
        self._condition(regle.quand)
        match regle.effet:
            case Cumul(mesure=mesure):
                self._mesure(mesure, Aspect.PLANCHER)
            case Tranches(mesure=mesure, tranches=tranches):
                seuils = {borne for tranche in tranches for borne in (tranche.mini, tranche.maxi) if borne is not None}
                self._mesure(mesure, Aspect.NOMBRE, seuils)
            case Variantes(variantes=variantes):
                for variante in variantes:
                    self._condition(variante.quand)
        if regle.preuve.exigence.rang > 0:
            besoin = self.demander(Aspect.SCALAIRE, f"{PREUVES}.{regle.id}")
            besoin.atomes.update(dict.fromkeys(atome_code(mot) for mot in sorted(mots_suffisants(regle.preuve))))

    def _condition(self, condition: Condition, evenement: "_Recueil | None" = None) -> None:
        match condition:
            case Toutes(conditions=parts) | Une(conditions=parts):
                for part in parts:
                    self._condition(part, evenement)
            case Non(condition=part):
                self._condition(part, evenement)
            case Feuille():
                self._feuille(condition, evenement)
            case _:
                return

    def _feuille(self, feuille: Feuille, evenement: "_Recueil | None") -> None:
        codes, nombres, booleens = trier(feuille.valeurs)
        if isinstance(feuille.mesure, (NombreDe, MoisDepuis)):
            self._mesure(feuille.mesure, Aspect.NOMBRE, evenement=evenement)
            return
        recueil, chemin = self._situer(feuille.mesure, evenement)
        if feuille.operateur is Operateur.CONTIENT_UN_DE:
            atomes = [*map(atome_code, sorted(codes)), *map(atome_nombre, nombres)]
            atomes += [VRAI if booleen else FAUX for booleen in sorted(booleens)]
            recueil.demander(Aspect.LISTE, chemin).atomes.update(dict.fromkeys(atomes))
            return
        if chemin == ANCIENNETE and recueil is self:
            return
        if nombres:
            recueil.demander(Aspect.NOMBRE, chemin).seuils.update(nombres)
        if any(isinstance(valeur, date) for valeur in feuille.valeurs):
            recueil.demander(Aspect.JOUR, chemin)
        if codes or booleens:
            besoin = recueil.demander(Aspect.SCALAIRE, chemin)
            besoin.atomes.update(dict.fromkeys(map(atome_code, sorted(codes))))

    def _mesure(
        self, mesure: Mesure, aspect: Aspect, seuils: Iterable[Decimal] = (), evenement: "_Recueil | None" = None
    ) -> None:
        recueil, chemin = self._situer(mesure, evenement)
        match mesure:
            case NombreDe():
                self._evenements(mesure.chemin, mesure.seulement_si)
                if mesure.seulement_si is None and mesure.fenetre_mois is None:
                    self.demander(Aspect.PLANCHER, mesure.chemin)
            case MoisDepuis():
                recueil.demander(Aspect.JOUR, chemin)
            case _:
                if chemin != ANCIENNETE:
                    recueil.demander(aspect, chemin).seuils.update(seuils)

    def _evenements(self, chemin: str, condition: Condition | None) -> None:
        self._age()
        internes = _Recueil(self.demander(Aspect.EVENEMENTS, chemin).internes)
        internes.demander(Aspect.JOUR, "date")
        internes.demander(Aspect.PLANCHER, "mois_apres_depot")
        if condition is not None:
            self._condition(condition, internes)

    def _situer(self, mesure: Mesure, evenement: "_Recueil | None") -> "tuple[_Recueil, str]":
        if evenement is not None and mesure.chemin.startswith(_PREFIXE):
            return evenement, mesure.chemin.removeprefix(_PREFIXE)
        return self, mesure.chemin

    def demander(self, aspect: Aspect, chemin: str) -> Besoin:
        besoin = self.besoins.setdefault((aspect, chemin), Besoin())
        if aspect is Aspect.SCALAIRE:
            besoin.atomes.update(dict.fromkeys(_SPECIAUX))
        if aspect is Aspect.EVENEMENTS:
            self.besoins.setdefault((Aspect.LISTE, chemin), Besoin()).atomes[EST_LISTE] = None
        return besoin
