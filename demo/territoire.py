"""The two EPCI of the demonstration and how households spread over their communes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, radians
from types import MappingProxyType

from demo import donnees
from demo.tirages import Table

_KM_PAR_DEGRE = 111.2
_PORTEE_KM = 6.0
"""Distance at which a neighbouring commune draws half as much as the one next door: an assumption."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, its postal codes and the quarters that an applicant may name."""

    code: str
    nom: str
    departement: str
    population: int
    codes_postaux: tuple[str, ...]
    quartiers: tuple[str, ...]
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Epci:
    """An EPCI: where its applicants live, and which other communes someone who names one also names."""

    siren: str
    departement: str
    communes: Mapping[str, Commune]
    residence: Table[str]
    voisines: Mapping[str, Table[str]]


EUROMETROPOLE_DE_STRASBOURG = "246700488"
MULHOUSE_ALSACE_AGGLOMERATION = "200066009"

HORS_EPCI = Table({("67180", "67500"): 30, ("67462", "67600"): 20, ("68066", "68000"): 30, ("68297", "68300"): 20})
"""Where applicants from elsewhere live: Haguenau, Sélestat, Colmar, Saint-Louis (code, postal code). An assumption."""


@cache
def epcis() -> Mapping[str, Epci]:
    """The two EPCI by SIREN."""
    par_epci: dict[str, dict[str, Commune]] = {}
    for ligne in donnees.lignes("communes.csv", ","):
        par_epci.setdefault(ligne["epci_siren"], {})[ligne["code_insee"]] = _commune(ligne)
    return MappingProxyType({siren: _epci(siren, communes) for siren, communes in par_epci.items()})


@cache
def choix_epci() -> Table[str]:
    """The EPCI where a household asks first, by population."""
    return Table({siren: sum(c.population for c in epci.communes.values()) for siren, epci in epcis().items()})


def _commune(ligne: Mapping[str, str]) -> Commune:
    code = ligne["code_insee"]
    return Commune(
        code=code,
        nom=ligne["nom"],
        departement=ligne["departement"],
        population=int(ligne["population"]),
        codes_postaux=tuple(ligne["codes_postaux"].split()),
        quartiers=tuple(q["quartier"] for q in donnees.lignes("quartiers.csv") if q["commune"] == code),
        latitude=float(ligne["latitude"]),
        longitude=float(ligne["longitude"]),
    )


def _epci(siren: str, communes: dict[str, Commune]) -> Epci:
    return Epci(
        siren=siren,
        departement=next(iter(communes.values())).departement,
        communes=MappingProxyType(communes),
        residence=Table({code: commune.population for code, commune in communes.items()}),
        voisines=MappingProxyType({code: _voisines(commune, communes) for code, commune in communes.items()}),
    )


def _voisines(depart: Commune, communes: Mapping[str, Commune]) -> Table[str]:
    """The other communes, by population and nearness."""
    return Table(
        {
            code: autre.population / (1 + _distance_km(depart, autre) / _PORTEE_KM)
            for code, autre in communes.items()
            if code != depart.code
        }
    )


def _distance_km(une: Commune, autre: Commune) -> float:
    """Flat distance: good enough inside an EPCI, used for a plausible choice only."""
    nord = (une.latitude - autre.latitude) * _KM_PAR_DEGRE
    est = (une.longitude - autre.longitude) * _KM_PAR_DEGRE * cos(radians(une.latitude))
    return hypot(nord, est)
