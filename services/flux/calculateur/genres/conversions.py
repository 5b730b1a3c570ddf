"""Kinds on the conversion of stock into flow: the four modes, and modes 1 and 2 side by side."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any

from pydantic import Field

from services.flux.calculateur.affichage import Resultat, dictionnaire, pourcents
from services.flux.calculateur.champs import (
    Coefficient,
    Compte,
    Duree,
    Effectif,
    Liste,
    Nombre,
    Parts,
    Pourcentage,
    Table,
    Texte,
)
from services.flux.calculateur.entrees import Bloc, Controle, Entrees
from services.flux.calculateur.fautes import Faute, pointeur
from services.flux.calculateur.genre import Genre
from services.flux.calculateur.plafonds import AvecParts, AvecPlafonds, controles, violations
from services.flux.domain import conversion
from services.flux.domain.parametres import PART_ETAT_MAX
from services.flux.domain.titulaires import BAILLEUR


class Mode1(AvecPlafonds):
    """A park and what each holder has reserved in it."""

    parc: Effectif
    reserves: Table[Compte]
    etat_percent: Pourcentage | None = Field(None, description="Part de l'État ; sans elle, les 30 légaux (L15)")
    flux: Nombre


def _part_etat(entrees: Mode1) -> Fraction:
    return PART_ETAT_MAX.le(entrees.date_controle) if entrees.etat_percent is None else entrees.etat_percent


def _reserves(entrees: Any) -> Iterator[Faute]:
    for nom in ("etat", BAILLEUR):
        if nom in entrees.reserves:
            message = f"« {nom} » ne se déduit pas des logements réservés."
            yield Faute(pointeur(("reserves", nom)), "titulaire-calcule", message, "Retirez-le : il est calculé.")
    if sum(entrees.reserves.values()) > entrees.parc:
        yield Faute(
            "/reserves", "reserves-plus-que-parc", "Plus de réservés que de logements.", "Vérifiez parc et réservés."
        )
    elif Fraction(sum(entrees.reserves.values()), entrees.parc) + _part_etat(entrees) > 1:
        message = "Les parts réservées et celle de l'État dépassent 100 %."
        yield Faute("/reserves", "parts-plus-de-100", message, "Baissez la part de l'État ou vérifiez les réservés.")


Mode1.CONTROLES = (*controles("reserves"), Controle(("parc", "reserves", "etat_percent", "date_controle"), _reserves))


def mode1(entrees: Mode1) -> Resultat:
    """F4, mode 1."""
    calcul = conversion.part_du_stock(entrees.parc, entrees.reserves, _part_etat(entrees), entrees.flux)
    return {**_conversion(calcul), **violations(entrees, calcul.parts)}


class ContingentEntree(Bloc):
    """Dwellings of one contingent and their own rotation."""

    logements: Compte
    rotation_percent: Pourcentage


class Mode2(AvecPlafonds):
    """Every contingent of the park, the non-reserved included."""

    contingents: Table[ContingentEntree]
    flux: Nombre


def _rotations(entrees: Any) -> Iterator[Faute]:
    if not any(c.logements * c.rotation_percent for c in entrees.contingents.values()):
        message = "Aucune libération n'est attendue : parc vide ou rotations nulles."
        yield Faute("/contingents", "parc-vide", message, "Donnez au moins un contingent qui tourne.")


Mode2.CONTROLES = (*controles("contingents"), Controle(("contingents",), _rotations))


def _contingents(entrees: Any) -> dict[str, conversion.Contingent]:
    return {nom: conversion.Contingent(c.logements, c.rotation_percent) for nom, c in entrees.contingents.items()}


def mode2(entrees: Mode2) -> Resultat:
    """F4, mode 2."""
    contingents = _contingents(entrees)
    calcul = conversion.part_par_rotation(contingents, entrees.flux)
    attendues = {nom: c.liberations for nom, c in contingents.items()}
    return {
        "liberations_attendues": dictionnaire(attendues),
        "total": sum(attendues.values(), Fraction(0)),
        **_conversion(calcul),
        **violations(entrees, calcul.parts),
    }


class TrancheEntree(Bloc):
    """Rights that end together."""

    logements: Compte
    rotation_percent: Pourcentage
    annees_restantes: Duree = Field(description="Une fraction pour une année entamée : 2.5")


class Mode3(Entrees):
    """Tranches of existing rights."""

    tranches: Liste[TrancheEntree]
    coefficient: Coefficient | None = Field(None, description="Coefficient convenu droit de suite → droit unique (1)")


def mode3(entrees: Mode3) -> Resultat:
    """F4, mode 3: one `flux_annee_N` for each year until every tranche has ended, that year included."""
    tranches = [conversion.Tranche(t.logements, t.rotation_percent, t.annees_restantes) for t in entrees.tranches]
    droits = conversion.droits_uniques(tranches, Fraction(1) if entrees.coefficient is None else entrees.coefficient)
    fin = ceil(max(t.annees_restantes for t in tranches)) + 1
    return {
        "droits_uniques": list(droits),
        "total": sum(droits, Fraction(0)),
        **{f"flux_annee_{annee}": conversion.flux_annuel(tranches, annee) for annee in range(1, fin + 1)},
    }


class Mode4(AvecParts):
    """Shares that the parties agreed, with their reason."""

    parts_percent: Parts
    justification: Texte = Field(description="Pourquoi ces parts : elles se rediscutent")
    flux: Nombre


def mode4(entrees: Mode4) -> Resultat:
    """F4, mode 4."""
    calcul = conversion.part_negociee(entrees.parts_percent, entrees.flux)
    return {**_conversion(calcul), "justification": entrees.justification, **violations(entrees, calcul.parts)}


class Comparaison(Entrees):
    """Every contingent of the park, the non-reserved included: modes 1 and 2 on the same inputs."""

    contingents: Table[ContingentEntree]
    flux: Nombre


Comparaison.CONTROLES = (Controle(("contingents",), _rotations),)


def comparaison(entrees: Comparaison) -> Resultat:
    """F4: what each contingent gains or loses when its own rotation counts."""
    contingents = _contingents(entrees)
    parc = sum(c.logements for c in contingents.values())
    stock = {nom: Fraction(c.logements, parc) for nom, c in contingents.items()}
    pondere = conversion.part_par_rotation(contingents, entrees.flux).parts
    return {
        "mode1_parts_percent": pourcents(stock),
        "mode2_parts_percent": pourcents(pondere),
        "ecart_points": pourcents({nom: pondere[nom] - stock[nom] for nom in contingents}),
        "ecart_flux": dictionnaire({nom: (pondere[nom] - stock[nom]) * entrees.flux for nom in contingents}),
    }


def _conversion(calcul: conversion.Conversion) -> Resultat:
    return {"parts_percent": pourcents(calcul.parts), "flux": dictionnaire(calcul.flux)}


_MODES = ("CCH R441-5 I", "S2, « Retenir un mode de calcul »", "flux.md F4")

GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "conversion_mode1",
        "Du stock au flux, mode 1 : part simple",
        "part_r = réservés_r / parc ; l'État à sa part, le bailleur au reste",
        _MODES,
        Mode1,
        mode1,
        "CM1-01",
    ),
    Genre(
        "conversion_mode2",
        "Du stock au flux, mode 2 : part pondérée par la rotation",
        "part_r = réservés_r·rot_r / Σ_j réservés_j·rot_j, les non-réservés compris",
        (*_MODES, "arrêté du 10/03/2011 (DEVL1100394A) art. 1, 2°"),
        Mode2,
        mode2,
        "CM2-01",
    ),
    Genre(
        "conversion_mode3",
        "Du stock au flux, mode 3 : droits uniques",
        "DU = Σ n·rot·années restantes ; chaque année n·rot tant que la tranche vit",
        _MODES,
        Mode3,
        mode3,
        "CM3-01",
    ),
    Genre(
        "conversion_mode4",
        "Du stock au flux, mode 4 : parts négociées",
        "le pourcentage convenu, avec sa justification",
        _MODES,
        Mode4,
        mode4,
        "CM4",
    ),
    Genre(
        "conversion_comparee",
        "Modes 1 et 2 côte à côte",
        "part du stock, part pondérée, et ce que chacun gagne ou perd",
        _MODES,
        Comparaison,
        comparaison,
        "CMC",
    ),
)
