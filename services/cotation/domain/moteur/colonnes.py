"""Situations as columns: what the columnar back-end reads, and how each fact is laid out.

One row per situation. Every array says exactly what the fact says, for the comparisons that the engine makes:
- a number is an integer scaled by `10**echelle`; the lowest value of its dtype says that the fact is absent or no number.
  A column of numbers too long for 64 bits keeps their place among the constants that grids compare them with (`seuils`);
- a day is `32 * months since January 1970 + day - 1`: days keep their order, and whole months between two days are one
  subtraction and one shift;
- a coded fact, a boolean or a coded list is a set of bits, one per code that a grid may ask for;
- a list of events is its own table, with the row of each event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from services.cotation.domain.moteur.erreurs import ColonneManquante

Tableau = npt.NDArray[Any]
MOT = 64
"""Bits of the widest word: a longer vocabulary takes several words."""


class Aspect(StrEnum):
    """The ways to read one fact; each takes a column of its own."""

    NOMBRE = "nombre"
    PLANCHER = "plancher"
    JOUR = "jour"
    SCALAIRE = "scalaire"
    LISTE = "liste"
    EVENEMENTS = "evenements"


class Atome(NamedTuple):
    """One thing that a fact can be, or that a list can hold: a bit. genre: one of the constants below."""

    genre: str
    valeur: str | Decimal | None = None


VRAI, FAUX = Atome("vrai"), Atome("faux")
AUTRE_CODE = Atome("autre-code")
"""A code that the vocabulary does not name."""
PRESENT = Atome("present")
"""A fact that is there and is neither a code nor a boolean (a number, a list, an object)."""
EST_LISTE = Atome("est-liste")


def atome_code(code: str) -> Atome:
    """The bit of a code."""
    return Atome("code", code)


def atome_nombre(nombre: Decimal) -> Atome:
    """The bit of a number in a list."""
    return Atome("nombre", nombre)


@dataclass(frozen=True, slots=True)
class Nombres:
    """A column of numbers. valeurs: (n,) signed integers, absent = lowest of the dtype; None when all are absent.

    mini, maxi: bounds of the values present, scaled. lacunaire: some are absent. seuils: when not None, the value is
    `2 * bisect_left(seuils, x)`, plus one when x is one of them.
    """

    valeurs: Tableau | None
    echelle: int = 0
    mini: int = 0
    maxi: int = 0
    lacunaire: bool = True
    seuils: tuple[Decimal, ...] | None = None

    def gabarit(self) -> "Nombres":
        """The same column without its rows."""
        return self if self.valeurs is None else replace(self, valeurs=_vide(self.valeurs))

    def schema(self) -> tuple[Any, ...]:
        """What a program depends on: everything but the values."""
        dtype = None if self.valeurs is None else self.valeurs.dtype.str
        return ("nombres", dtype, self.echelle, self.mini, self.maxi, self.lacunaire, self.seuils)

    @property
    def octets(self) -> int:
        """Bytes taken."""
        return 0 if self.valeurs is None else self.valeurs.nbytes


@dataclass(frozen=True, slots=True)
class Jours:
    """A column of days (see the module). valeurs: (n,) int16 or int32, absent = lowest of the dtype; None: all absent."""

    valeurs: Tableau | None
    mini: int = 0
    maxi: int = 0
    lacunaire: bool = True

    def gabarit(self) -> "Jours":
        """The same column without its rows."""
        return self if self.valeurs is None else replace(self, valeurs=_vide(self.valeurs))

    def schema(self) -> tuple[Any, ...]:
        """What a program depends on: everything but the values."""
        return ("jours", None if self.valeurs is None else self.valeurs.dtype.str, self.mini, self.maxi, self.lacunaire)

    @property
    def octets(self) -> int:
        """Bytes taken."""
        return 0 if self.valeurs is None else self.valeurs.nbytes


@dataclass(frozen=True, slots=True)
class Bits:
    """A coded fact, or a coded list. mots: (n,) unsigned arrays of at most 64 bits; atomes: those of the bits, in order;
    rangs: bit of each atom.
    """

    mots: tuple[Tableau, ...]
    atomes: tuple[Atome, ...]
    rangs: Mapping[Atome, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rangs", {atome: rang for rang, atome in enumerate(self.atomes)})

    def gabarit(self) -> "Bits":
        """The same column without its rows."""
        return replace(self, mots=tuple(_vide(mot) for mot in self.mots))

    def schema(self) -> tuple[Any, ...]:
        """What a program depends on: everything but the values."""
        return ("bits", tuple(mot.dtype.str for mot in self.mots), self.atomes)

    @property
    def octets(self) -> int:
        """Bytes taken."""
        return sum(mot.nbytes for mot in self.mots)


@dataclass(frozen=True, slots=True)
class Evenements:
    """A list of events per situation. debuts: (n + 1,) first event of each row; lignes: (m,) row of each event.

    maxi: most events that one row has. colonnes: their facts, by (aspect, path inside the event).
    """

    debuts: Tableau
    lignes: Tableau
    maxi: int
    colonnes: Mapping[tuple[Aspect, str], "Colonne"]

    def gabarit(self) -> "Evenements":
        """The same table without its rows."""
        colonnes = {cle: colonne.gabarit() for cle, colonne in self.colonnes.items()}
        return replace(self, debuts=_vide(self.debuts), lignes=_vide(self.lignes), colonnes=colonnes)

    def schema(self) -> tuple[Any, ...]:
        """What a program depends on: everything but the values."""
        internes = tuple((cle, colonne.schema()) for cle, colonne in sorted(self.colonnes.items()))
        return ("evenements", self.maxi, internes)

    @property
    def octets(self) -> int:
        """Bytes taken."""
        return self.debuts.nbytes + self.lignes.nbytes + sum(colonne.octets for colonne in self.colonnes.values())


Colonne = Nombres | Jours | Bits | Evenements


@dataclass(frozen=True, slots=True)
class Colonnes:
    """n situations, column by column. Immutable: the arrays are never written to."""

    n: int
    par_fait: Mapping[tuple[Aspect, str], Colonne]
    schema: tuple[Any, ...] = field(init=False)

    def __post_init__(self) -> None:
        schema = tuple((cle, colonne.schema()) for cle, colonne in sorted(self.par_fait.items()))
        object.__setattr__(self, "schema", schema)

    def gabarit(self) -> dict[tuple[Aspect, str], Colonne]:
        """The columns without their rows: what a program is made from, and may keep."""
        return {cle: colonne.gabarit() for cle, colonne in self.par_fait.items()}

    @property
    def octets(self) -> int:
        """Bytes taken by the whole."""
        return sum(colonne.octets for colonne in self.par_fait.values())


def _vide(tableau: Tableau) -> Tableau:
    return np.empty(0, tableau.dtype)


def lire_colonne(colonnes: Mapping[tuple[Aspect, str], Colonne], aspect: Aspect, chemin: str) -> Colonne:
    """The column of a fact; ColonneManquante when the columns were encoded without it."""
    colonne = colonnes.get((aspect, chemin))
    if colonne is None:
        raise ColonneManquante(
            f"Les colonnes ne portent pas le fait « {chemin} » ({aspect}), que la grille lit. "
            "Encodez de nouveau les situations avec l'encodage de cette grille."
        )
    return colonne


def code_jour(jour: date) -> int:
    """The integer of a day: ordered like the days, and months between two of them by a shift (`mois_entre`)."""
    return 32 * (12 * (jour.year - 1970) + jour.month - 1) + jour.day - 1


def dtype_non_signe(bits: int) -> np.dtype[Any]:
    """The narrowest unsigned dtype of at least that many bits (64 at most)."""
    return next(np.dtype(t) for t in (np.uint8, np.uint16, np.uint32, np.uint64) if np.dtype(t).itemsize * 8 >= bits)
