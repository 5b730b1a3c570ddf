"""Kinds on the State's rights: its share by commune, and what the préfet exercises without a convention."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from services.flux.calculateur.affichage import Resultat, dictionnaire, pourcent
from services.flux.calculateur.champs import Jour, Nom, Nombre, Oui, Parts, Pourcentage, Table, refus
from services.flux.calculateur.entrees import Controle, Entrees, inconnus
from services.flux.calculateur.fautes import Faute
from services.flux.calculateur.genre import Genre
from services.flux.calculateur.plafonds import AvecPlafonds, controles, violations
from services.flux.domain import parts as domaine
from services.flux.domain.arrondi import plus_forts_restes
from services.flux.domain.parametres import CONVERSION_ECHEANCE


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


def _lire_repris(valeur: Any) -> bool | list[str]:
    if isinstance(valeur, bool) or (isinstance(valeur, list) and all(isinstance(nom, str) for nom in valeur)):
        return valeur
    raise refus("type-faux", "Il faut true, false ou une liste de titulaires.", "Donnez l'un des trois.")


Repris = Annotated[
    bool | list[str],
    PlainValidator(_lire_repris),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]}),
]


class SansConvention(Entrees):
    """Holders that sent no convention in time."""

    etat_percent: Pourcentage
    reservataire_sans_convention: Parts
    prefet_reprend: Repris = Field(description="true, false, ou la liste des titulaires repris")
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
    echeance = CONVERSION_ECHEANCE.le(entrees.date_controle)
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
        "flux_share_territorial",
        "Droit de l'État, commune par commune",
        "flux_etat,c = part × flux_c, la même part partout sauf stipulation contraire",
        ("CCH R441-5-2 II", "flux.md F6, L15"),
        FluxTerritorial,
        flux_territorial,
        "COM-01",
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
