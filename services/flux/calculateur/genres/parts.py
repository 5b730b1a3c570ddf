"""Kinds on shares: right of each holder, of the State by commune, whole targets, first lettings, no convention."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any, ClassVar

from pydantic import Field

from services.flux.calculateur.affichage import Resultat, dictionnaire, pourcent
from services.flux.calculateur.champs import (
    Compte,
    Jour,
    Nom,
    Nombre,
    Oui,
    Parts,
    Pourcentage,
    Table,
    TieBreak,
)
from services.flux.calculateur.entrees import Controle, Entrees, inconnus, somme
from services.flux.calculateur.fautes import Faute
from services.flux.calculateur.genre import Genre
from services.flux.calculateur.plafonds import AvecParts, AvecPlafonds, controles, violations
from services.flux.domain import parts as domaine
from services.flux.domain.arrondi import Departage, Repartition, plus_forts_restes
from services.flux.domain.parametres import CONVERSION_ECHEANCE
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


class FluxTerritorial(AvecPlafonds):
    """The State's share in each commune."""

    part_etat_percent: Pourcentage
    flux_par_commune: Table[Nombre]
    stipulation_contraire: Oui = Field(
        False, description="La convention déroge à l'application égale ou aux 30 % hors QPV"
    )
    stipulations_percent: dict[Nom, Pourcentage] = Field(
        default_factory=dict, description="Part stipulée dans une commune, quand stipulation_contraire"
    )


def _stipulations(entrees: Any) -> Iterator[Faute]:
    yield from inconnus(entrees, "stipulations_percent", "flux_par_commune")
    if entrees.stipulations_percent and not entrees.stipulation_contraire:
        message = "Des parts par commune sont données sans stipulation contraire de la convention (L15)."
        yield Faute("/stipulations_percent", "stipulation-absente", message, "Mettez stipulation_contraire à true.")


FluxTerritorial.CONTROLES = (
    controles("flux_par_commune")[0],
    Controle(("stipulations_percent", "flux_par_commune", "stipulation_contraire"), _stipulations),
)


def flux_territorial(entrees: FluxTerritorial) -> Resultat:
    """F6."""
    exacts = domaine.flux_territorial(entrees.part_etat_percent, entrees.flux_par_commune, entrees.stipulations_percent)
    total = sum(exacts.values(), Fraction(0))
    flux = sum(entrees.flux_par_commune.values(), Fraction(0))
    part = total / flux if flux else entrees.part_etat_percent
    partout = None if entrees.stipulation_contraire else entrees.part_etat_percent
    entiers = plus_forts_restes(floor(total), exacts)
    return {
        "etat": dictionnaire(exacts),
        "total": total,
        "etat_entier": dictionnaire(entiers.entiers),
        "ex_aequo": list(entiers.ex_aequo),
        **violations(entrees, {"etat": part}, hors_qpv=partout),
    }


class SansConvention(Entrees):
    """Holders that sent no convention in time."""

    etat_percent: Pourcentage
    reservataire_sans_convention: Parts
    prefet_reprend: Oui | list[Nom] = Field(description="true, false, ou la liste des titulaires repris")
    date_controle: Jour | None = Field(None, description="Jour considéré : jusqu'à l'échéance, rien n'est repris")


def _repris(entrees: Any) -> Iterator[Faute]:
    return inconnus(entrees, "prefet_reprend", "reservataire_sans_convention")


def _somme(entrees: Any) -> Iterator[Faute]:
    total = entrees.etat_percent + sum(entrees.reservataire_sans_convention.values())
    if total > 1:
        message = "La part de l'État et celles des réservataires dépassent 100 %."
        yield Faute("/reservataire_sans_convention", "parts-plus-de-100", message, "Ramenez leur somme à 100 %.")


SansConvention.CONTROLES = (
    Controle((), _repris),
    Controle(("etat_percent", "reservataire_sans_convention"), _somme),
)


def sans_convention(entrees: SansConvention) -> Resultat:
    """L22."""
    orphelines = entrees.reservataire_sans_convention
    repris = entrees.prefet_reprend
    noms = set(repris) if isinstance(repris, list) else set(orphelines) if repris else set()
    echeance = CONVERSION_ECHEANCE.le()
    if entrees.date_controle is not None and entrees.date_controle <= echeance:
        noms = set()
    part = domaine.part_exercee_par_le_prefet(entrees.etat_percent, orphelines, noms)
    return {
        "exerce_par_prefet_percent": pourcent(part),
        "repris": [nom for nom in orphelines if nom in noms],
        "echeance": echeance.isoformat(),
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
        "flux_share_territorial",
        "Droit de l'État, commune par commune",
        "flux_etat,c = part × flux_c, la même part partout sauf stipulation contraire",
        ("CCH R441-5-2 II", "flux.md F6, L15"),
        FluxTerritorial,
        flux_territorial,
        "COM-01",
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
    Genre(
        "default_rule",
        "Droits exercés par le préfet faute de convention transmise",
        "part de l'État + parts des réservataires sans convention que le préfet reprend",
        ("décret 2020-145", "décret 2021-1016", "flux.md L22"),
        SansConvention,
        sans_convention,
        "DEF-01",
    ),
)
