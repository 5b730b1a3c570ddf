"""From a Polars frame to columns: the way of a whole register.

A fact is a column named by its path (`menage.personnes`), or a field of a struct column (`menage`). Integers, decimals,
booleans, texts, categories, dates, lists of codes and lists of structs (events) are read as docs/cotation.md section 1 says;
null is absent. A binary float is refused: it is not exact.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from services.cotation.domain.moteur import faits as lecture
from services.cotation.domain.moteur.colonnes import (
    Aspect,
    Bits,
    Colonne,
    Colonnes,
    Evenements,
    Jours,
    Nombres,
    Tableau,
)
from services.cotation.domain.moteur.encodage import Besoin, Encodage
from services.cotation.domain.moteur.encodeur import (
    jours,
    listes,
    nombres,
    porte_plancher,
    scalaires,
    table_evenements,
)
from services.cotation.domain.moteur.erreurs import ColonneInvalide


def encoder_table(encodage: Encodage, table: pl.DataFrame) -> Colonnes:
    """The columns of a frame of situations, one row each, in order.

    Raises ColonneInvalide when a column that the grids read is of a type that cannot carry a fact exactly.
    """
    return Colonnes(table.height, _colonnes(encodage.besoins, _aplatir(table), table.height))


def _aplatir(table: pl.DataFrame) -> dict[str, pl.Series]:
    """Every fact by path; a struct is there under its own path too, for who asks whether it exists."""
    series: dict[str, pl.Series] = {}
    a_ouvrir = [(serie.name, serie) for serie in table.get_columns()]
    while a_ouvrir:
        chemin, serie = a_ouvrir.pop()
        series[chemin] = serie
        if isinstance(serie.dtype, pl.Struct):
            a_ouvrir += [(f"{chemin}.{champ.name}", serie.struct.field(champ.name)) for champ in serie.dtype.fields]
    return series


def _colonnes(
    besoins: Mapping[tuple[Aspect, str], Besoin], series: Mapping[str, pl.Series], n: int
) -> dict[tuple[Aspect, str], Colonne]:
    colonnes: dict[tuple[Aspect, str], Colonne] = {}
    for (aspect, chemin), besoin in sorted(besoins.items(), key=lambda cle_besoin: cle_besoin[0]):
        if aspect is Aspect.PLANCHER and porte_plancher(colonnes.get((Aspect.NOMBRE, chemin))):
            continue
        serie = series.get(chemin, pl.Series(chemin, [None] * n, pl.Null))
        _verifier(chemin, serie)
        colonnes[aspect, chemin] = _colonne(aspect, besoin, serie)
    return colonnes


def _verifier(chemin: str, serie: pl.Series) -> None:
    interne = serie.dtype.inner if isinstance(serie.dtype, pl.List) else serie.dtype
    assert interne is not None
    if interne.is_float() or isinstance(interne, (pl.Datetime, pl.Duration, pl.Time, pl.Object)):
        raise ColonneInvalide(
            f"La colonne « {chemin} » est de type {serie.dtype}, qui ne porte pas un fait exact. "
            "Donnez un entier, un Decimal, un texte, un booléen, une date ou une liste."
        )


def _colonne(aspect: Aspect, besoin: Besoin, serie: pl.Series) -> Colonne:
    valeurs, rangs = _distincts(serie) if aspect not in {Aspect.LISTE, Aspect.EVENEMENTS} else ([], np.empty(0))
    match aspect:
        case Aspect.NOMBRE:
            distincts: Nombres | Jours = nombres([lecture.nombre(valeur) for valeur in valeurs], besoin.seuils)
        case Aspect.PLANCHER:
            distincts = nombres([lecture.plancher(valeur) for valeur in valeurs], ())
        case Aspect.JOUR:
            distincts = jours([lecture.jour(valeur) for valeur in valeurs])
        case Aspect.SCALAIRE:
            bits = scalaires(valeurs, tuple(besoin.atomes))
            return replace(bits, mots=tuple(mot[rangs] for mot in bits.mots))
        case Aspect.LISTE:
            return _listes(serie, besoin)
        case Aspect.EVENEMENTS:
            return _evenements(serie, besoin)
    if distincts.valeurs is None:
        return distincts
    deployees = distincts.valeurs[rangs]
    lacunaire = bool((deployees == np.iinfo(deployees.dtype).min).any())
    return replace(distincts, valeurs=deployees, lacunaire=lacunaire)


def _distincts(serie: pl.Series) -> tuple[list[Any], Tableau]:
    """Distinct values, None first, and the place of each row's among them; a nested value is only known to be there."""
    if serie.dtype.is_nested():
        return [None, {}], serie.is_not_null().to_numpy().astype(np.uint8)
    presents = serie.drop_nulls().unique()
    places = pl.Series(np.arange(1, len(presents) + 1, dtype=np.uint32))
    rangs = serie.replace_strict(presents, places, default=0, return_dtype=pl.UInt32)
    return [None, *presents.to_list()], rangs.to_numpy()


def _listes(serie: pl.Series, besoin: Besoin) -> Bits:
    """A bit for each atom of each list: the words of the elements, or-ed together list by list."""
    atomes = tuple(besoin.atomes)
    est_liste = serie.is_not_null().to_numpy() if isinstance(serie.dtype, pl.List) else np.zeros(len(serie), bool)
    vide = listes([None, []], atomes)
    mots = [mot[est_liste.astype(np.uint8)] for mot in vide.mots]
    if not est_liste.any():
        return Bits(tuple(mots), atomes)
    remplies = serie.list.len().fill_null(0).to_numpy().astype(np.int64)
    elements, rangs = _distincts(serie.filter(pl.Series(remplies > 0)).explode())
    par_element = listes([[element] for element in elements], atomes)
    debuts = (np.cumsum(remplies) - remplies)[remplies > 0]
    for mot, mot_element in zip(mots, par_element.mots, strict=True):
        if len(debuts):
            mot[remplies > 0] |= np.bitwise_or.reduceat(mot_element[rangs], debuts)
    return Bits(tuple(mots), atomes)


def _evenements(serie: pl.Series, besoin: Besoin) -> Evenements:
    """The events of every list, one after the other; what is no object is no event."""
    d_objets = isinstance(serie.dtype, pl.List) and isinstance(serie.dtype.inner, pl.Struct)
    longueurs = serie.list.len().fill_null(0).to_numpy() if d_objets else np.zeros(len(serie), np.uint32)
    tous = serie.filter(pl.Series(longueurs > 0)).explode() if d_objets else pl.Series([], dtype=pl.Struct([]))
    lignes = np.repeat(np.arange(len(serie)), longueurs)[tous.is_not_null().to_numpy()]
    table = tous.drop_nulls().struct.unnest() if len(lignes) else pl.DataFrame()
    tailles = np.bincount(lignes, minlength=len(serie))
    return table_evenements(tailles, _colonnes(besoin.internes, _aplatir(table), len(lignes)))
