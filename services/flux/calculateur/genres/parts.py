"""Kinds on shares: right of each holder, whole targets, first lettings."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any, ClassVar

from pydantic import Field

from services.flux.calculateur.affichage import Resultat, dictionnaire
from services.flux.calculateur.champs import (
    Compte,
    Nombre,
    Parts,
    TieBreak,
)
from services.flux.calculateur.entrees import Controle, inconnus, somme
from services.flux.calculateur.fautes import Faute
from services.flux.calculateur.genre import Genre
from services.flux.calculateur.plafonds import AvecParts, AvecPlafonds, controles, violations
from services.flux.domain import parts as domaine
from services.flux.domain.arrondi import Departage, Repartition, plus_forts_restes
from services.flux.domain.titulaires import BAILLEUR


def _ordre(champ: str) -> tuple[Controle, ...]:
    def complet(entrees: Any) -> Iterator[Faute]:
        if isinstance(entrees.tie_break, tuple):
            parts = getattr(entrees, champ)
            reste = () if BAILLEUR in parts or sum(parts.values()) >= 1 else (BAILLEUR,)
            for nom in (*parts, *reste):
                if nom not in entrees.tie_break:
                    message = f"L'ordre de départage ne nomme pas « {nom} »."
                    yield Faute("/tie_break", "ordre-incomplet", message, "Nommez chaque titulaire, bailleur compris.")

    return (
        Controle((), lambda entrees: inconnus(entrees, "tie_break", champ, aussi=(BAILLEUR,))),
        Controle(("tie_break", champ), complet),
    )


def _repartir(exacts: Mapping[str, Fraction], tie_break: Departage | tuple[str, ...]) -> Repartition:
    total = floor(sum(exacts.values(), Fraction(0)))
    if isinstance(tie_break, tuple):
        return plus_forts_restes(total, exacts, departage=Departage.VALEUR, ordre=tie_break)
    return plus_forts_restes(total, exacts, departage=tie_break)


class FluxParts(AvecParts):
    """Shares of a base."""

    assiette: Nombre = Field(description="Logements sur lesquels les parts s'appliquent")
    parts_percent: Parts = Field(
        description="Part de chaque titulaire ; le bailleur reçoit le reste s'il n'est pas écrit"
    )
    tie_break: TieBreak = Field(Departage.VALEUR, description="Départage des restes égaux")

    CONTROLES: ClassVar[tuple[Controle, ...]] = (*AvecParts.CONTROLES, *_ordre("parts_percent"))


def flux_parts(entrees: FluxParts) -> Resultat:
    """F2."""
    parts = domaine.completer(entrees.parts_percent)
    exacts = domaine.flux_par_titulaire(entrees.assiette, parts)
    entiers = _repartir(exacts, entrees.tie_break)
    return {
        "exact": dictionnaire(exacts),
        "integer_largest_remainder": dictionnaire(entiers.entiers),
        "ex_aequo": list(entiers.ex_aequo),
        "etat_total_exact": domaine.flux_de_l_etat(exacts),
        **violations(entrees, parts),
    }


class Arrondis(AvecParts):
    """Shares of a whole number of dwellings."""

    flux: Nombre = Field(description="Logements à répartir ; une fraction de logement ne se répartit pas")
    parts_percent: Parts
    tie_break: TieBreak = Field(Departage.VALEUR, description="Départage des restes égaux")

    CONTROLES: ClassVar[tuple[Controle, ...]] = (*AvecParts.CONTROLES, *_ordre("parts_percent"))


def _exact_et_entier(
    total: Fraction, parts: Mapping[str, Fraction], tie_break: Departage | tuple[str, ...]
) -> Resultat:
    exacts = domaine.flux_par_titulaire(total, parts)
    entiers = _repartir(exacts, tie_break)
    return {
        "exact": dictionnaire(exacts),
        "integer": dictionnaire(entiers.entiers),
        "ex_aequo": list(entiers.ex_aequo),
    }


def arrondis(entrees: Arrondis) -> Resultat:
    """F8."""
    parts = domaine.completer(entrees.parts_percent)
    return {**_exact_et_entier(entrees.flux, parts, entrees.tie_break), **violations(entrees, parts)}


class PremieresLocations(AvecPlafonds):
    """First lettings of a programme."""

    logements_livres: Compte
    parts_convenues_percent: Parts
    tie_break: TieBreak = Field(Departage.VALEUR, description="Départage des restes égaux")

    CONTROLES: ClassVar[tuple[Controle, ...]] = (
        *controles("parts_convenues_percent"),
        somme("parts_convenues_percent", complete=True),
        *_ordre("parts_convenues_percent"),
    )


def premieres_locations(entrees: PremieresLocations) -> Resultat:
    """F10."""
    parts = domaine.completer(entrees.parts_convenues_percent)
    return {
        **_exact_et_entier(Fraction(entrees.logements_livres), parts, entrees.tie_break),
        **violations(entrees, parts),
    }


GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "flux_share",
        "Droit de chaque titulaire dans le flux de l'année",
        "flux_r = part_r × assiette ; objectifs entiers par plus forts restes",
        ("CCH R441-5 I", "CCH R441-5-2 I-II", "flux.md F2, F7, F8"),
        FluxParts,
        flux_parts,
        "FL-01",
    ),
    Genre(
        "rounding",
        "Objectifs entiers de l'année",
        "plus forts restes : partie entière, puis +1 aux plus grandes fractions",
        ("flux.md F8", "Balinski et Young, Quotatone Apportionment Methods, 1979"),
        Arrondis,
        arrondis,
        "RD-01",
    ),
    Genre(
        "first_letting",
        "Premières locations d'un programme neuf",
        "plus forts restes sur les parts convenues, compteur à part",
        ("flux.md F10",),
        PremieresLocations,
        premieres_locations,
        "NEUF-01",
    ),
)
