"""The territory: every line of the files reads, known places answer, distances say how good they are."""

import subprocess
import sys
from collections import Counter

import pytest

from contracts import territoire
from contracts.territoire import Point, TerritoireInconnu

STRASBOURG, SCHILTIGHEIM, MULHOUSE = "67482", "67447", "68224"
EMS, M2A = "246700488", "200066009"


def test_a_known_commune() -> None:
    une = territoire.commune(STRASBOURG)
    assert (une.nom, une.departement, une.region, une.epci) == ("Strasbourg", "67", "44", EMS)
    assert une.codes_postaux == ("67000", "67100", "67200")
    assert une.population == 293_771
    assert une.point is Point.LIEU


def test_every_line_of_the_files_reads() -> None:
    communes = [territoire.commune(code) for code in territoire._lignes()]
    assert len(communes) == 35_014
    assert Counter(une.point for une in communes)[Point.LIEU] == 14_675
    assert sum(une.arrondissement_de is not None for une in communes) == 45
    assert {une.epci for une in communes if une.epci} <= set(territoire._epci())
    assert len(territoire._epci()) == 1_266


def test_a_name_with_a_comma_or_an_apostrophe_is_whole() -> None:
    assert territoire.commune("01001").nom == "L'Abergement-Clémenciat"
    assert territoire.commune("2A004").nom == "Ajaccio"


def test_the_epci_of_a_commune_and_its_communes() -> None:
    ems = territoire.epci_de(STRASBOURG)
    assert ems is not None
    assert (ems.siren, ems.nom, ems.type) == (EMS, "Eurométropole de Strasbourg", "METRO")
    assert territoire.epci_de(MULHOUSE) == territoire.epci(M2A)
    assert {STRASBOURG, SCHILTIGHEIM} <= set(territoire.communes_de(EMS))
    assert len(territoire.communes_de(EMS)) == 33
    assert len(territoire.communes_de(M2A)) == 39
    assert all(territoire.commune(c).epci == EMS for c in territoire.communes_de(EMS))


def test_an_arrondissement_has_the_epci_of_its_commune() -> None:
    assert territoire.epci_de("13201") == territoire.epci_de("13055")
    assert territoire.epci_de("75101") == territoire.epci("200054781")


def test_a_commune_outside_any_epci() -> None:
    assert territoire.epci_de("97701") is None


def test_the_communes_of_a_departement() -> None:
    assert len(territoire.communes_du_departement("2A")) == 124
    assert MULHOUSE in territoire.communes_du_departement("68")
    assert STRASBOURG not in territoire.communes_du_departement("68")


def test_postal_codes_find_their_communes() -> None:
    assert SCHILTIGHEIM in territoire.communes_du_code_postal("67300")
    assert territoire.communes_du_code_postal("99999") == ()


@pytest.mark.parametrize(
    ("code", "attendu"),
    [(STRASBOURG, "067"), (MULHOUSE, "068"), ("75101", "111"), ("93066", "111"), ("2A004", "02A"), ("97411", "974")],
)
def test_the_territory_of_a_numero_unique(code: str, attendu: str) -> None:
    assert territoire.code_territoire(code) == attendu


def test_a_distance_between_two_known_places() -> None:
    trajet = territoire.distance(STRASBOURG, MULHOUSE)
    assert trajet is not None
    assert not trajet.estimee
    assert 97_000 < trajet.metres < 98_500
    assert trajet == territoire.distance(MULHOUSE, STRASBOURG)


def test_a_degree_of_latitude_is_111_195_metres() -> None:
    assert territoire._haversine(45.0, 5.0, 46.0, 5.0) == 111_195
    assert territoire._haversine(0.0, 0.0, 0.0, 180.0) == 20_015_114


def test_a_distance_from_an_estimated_point_says_so() -> None:
    trajet = territoire.distance("01001", STRASBOURG)
    assert trajet is not None
    assert trajet.estimee


def test_no_distance_without_a_point_and_none_to_walk_in_the_same_commune() -> None:
    assert territoire.distance("97701", STRASBOURG) is None
    assert territoire.distance("97701", "97701") == territoire.Distance(0, estimee=False)


@pytest.mark.parametrize(
    "demande",
    [
        lambda: territoire.commune("67999"),
        lambda: territoire.epci("123456789"),
        lambda: territoire.communes_de("123456789"),
        lambda: territoire.communes_du_departement("20"),
    ],
)
def test_an_unknown_code_is_refused(demande) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TerritoireInconnu, match=r"code|SIREN"):
        demande()
    assert not territoire.existe("67999")


def test_the_index_is_ready_without_reading_every_commune() -> None:
    """Calls made in a fresh process: about 2,700, most of them for the EPCI; a row read for each commune makes 35,000 more."""
    script = (
        "import sys; from contracts import territoire\n"
        "calls = []; sys.setprofile(lambda *call: calls.append(call[1]))\n"
        "territoire.epci_de('67482'); sys.setprofile(None); print(len(calls))"
    )
    assert int(subprocess.check_output([sys.executable, "-c", script])) < 10_000
