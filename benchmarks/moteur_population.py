"""Situations drawn by a seed, as arrays: the same facts are given to every engine that is compared, each in its own form.

No real person: independent draws, with the vocabularies of the shared grids and plausible ranges.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from benchmarks.moteur_vocabulaire import BOOLEENS, CODES, LISTES, MOTS_DE_PREUVE, NOMBRES
from services.cotation.domain.condition import PREUVES
from services.cotation.domain.grille import Grille
from services.cotation.domain.moteur.colonnes import Bits, Colonne, Colonnes, Evenements, Jours, Nombres

Tableau = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Population:
    """n situations. nombres: scaled integers; absents: where they are missing; codes: rank in the vocabulary, -1 absent;
    listes: (n, k) booleans, one column per code; preuves: rank of the level of each rule that asks for evidence, -1 absent.
    """

    n: int
    nombres: Mapping[str, Tableau]
    absents: Mapping[str, Tableau]
    booleens: Mapping[str, Tableau]
    codes: Mapping[str, Tableau]
    listes: Mapping[str, Tableau]
    preuves: Mapping[str, Tableau]


def tirer(n: int, grille: Grille, graine: int = 2026) -> Population:
    """n situations, with evidence for the rules of a grid that ask for some."""
    hasard = np.random.default_rng(graine)
    nombres, absents = {}, {}
    for chemin, nombre in NOMBRES.items():
        serre = hasard.beta(1.3, 3.0, n) if nombre.asymetrique else hasard.random(n)
        nombres[chemin] = (nombre.mini + serre * (nombre.maxi + 1 - nombre.mini)).astype(np.int32)
        absents[chemin] = hasard.random(n) < nombre.absents
    exigeantes = [regle.id for regle in grille.regles if regle.preuve.exigence.rang > 0]
    return Population(
        n=n,
        nombres=nombres,
        absents=absents,
        booleens={chemin: hasard.random(n) < 0.15 for chemin in BOOLEENS},
        codes={chemin: hasard.integers(-1, len(codes), n, dtype=np.int8) for chemin, codes in CODES.items()},
        listes={
            chemin: hasard.random((n, len(codes)), np.float32) < 1.3 / len(codes) for chemin, codes in LISTES.items()
        },
        preuves={regle: hasard.integers(-1, len(MOTS_DE_PREUVE), n, dtype=np.int8) for regle in exigeantes},
    )


def en_table(population: Population) -> pl.DataFrame:
    """A Polars frame, one column per fact, as the register would keep it."""
    series: list[pl.Series] = []
    for chemin, valeurs in population.nombres.items():
        serie = pl.Series(chemin, valeurs)
        decimales = NOMBRES[chemin].decimales
        if decimales:
            serie = serie.cast(pl.Decimal(18, decimales)) / Decimal(10**decimales)
        series.append(serie.set(pl.Series(population.absents[chemin]), None).alias(chemin))
    series += [pl.Series(chemin, valeurs) for chemin, valeurs in population.booleens.items()]
    series += [_enumeration(chemin, rangs, CODES[chemin]) for chemin, rangs in population.codes.items()]
    series += [_listes(chemin, bits, LISTES[chemin]) for chemin, bits in population.listes.items()]
    for regle, rangs in population.preuves.items():
        series.append(_enumeration(f"{PREUVES}.{regle}", rangs, MOTS_DE_PREUVE))
    return pl.DataFrame(series)


def _enumeration(chemin: str, rangs: Tableau, mots: Sequence[str]) -> pl.Series:
    mots_ou_rien = pl.Series([*mots, None], dtype=pl.Enum(mots))
    return mots_ou_rien.gather(np.where(rangs < 0, len(mots), rangs).astype(np.uint32)).alias(chemin)


def _listes(chemin: str, bits: Tableau, mots: Sequence[str]) -> pl.Series:
    """List of codes of each row; a row without any has an empty list."""
    lignes, rangs = np.nonzero(bits)
    codes = _enumeration("code", rangs.astype(np.int8), mots)
    presents = pl.DataFrame({"ligne": lignes.astype(np.uint32), "code": codes}).group_by("ligne").agg("code")
    toutes = pl.DataFrame({"ligne": np.arange(len(bits), dtype=np.uint32)})
    return toutes.join(presents, on="ligne", how="left", maintain_order="left")["code"].fill_null([]).alias(chemin)


def en_objets(population: Population, n: int) -> list[dict[str, Any]]:
    """The first n situations as nested facts."""
    return [_objet(population, rang) for rang in range(n)]


def _objet(population: Population, rang: int) -> dict[str, Any]:
    faits: dict[str, Any] = {}
    for chemin, valeurs in population.nombres.items():
        if not population.absents[chemin][rang]:
            decimales = NOMBRES[chemin].decimales
            entier = int(valeurs[rang])
            _poser(faits, chemin, Decimal(entier).scaleb(-decimales) if decimales else entier)
    for chemin, valeurs in population.booleens.items():
        _poser(faits, chemin, bool(valeurs[rang]))
    for chemin, rangs in population.codes.items():
        if rangs[rang] >= 0:
            _poser(faits, chemin, CODES[chemin][rangs[rang]])
    for chemin, bits in population.listes.items():
        _poser(faits, chemin, [mot for mot, present in zip(LISTES[chemin], bits[rang], strict=True) if present])
    for regle, rangs in population.preuves.items():
        if rangs[rang] >= 0:
            _poser(faits, f"{PREUVES}.{regle}", MOTS_DE_PREUVE[rangs[rang]])
    return faits


def _poser(faits: dict[str, Any], chemin: str, valeur: object) -> None:
    *parents, cle = chemin.split(".")
    for parent in parents:
        faits = faits.setdefault(parent, {})
    faits[cle] = valeur


def premieres(colonnes: Colonnes, n: int) -> Colonnes:
    """The first n rows of plain columns."""
    return Colonnes(n, {cle: _transformer(colonne, lambda t: t[:n]) for cle, colonne in colonnes.par_fait.items()})


def repeter(colonnes: Colonnes, fois: int) -> Colonnes:
    """Plain columns, several times over."""
    repetees = {cle: _transformer(colonne, lambda t: np.tile(t, fois)) for cle, colonne in colonnes.par_fait.items()}
    return Colonnes(colonnes.n * fois, repetees)


def _transformer(colonne: Colonne, transformer: Callable[[Tableau], Tableau]) -> Colonne:
    match colonne:
        case Bits(mots=mots):
            return replace(colonne, mots=tuple(transformer(mot) for mot in mots))
        case Nombres(valeurs=valeurs) | Jours(valeurs=valeurs):
            return colonne if valeurs is None else replace(colonne, valeurs=transformer(valeurs))
        case Evenements(lignes=lignes, debuts=debuts):
            assert len(lignes) == 0, "the benchmark's situations hold no event"
            n = len(transformer(debuts[1:]))
            return replace(colonne, debuts=np.zeros(n + 1, debuts.dtype))
