"""Communes, EPCI, départements and distances, from the files of this folder (attribution and licences in README.md).

The index keeps the lines unparsed and reads the one that is asked: loading costs some 30 ms, not the 200 ms of a full
parse.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt

MILLESIME = 2026
"""Vintage of the INSEE codes held here: a commune code travels with its vintage."""

ILE_DE_FRANCE = "11"
_RAYON_TERRE_M = 6_371_008.8
_COMMUNES_A_ARRONDISSEMENTS = {"13": "13055", "69": "69123", "75": "75056"}
_DOSSIER = files("contracts") / "territoire"


class TerritoireInconnu(LookupError):
    """No commune, EPCI or département has this code at the vintage in force."""


class Point(StrEnum):
    """How good the coordinates of a commune are (README.md)."""

    LIEU = "geonames"
    MOYENNE_EPCI = "epci"
    MEDIANE_DEPARTEMENT = "departement"
    ABSENT = ""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune or an arrondissement municipal. `population` is None where the source gives none.

    latitude, longitude: degrees, WGS 84; None when `point` is ABSENT. epci: SIREN, None outside any EPCI.
    """

    code: str
    nom: str
    departement: str
    region: str
    epci: str | None
    population: int | None
    codes_postaux: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    point: Point
    arrondissement_de: str | None = None


@dataclass(frozen=True, slots=True)
class Epci:
    """An EPCI with own taxation, or an EPT of the Grand Paris. `type`: CC, CA, CU, METRO, MET69 or EPT."""

    siren: str
    nom: str
    type: str
    population: int | None


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance as the crow flies, in whole metres; `estimee` when one of the two points is not the place itself."""

    metres: int
    estimee: bool


@lru_cache(maxsize=4096)
def commune(code: str) -> Commune:
    """The commune of an INSEE code (`67482`, `2A004`). Raises TerritoireInconnu."""
    ligne = _lignes().get(code)
    if ligne is None:
        raise TerritoireInconnu(f"Aucune commune ne porte le code INSEE « {code} » au millésime {MILLESIME}.")
    return _commune(ligne)


def existe(code: str) -> bool:
    """Whether a commune has this INSEE code."""
    return code in _lignes()


def epci(siren: str) -> Epci:
    """The EPCI or EPT of a SIREN. Raises TerritoireInconnu."""
    trouve = _epci().get(siren)
    if trouve is None:
        raise TerritoireInconnu(f"Aucun EPCI ne porte le SIREN « {siren} » au millésime {MILLESIME}.")
    return trouve


def epci_de(code_commune: str) -> Epci | None:
    """The EPCI of a commune, None for the few that have none; an arrondissement has that of its commune.

    Raises TerritoireInconnu. In the Grand Paris it is the métropole: the source does not give the EPT (README.md).
    """
    une = commune(code_commune)
    if une.arrondissement_de:
        une = commune(une.arrondissement_de)
    return epci(une.epci) if une.epci else None


@cache
def communes_de(siren: str) -> tuple[str, ...]:
    """INSEE codes of the communes of an EPCI, sorted; empty for an EPT. Raises TerritoireInconnu."""
    epci(siren)
    marque = f",{siren},"
    return tuple(sorted(code for code, ligne in _lignes().items() if marque in ligne))


@cache
def communes_du_departement(departement: str) -> tuple[str, ...]:
    """INSEE codes of the communes of a département (`67`, `2A`, `974`), sorted. Raises TerritoireInconnu."""
    trouvees = [c for c in _lignes() if c.startswith(departement) and commune(c).departement == departement]
    if not trouvees:
        raise TerritoireInconnu(f"Aucun département ne porte le code « {departement} ».")
    return tuple(sorted(trouvees))


def communes_du_code_postal(code_postal: str) -> tuple[str, ...]:
    """INSEE codes of the communes that use a postal code, sorted; empty when none does."""
    return _par_code_postal().get(code_postal, ())


def code_territoire(code_commune: str) -> str:
    """First three characters of a numéro unique issued for this commune: `067`, `02A`, `974`, `111` in Île-de-France.

    Source: demande.md §2.1 (the Corsican and overseas forms were not observed). Raises TerritoireInconnu.
    """
    une = commune(code_commune)
    return f"1{une.region}" if une.region == ILE_DE_FRANCE else une.departement.rjust(3, "0")


def distance(origine: str, arrivee: str) -> Distance | None:
    """Great-circle distance between the centres of two communes; None when a point is unknown.

    0 within one commune. Raises TerritoireInconnu.
    """
    depart, but = commune(origine), commune(arrivee)
    if depart.code == but.code:
        return Distance(0, estimee=False)
    if depart.latitude is None or depart.longitude is None or but.latitude is None or but.longitude is None:
        return None
    metres = _haversine(depart.latitude, depart.longitude, but.latitude, but.longitude)
    return Distance(metres, estimee=not depart.point == but.point == Point.LIEU)


def _haversine(lat1: float, lon1: float, lat2: float, lon2: float) -> int:
    phi1, phi2 = radians(lat1), radians(lat2)
    corde = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return round(2 * _RAYON_TERRE_M * asin(sqrt(min(1.0, corde))))


@cache
def _lignes() -> dict[str, str]:
    lignes = (_DOSSIER / "communes.csv").read_text(encoding="utf-8").splitlines()
    return {ligne[:5]: ligne for ligne in lignes[1:]}


@cache
def _epci() -> dict[str, Epci]:
    lignes = (_DOSSIER / "epci.csv").read_text(encoding="utf-8").splitlines()
    return {
        siren: Epci(siren, nom, type_, int(population) if population else None)
        for siren, nom, type_, population in csv.reader(lignes[1:])
    }


@cache
def _par_code_postal() -> dict[str, tuple[str, ...]]:
    par_code: dict[str, list[str]] = {}
    for code, ligne in _lignes().items():
        for code_postal in _commune(ligne).codes_postaux:
            par_code.setdefault(code_postal, []).append(code)
    return {code_postal: tuple(sorted(codes)) for code_postal, codes in par_code.items()}


def _commune(ligne: str) -> Commune:
    code, nom, type_, departement, region, siren, population, postaux, latitude, longitude, point = next(
        csv.reader([ligne])
    )
    arrondissement = type_ == "arrondissement-municipal"
    return Commune(
        code=code,
        nom=nom,
        departement=departement,
        region=region,
        epci=siren or None,
        population=int(population) if population else None,
        codes_postaux=tuple(postaux.split()),
        latitude=float(latitude) if latitude else None,
        longitude=float(longitude) if longitude else None,
        point=Point(point),
        arrondissement_de=_COMMUNES_A_ARRONDISSEMENTS[departement] if arrondissement else None,
    )
