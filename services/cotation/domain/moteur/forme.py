"""A grid in the form that both back-ends compile: lines numbered, every number a scaled integer, scales chosen once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from services.cotation.domain.condition import Champ, Condition, Feuille, Mesure, NombreDe, Non, Toutes, Une
from services.cotation.domain.grille import (
    NIVEAUX,
    Bornes,
    Coefficient,
    Cumul,
    EffetEvenement,
    Grille,
    Groupe,
    Mode,
    ModeGroupe,
    Nature,
    Points,
    Preuve,
    Regle,
    SansPreuve,
    Tranches,
    Variantes,
)
from services.cotation.domain.moteur.echelle import echelle, entier
from services.cotation.domain.moteur.taille import verifier_taille
from services.cotation.domain.resultat import Role


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line of a result: a rule, or an event effect after them.

    mini, maxi: floor and cap in scaled points, None without limit, for a coefficient, or when no value of the line can
    reach them. neutre: the value of a line
    that nothing established (0, or the coefficient 1 scaled). exige: the evidence can be missing.
    """

    indice: int
    id: str
    bloc: str | None
    libelle: str
    role: Role
    source: Regle | EffetEvenement
    mini: int | None
    maxi: int | None
    neutre: int

    def bornee(self, valeur: int) -> int:
        """A value after the line's floor and cap."""
        haute = valeur if self.mini is None else max(valeur, self.mini)
        return haute if self.maxi is None else min(haute, self.maxi)

    @property
    def est_bornee(self) -> bool:
        """Whether a floor or a cap may change the value."""
        return self.mini is not None or self.maxi is not None

    @property
    def attend_preuve(self) -> bool:
        """Whether a level of evidence exists at which the line is provisional or refused."""
        return isinstance(self.source, Regle) and self.source.preuve.exigence.rang > 0

    @property
    def peut_etre_refusee(self) -> bool:
        """Whether the line may be established, then not count for want of evidence."""
        return self.attend_preuve and not self.peut_etre_provisoire

    @property
    def peut_etre_provisoire(self) -> bool:
        """Whether a counted line may wait for its evidence."""
        source = self.source
        return isinstance(source, Regle) and self.attend_preuve and source.preuve.sinon is SansPreuve.PROVISOIRE


@dataclass(frozen=True, slots=True)
class Escalier:
    """A step function on sorted thresholds: `valeurs[bisect_right(seuils, x)]`, None outside the scale."""

    seuils: tuple[Decimal, ...]
    valeurs: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Forme:
    """The grid, its numbered lines and its scales.

    points, coefficients: decimals of the two kinds of values; total: those of the total, `points` in an additive grid,
    `points + coefficients` otherwise (the base times the factor needs no more).
    """

    grille: Grille
    lignes: tuple[Ligne, ...]
    points: int
    coefficients: int

    @property
    def total(self) -> int:
        """Decimals of the total."""
        return self.points + (self.coefficients if self.multiplie else 0)

    @property
    def multiplie(self) -> bool:
        """Whether a base is multiplied by the factor (G2)."""
        return self.grille.mode is Mode.BASE_PAR_COEFFICIENTS

    @property
    def un(self) -> int:
        """The coefficient 1, scaled."""
        return int(10**self.coefficients)

    def valeur(self, ligne: Ligne, valeur: Decimal) -> int:
        """A value of the line, scaled."""
        return entier(valeur, self.decimales(ligne))

    def decimales(self, ligne: Ligne) -> int:
        """Decimals of a line's scaled values."""
        return self.coefficients if ligne.role is Role.COEFFICIENT else self.points

    def bornes(self, bornes: Bornes, decimales: int) -> tuple[int | None, int | None]:
        """Floor and cap, scaled."""
        return (
            None if bornes.mini is None else entier(bornes.mini, decimales),
            None if bornes.maxi is None else entier(bornes.maxi, decimales),
        )

    def membres(self, groupe: Groupe) -> tuple[Ligne, ...]:
        """The lines of an exclusion group, in its order, each once."""
        par_id = {ligne.id: ligne for ligne in self.lignes if isinstance(ligne.source, Regle)}
        return tuple(par_id[identifiant] for identifiant in dict.fromkeys(groupe.regles))

    def du_bloc(self, bloc: str) -> tuple[Ligne, ...]:
        """The lines of a bloc, event effects included."""
        return tuple(ligne for ligne in self.lignes if ligne.bloc == bloc)

    def comparables(self, groupe: Groupe) -> tuple[tuple[Ligne, int], ...]:
        """Each line of a group with the factor that brings its values to one scale, points and coefficients alike."""
        membres = self.membres(groupe)
        commune = max((self.decimales(ligne) for ligne in membres), default=0)
        return tuple((ligne, 10 ** (commune - self.decimales(ligne))) for ligne in membres)

    def escalier(self, ligne: Ligne, effet: Tranches) -> Escalier:
        """The scale of a rule by steps, gaps made explicit, cumulated when the grid says so."""
        seuils: list[Decimal] = []
        valeurs: list[int | None] = [None]
        cumul = 0
        for tranche in effet.tranches:
            valeur = self.valeur(ligne, tranche.valeur)
            cumul += valeur
            if tranche.mini is not None and (not seuils or seuils[-1] != tranche.mini):
                seuils.append(tranche.mini)
                valeurs.append(None)
            valeurs[-1] = cumul if effet.cumulatif else valeur
            if tranche.maxi is not None:
                seuils.append(tranche.maxi)
                valeurs.append(None)
        return Escalier(tuple(seuils), tuple(valeurs))


def mesures(condition: Condition) -> Iterator[Mesure]:
    """The measures of a condition, in reading order, those inside event counts excluded."""
    match condition:
        case Feuille(mesure=mesure):
            yield mesure
        case Toutes(conditions=parts) | Une(conditions=parts):
            for part in parts:
                yield from mesures(part)
        case Non(condition=part):
            yield from mesures(part)
        case _:
            return


def mesures_de(regle: Regle) -> tuple[Mesure, ...]:
    """The measures that a rule reads: those of its condition, of its variants, then of its effect."""
    match regle.effet:
        case Variantes(variantes=variantes):
            suite = chain.from_iterable(mesures(variante.quand) for variante in variantes)
            return (*mesures(regle.quand), *suite)
        case Cumul(mesure=mesure) | Tranches(mesure=mesure):
            return (*mesures(regle.quand), mesure)
        case _:
            return tuple(mesures(regle.quand))


def cle(mesure: Mesure) -> str:
    """The key under which a line tells what it read in a measure."""
    match mesure:
        case Champ(chemin=chemin):
            return chemin
        case NombreDe(chemin=chemin):
            return f"nombre({chemin})"
        case _:
            return f"mois_depuis({mesure.chemin})"


def mettre_en_forme(grille: Grille) -> Forme:
    """The compilable form of a grid.

    Raises GrilleTropGrande when its size or the depth of its conditions passes the bounds of moteur/taille.py.
    """
    verifier_taille(grille)
    points, coefficients = echelle(_points(grille)), echelle(_coefficients(grille))
    forme = Forme(grille, (), points, coefficients)
    lignes = tuple(_ligne(forme, indice, source) for indice, source in enumerate(_sources(grille)))
    return Forme(grille, lignes, points, coefficients)


def _sources(grille: Grille) -> Iterator[Regle | EffetEvenement]:
    yield from grille.regles
    yield from grille.effets_evenements


def _ligne(forme: Forme, indice: int, source: Regle | EffetEvenement) -> Ligne:
    grille, role, bornes = forme.grille, Role.POINTS, forme.grille.bornes_regle
    if isinstance(source, Regle):
        bornes = grille.bornes_de(source)
        if source.nature is Nature.COEFFICIENT:
            role, bornes = Role.COEFFICIENT, Bornes()
        elif forme.multiplie and source.id == grille.regle_de_base:
            role = Role.BASE
    mini, maxi = forme.bornes(bornes, forme.points)
    neutre = forme.un if role is Role.COEFFICIENT else 0
    ligne = Ligne(indice, source.id, source.bloc, source.libelle, role, source, mini, maxi, neutre)
    possibles = _possibles(forme, ligne)
    if possibles is not None and all(ligne.bornee(valeur) == valeur for valeur in possibles):
        return replace(ligne, mini=None, maxi=None)
    return ligne


def _possibles(forme: Forme, ligne: Ligne) -> Iterable[int] | None:
    """Every scaled value that a line can establish, None when they are not a few known ones."""
    if not isinstance(ligne.source, Regle):
        return None
    match ligne.source.effet:
        case Cumul():
            return None
        case Tranches() as effet:
            return (valeur for valeur in forme.escalier(ligne, effet).valeurs if valeur is not None)
        case _:
            return (forme.valeur(ligne, valeur) for valeur in _valeurs(ligne.source))


def _valeurs(regle: Regle) -> Iterator[Decimal]:
    match regle.effet:
        case Points(valeur=valeur) | Coefficient(valeur=valeur):
            yield valeur
        case Cumul(valeur=valeur, plafond=plafond):
            yield valeur
            if plafond is not None:
                yield plafond
        case Tranches(tranches=tranches):
            yield from (tranche.valeur for tranche in tranches)
        case Variantes(variantes=variantes):
            yield from (variante.valeur for variante in variantes)


def _limites(bornes: Bornes) -> Iterator[Decimal]:
    yield from (limite for limite in (bornes.mini, bornes.maxi) if limite is not None)


def _points(grille: Grille) -> Iterator[Decimal]:
    yield from _limites(grille.bornes_regle)
    yield from _limites(grille.bornes_total)
    for bloc in grille.blocs:
        yield from _limites(bloc.bornes)
    for effet in grille.effets_evenements:
        yield effet.valeur
    for regle in grille.regles:
        if regle.nature is Nature.POINTS:
            yield from _valeurs(regle)
            if regle.bornes is not None:
                yield from _limites(regle.bornes)


def _coefficients(grille: Grille) -> Iterator[Decimal]:
    for regle in grille.regles:
        if regle.nature is Nature.COEFFICIENT:
            yield from _valeurs(regle)


def fixes(ligne: Ligne, forme: Forme) -> int | None:
    """The scaled value of a line that has only one, None when its value depends on the facts."""
    source = ligne.source
    if isinstance(source, Regle) and isinstance(source.effet, Points | Coefficient):
        return forme.valeur(ligne, source.effet.valeur)
    return None


def presumee_suffit(preuve: Preuve) -> bool:
    """Whether the level that a rule asks is reached when the situation says nothing of its evidence."""
    return preuve.presumee.rang >= preuve.exigence.rang


def mots_suffisants(preuve: Preuve) -> frozenset[str]:
    """The words that, at `evidence.<rule>`, reach the level that the rule asks (above declared); True does too."""
    return frozenset(mot for mot, niveau in NIVEAUX.items() if niveau.rang >= preuve.exigence.rang)


def ordonne(groupe: Groupe, forme: Forme) -> tuple[Ligne, ...] | None:
    """The members by decreasing precedence when the winner depends on which of them stand, not on their values.

    So are `premiere`, and `max` or `min` over lines of one value each; None for the others.
    """
    comparables = forme.comparables(groupe)
    if groupe.mode is ModeGroupe.PREMIERE:
        return tuple(ligne for ligne, _ in comparables)
    if groupe.mode not in {ModeGroupe.MAX, ModeGroupe.MIN}:
        return None
    signe = -1 if groupe.mode is ModeGroupe.MAX else 1
    cles: list[tuple[int, int, Ligne]] = []
    for rang, (ligne, facteur) in enumerate(comparables):
        valeur = fixes(ligne, forme)
        if valeur is None:
            return None
        cles.append((signe * valeur * facteur, rang, ligne))
    return tuple(ligne for _, _, ligne in sorted(cles, key=lambda triplet: triplet[:2]))
