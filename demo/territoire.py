"""The two EPCI of the demonstration and how households spread over their communes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from contracts import territoire as referentiel
from demo import donnees
from demo.tirages import Table

_PORTEE_M = 6_000
"""Distance at which a neighbouring commune draws half as much as the one next door: an assumption."""


@dataclass(frozen=True, slots=True)
class Epci:
    """An EPCI: where its applicants live, and which other communes someone who names one also names."""

    siren: str
    departement: str
    communes: Mapping[str, referentiel.Commune]
    residence: Table[str]
    voisines: Mapping[str, Table[str]]


EUROMETROPOLE_DE_STRASBOURG = "246700488"
MULHOUSE_ALSACE_AGGLOMERATION = "200066009"

HORS_EPCI = Table({("67180", "67500"): 30, ("67462", "67600"): 20, ("68066", "68000"): 30, ("68297", "68300"): 20})
"""Where applicants from elsewhere live: Haguenau, Sélestat, Colmar, Saint-Louis (code, postal code). An assumption."""


@cache
def epcis() -> Mapping[str, Epci]:
    """The two EPCI by SIREN."""
    return MappingProxyType(
        {siren: _epci(siren) for siren in (EUROMETROPOLE_DE_STRASBOURG, MULHOUSE_ALSACE_AGGLOMERATION)}
    )


@cache
def choix_epci() -> Table[str]:
    """The EPCI where a household asks first, by population."""
    return Table({siren: sum(map(habitants, epci.communes.values())) for siren, epci in epcis().items()})


@cache
def quartiers(code: str) -> tuple[str, ...]:
    """The quarters of a commune that an applicant may name."""
    return tuple(ligne["quartier"] for ligne in donnees.lignes("quartiers.csv") if ligne["commune"] == code)


def habitants(commune: referentiel.Commune) -> int:
    """Population, 0 where the source gives none."""
    return commune.population or 0


def _epci(siren: str) -> Epci:
    communes = {code: referentiel.commune(code) for code in referentiel.communes_de(siren)}
    return Epci(
        siren=siren,
        departement=next(iter(communes.values())).departement,
        communes=MappingProxyType(communes),
        residence=Table({code: habitants(commune) for code, commune in communes.items()}),
        voisines=MappingProxyType({code: _voisines(code, communes) for code in communes}),
    )


def _voisines(depart: str, communes: Mapping[str, referentiel.Commune]) -> Table[str]:
    """The other communes, by population and nearness."""
    poids: dict[str, float] = {}
    for code, autre in communes.items():
        distance = referentiel.distance(depart, code)
        if code != depart and distance is not None:
            poids[code] = habitants(autre) / (1 + distance.metres / _PORTEE_M)
    return Table(poids)
