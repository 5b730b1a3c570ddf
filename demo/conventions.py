"""Conventions of the demonstration: one per landlord, holder and département, with shares that respect the law.

L5 (one written convention each), L6 (a collectivité's right exists on its own territory only), L13 and L15 (the State:
30 % in each commune, of which 5 % for its agents), L19 (collectivités: 20 % together at most), L23 (the State signs
first). The percentages themselves are invented.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import msgspec

from demo.region import Bailleur, Region, Reservataire
from demo.territoire import epcis

POURCENTAGES = {"ETAT_PRIORITAIRES": 25, "ETAT_AGENTS": 5, "ACTION_LOGEMENT": 18, "EPCI": 9, "COMMUNE": 6}
"""Percentage of the flow on the holder's perimeter, by type of holder; the landlord keeps the rest."""

_CONTREPARTIES = {
    "ETAT_PRIORITAIRES": "DROIT_ETAT",
    "ETAT_AGENTS": "DROIT_ETAT",
    "ACTION_LOGEMENT": "FINANCEMENT",
    "EPCI": "GARANTIE",
    "COMMUNE": "GARANTIE",
}
_DELEGUEES = frozenset({"COMMUNE"})
"""Holders who leave the landlord to name candidates: the award is then what is charged (flux.md §3)."""

_ETAT = frozenset({"ETAT_PRIORITAIRES", "ETAT_AGENTS"})


class Part(msgspec.Struct, frozen=True):
    """A percentage of the flow on a perimeter, exact, as a decimal string."""

    communes: tuple[str, ...]
    pourcentage: str
    depuis: date
    jusqu_au: date
    mode_conversion: int
    contrepartie: str
    justification: str


class Convention(msgspec.Struct, frozen=True):
    """A convention between a landlord and a holder in one département (flux.md §4 and §6.2)."""

    numero: str
    bailleur: str
    reservataire: str
    type_reservataire: str
    departement: str
    signature: date
    effet: date
    fin: date
    gestion: str
    politique_imputation: str
    rendu_compte: bool
    refus_compte: bool
    neuf_compte: bool
    dalo_autre_contingent: str
    designation_mois: int
    parts: tuple[Part, ...]


def conventions(region: Region, *, exercice: int) -> tuple[Convention, ...]:
    """Every convention of the region for three years from 1 January of `exercice`, in the order of signature."""
    toutes = [
        _convention(bailleur, reservataire, departement, communes, exercice)
        for bailleur in region.bailleurs
        for reservataire in region.reservataires
        if reservataire.type in POURCENTAGES
        for departement in bailleur.departements
        if (communes := _perimetre(reservataire, departement))
    ]
    return tuple(sorted(toutes, key=lambda convention: (convention.signature, convention.numero)))


def parts_en(
    commune: str, signees: tuple[Convention, ...], *, bailleur: Bailleur, part_propre: str
) -> dict[str, Fraction]:
    """Shares in force in a commune for a landlord, its own remainder (holder `part_propre`) included; they sum to 1."""
    parts = {
        convention.reservataire: Fraction(part.pourcentage) / 100
        for convention in signees
        if convention.bailleur == bailleur.siren
        for part in convention.parts
        if commune in part.communes
    }
    return parts | {part_propre: 1 - sum(parts.values(), Fraction())}


def part_propre(region: Region, bailleur: Bailleur) -> str:
    """The holder that stands for what the landlord keeps. Raises LookupError when the region names none."""
    for reservataire in region.reservataires:
        if reservataire.type == "BAILLEUR" and reservataire.organisation == bailleur.id:
            return reservataire.id
    raise LookupError(f"La région ne nomme pas la part propre du bailleur « {bailleur.id} ».")


def _perimetre(reservataire: Reservataire, departement: str) -> tuple[str, ...]:
    """Communes of the demonstration's EPCI in this département where the holder has a right, sorted."""
    return tuple(sorted(_communes(reservataire, departement)))


def _communes(reservataire: Reservataire, departement: str) -> Iterator[str]:
    for siren, epci in epcis().items():
        if epci.departement != departement:
            continue
        if departement in reservataire.departements or siren in reservataire.epci:
            yield from epci.communes
        else:
            yield from (code for code in reservataire.communes if code in epci.communes)


def _convention(
    bailleur: Bailleur, reservataire: Reservataire, departement: str, communes: tuple[str, ...], exercice: int
) -> Convention:
    deleguee = reservataire.type in _DELEGUEES
    effet, fin = date(exercice, 1, 1), date(exercice + 2, 12, 31)
    premiere = date(exercice - 1, 11, 12)
    part = Part(
        communes=communes,
        pourcentage=str(POURCENTAGES[reservataire.type]),
        depuis=effet,
        jusqu_au=fin,
        mode_conversion=4,
        contrepartie=_CONTREPARTIES[reservataire.type],
        justification="Part négociée au vu de l'état des lieux des réservations (illustration).",
    )
    return Convention(
        numero=f"{bailleur.id}/{reservataire.id}/{departement}/{exercice}",
        bailleur=bailleur.siren,
        reservataire=reservataire.id,
        type_reservataire=reservataire.type,
        departement=departement,
        signature=premiere if reservataire.type in _ETAT else premiere + timedelta(days=28),
        effet=effet,
        fin=fin,
        gestion="DELEGUEE" if deleguee else "DIRECTE",
        politique_imputation="ATTRIBUTION" if deleguee else "BAIL_SIGNE",
        rendu_compte=False,
        refus_compte=False,
        neuf_compte=False,
        dalo_autre_contingent="ETAT",
        designation_mois=1,
        parts=(part,),
    )
