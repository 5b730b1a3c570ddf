"""Reservations in return for loan guarantees: 20 % of the operation, split between guarantors, delegated (F5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from services.flux.domain.arrondi import Arrondi, Departage, arrondir, plus_forts_restes


class ArrondiDesParts(StrEnum):
    """How the whole rights of an operation are split."""

    PLUS_FORTS_RESTES = "plus_forts_restes"
    INFERIEUR = "inferieur"
    PROCHE = "proche"


class DelegationCirculaire(ValueError):
    """A right delegated round in a circle has nobody to designate."""


@dataclass(frozen=True, slots=True)
class DroitsDeGarantie:
    """Rights of one operation: who owns them (titulaires) and who designates (designataires)."""

    plafond: Fraction
    """The ceiling in dwellings, before rounding: share × dwellings of the operation."""
    exacts: Mapping[str, Fraction]
    total: int
    titulaires: Mapping[str, int]
    designataires: Mapping[str, int]
    ex_aequo: tuple[str, ...]


def droits_de_garantie(
    logements: int,
    plafond: Fraction,
    quotites: Mapping[str, Fraction],
    *,
    delegations: Mapping[str, str] | None = None,
    arrondi_total: Arrondi = Arrondi.INFERIEUR,
    arrondi_parts: ArrondiDesParts = ArrondiDesParts.PLUS_FORTS_RESTES,
) -> DroitsDeGarantie:
    """Rights of the guarantors of an operation, each in proportion to the part of the loan that it guarantees.

    quotites: parts of the loan in [0, 1], sum <= 1; a part that nobody here guarantees opens no right. The total is
    rounded down unless asked, the 20 % being a ceiling; the split is by largest remainder unless asked.
    Source: CCH R441-5-3; question écrite 17-2768; flux.md F5, L19.
    """
    droits = plafond * logements
    exacts = {nom: quotite * droits for nom, quotite in quotites.items()}
    ouverts = sum(exacts.values(), Fraction(0))
    ex_aequo: tuple[str, ...] = ()
    if arrondi_parts is ArrondiDesParts.PLUS_FORTS_RESTES:
        total = arrondir(ouverts, arrondi_total)
        a_repartir = {nom: total * exact / ouverts if ouverts else Fraction(0) for nom, exact in exacts.items()}
        repartition = plus_forts_restes(total, a_repartir, departage=Departage.VALEUR)
        titulaires, ex_aequo = dict(repartition.entiers), repartition.ex_aequo
    else:
        titulaires = {nom: arrondir(exact, Arrondi(arrondi_parts.value)) for nom, exact in exacts.items()}
    designataires = deleguer(titulaires, delegations or {})
    return DroitsDeGarantie(droits, exacts, sum(titulaires.values()), titulaires, designataires, ex_aequo)


def deleguer(droits: Mapping[str, int], delegations: Mapping[str, str]) -> dict[str, int]:
    """Rights to designate once delegated: all those of a delegator go to its delegate, and on to the delegate's own.

    Raises DelegationCirculaire. Ownership does not move (question écrite 17-2768; flux.md GE-02).
    """
    designes = dict.fromkeys(droits, 0)
    for nom, nombre in droits.items():
        designes[_dernier_delegataire(nom, delegations)] += nombre
    return designes


def _dernier_delegataire(nom: str, delegations: Mapping[str, str]) -> str:
    vus = {nom}
    while nom in delegations:
        nom = delegations[nom]
        if nom in vus:
            raise DelegationCirculaire(f"La délégation de {nom} revient à elle-même.")
        vus.add(nom)
    return nom
