"""From situations (nested objects) to columns. Everything docs/cotation.md section 1 says of a fact is settled here.

About 1 microsecond per fact and situation: made once per version of a situation, then read thousands of times.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from services.cotation.domain.moteur import faits as lecture
from services.cotation.domain.moteur.colonnes import (
    AUTRE_CODE,
    EST_LISTE,
    FAUX,
    MOT,
    PRESENT,
    VRAI,
    Aspect,
    Atome,
    Bits,
    Colonne,
    Colonnes,
    Evenements,
    Jours,
    Nombres,
    Tableau,
    atome_code,
    atome_nombre,
    code_jour,
    dtype_non_signe,
)
from services.cotation.domain.moteur.encodage import Besoin, Encodage
from services.cotation.domain.moteur.erreurs import BornesNonProuvees
from services.cotation.domain.moteur.noeuds import dtype_de

DECIMALES_MAX = 18
"""Beyond, a number is not kept as such: its place among the constants of the grids is."""


def encoder(encodage: Encodage, situations: Sequence[Mapping[str, Any]]) -> Colonnes:
    """The columns of some situations, one row each, in order; nothing that the grids can tell apart is lost."""
    return Colonnes(len(situations), _colonnes(encodage.besoins, situations))


def _colonnes(
    besoins: Mapping[tuple[Aspect, str], Besoin], objets: Sequence[Mapping[str, Any]]
) -> dict[tuple[Aspect, str], Colonne]:
    colonnes: dict[tuple[Aspect, str], Colonne] = {}
    for (aspect, chemin), besoin in sorted(besoins.items(), key=lambda cle_besoin: cle_besoin[0]):
        if aspect is Aspect.PLANCHER and porte_plancher(colonnes.get((Aspect.NOMBRE, chemin))):
            continue
        bruts = [lecture.au_bout_de(objet, chemin) for objet in objets]
        colonnes[aspect, chemin] = _colonne(aspect, besoin, bruts)
    return colonnes


def porte_plancher(colonne: Colonne | None) -> bool:
    """Whether a column of numbers holds whole numbers, hence their floors too."""
    return isinstance(colonne, Nombres) and colonne.echelle == 0 and colonne.seuils is None


def _colonne(aspect: Aspect, besoin: Besoin, bruts: list[Any]) -> Colonne:
    match aspect:
        case Aspect.NOMBRE:
            return nombres([lecture.nombre(brut) for brut in bruts], besoin.seuils)
        case Aspect.PLANCHER:
            return nombres([lecture.plancher(brut) for brut in bruts], ())
        case Aspect.JOUR:
            return jours([lecture.jour(brut) for brut in bruts])
        case Aspect.SCALAIRE:
            return scalaires(bruts, tuple(besoin.atomes))
        case Aspect.LISTE:
            return listes(bruts, tuple(besoin.atomes))
        case Aspect.EVENEMENTS:
            return _evenements(bruts, besoin)


def nombres(valeurs: Sequence[int | Decimal | None], seuils: Iterable[Decimal]) -> Nombres:
    """A column of numbers, None for absent; scaled when 64 bits hold them, else placed among `seuils`."""
    presents = [valeur for valeur in valeurs if valeur is not None]
    if not presents:
        return Nombres(None)
    decimales = max(_decimales(valeur) for valeur in presents)
    if decimales <= DECIMALES_MAX:
        try:
            facteur = 10**decimales
            entiers = [None if valeur is None else _a_l_echelle(valeur, facteur) for valeur in valeurs]
            tableau, mini, maxi, lacunaire = avec_sentinelle(entiers)
        except BornesNonProuvees:
            pass
        else:
            return Nombres(tableau, decimales, mini, maxi, lacunaire)
    tries = tuple(sorted(seuils))
    places = [None if valeur is None else _place(valeur, tries) for valeur in valeurs]
    tableau, mini, maxi, lacunaire = avec_sentinelle(places)
    return Nombres(tableau, 0, mini, maxi, lacunaire, tries)


def _decimales(valeur: int | Decimal) -> int:
    if isinstance(valeur, int):
        return 0
    exposant = valeur.as_tuple().exponent
    assert isinstance(exposant, int)
    return max(-exposant, 0)


def _a_l_echelle(valeur: int | Decimal, facteur: int) -> int:
    return valeur * facteur if isinstance(valeur, int) else int(Fraction(valeur) * facteur)


def _place(valeur: int | Decimal, seuils: tuple[Decimal, ...]) -> int:
    place = bisect_left(seuils, valeur)
    return 2 * place + (place < len(seuils) and seuils[place] == valeur)


def avec_sentinelle(entiers: Sequence[int | None]) -> tuple[Tableau, int, int, bool]:
    """Integers in the narrowest dtype that leaves its lowest value free for the absent ones; then bounds, gaps.

    The bounds are rounded outwards to `2**k - 1`, so that two batches of alike situations share one program.
    Raises BornesNonProuvees past 64 bits.
    """
    presents = [entier for entier in entiers if entier is not None]
    mini, maxi = min(presents, default=0), max(presents, default=0)
    dtype = dtype_de(mini - 1, maxi)
    absent = int(np.iinfo(dtype).min)
    tableau = np.array([absent if entier is None else entier for entier in entiers], dtype)
    return tableau, *bornes_rondes(mini, maxi), len(presents) < len(entiers)


def bornes_rondes(mini: int, maxi: int) -> tuple[int, int]:
    """Bounds rounded outwards to 0 or to plus or minus `2**k - 1`."""
    bas = -(2 ** (-mini).bit_length() - 1) if mini < 0 else 0
    return bas, 2 ** maxi.bit_length() - 1 if maxi > 0 else 0


def jours(valeurs: Sequence[date | None]) -> Jours:
    """A column of days, None for absent."""
    if all(valeur is None for valeur in valeurs):
        return Jours(None)
    return Jours(*avec_sentinelle([None if valeur is None else code_jour(valeur) for valeur in valeurs]))


def scalaires(bruts: Sequence[Any], atomes: tuple[Atome, ...]) -> Bits:
    """A column of coded or boolean facts: one bit each, none for an absent fact."""
    rangs = {atome: rang for rang, atome in enumerate(atomes)}
    return en_mots([() if brut is None else (rangs[_atome(brut, rangs)],) for brut in bruts], atomes)


def _atome(brut: Any, rangs: Mapping[Atome, int]) -> Atome:
    if isinstance(brut, bool):
        return VRAI if brut else FAUX
    if isinstance(brut, str):
        atome = atome_code(brut)
        return atome if atome in rangs else AUTRE_CODE
    return PRESENT


def listes(bruts: Sequence[Any], atomes: tuple[Atome, ...]) -> Bits:
    """A column of coded lists: a bit for each atom that the list holds; none for an absent fact."""
    rangs = {atome: rang for rang, atome in enumerate(atomes)}
    return en_mots([_rangs_de_liste(brut, rangs) for brut in bruts], atomes)


def _rangs_de_liste(brut: Any, rangs: Mapping[Atome, int]) -> set[int]:
    elements = lecture.liste(brut)
    if elements is None:
        return set()
    atomes = {EST_LISTE}
    for element in elements:
        if isinstance(element, bool):
            atomes.add(VRAI if element else FAUX)
            continue
        if isinstance(element, str):
            atomes.add(atome_code(element))
        valeur = lecture.nombre(element)
        if valeur is not None:
            atomes.add(atome_nombre(Decimal(valeur)))
    return {rangs[atome] for atome in atomes if atome in rangs}


def en_mots(rangs: Sequence[Iterable[int]], atomes: tuple[Atome, ...]) -> Bits:
    """Bits of each row, laid out in words of at most 64 bits."""
    mots = []
    for debut in range(0, max(len(atomes), 1), MOT):
        largeur = min(MOT, len(atomes) - debut)
        masques = [sum(1 << (rang - debut) for rang in ligne if debut <= rang < debut + largeur) for ligne in rangs]
        mots.append(np.array(masques, dtype_non_signe(largeur)))
    return Bits(tuple(mots), atomes)


def _evenements(bruts: Sequence[Any], besoin: Besoin) -> Evenements:
    par_ligne = [[e for e in lecture.liste(brut) or () if isinstance(e, Mapping)] for brut in bruts]
    tailles = np.array([len(evenements) for evenements in par_ligne], np.int64)
    tous = [evenement for evenements in par_ligne for evenement in evenements]
    return table_evenements(tailles, _colonnes(besoin.internes, tous))


def table_evenements(tailles: Tableau, colonnes: Mapping[tuple[Aspect, str], Colonne]) -> Evenements:
    """The table of events from the number of events of each row and the columns of the events, in row order."""
    debuts = np.concatenate((np.zeros(1, np.int64), np.cumsum(tailles)))
    lignes = np.repeat(np.arange(len(tailles), dtype=np.int32), tailles)
    maxi = int(tailles.max()) if len(tailles) else 0
    return Evenements(
        debuts.astype(np.int32 if debuts[-1] < 2**31 else np.int64), lignes, bornes_rondes(0, maxi)[1], colonnes
    )
