"""`logis demo`, small: the main job on real parts, and a report that says what happened."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

_OPTIONS = ("--demandes", "300", "--logements", "600", "--liberations", "12", "--baux", "2", "--json")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run, read by every test of this file."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "services.logis", "demo", *_OPTIONS, "--dossier", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOGIS_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"region.log": (folder / "region" / "region.log").read_text()}


def test_every_demande_of_the_file_is_in_or_said_line_by_line(report: Mapping[str, Any]) -> None:
    demandes = report["demandes"]
    assert demandes["importees"] + demandes["incompletes"] + demandes["refusees"] == 300
    assert len(demandes["lignes_refusees"]) == demandes["refusees"] > 0
    assert all(set(line) >= {"ligne", "champ", "code", "message"} for line in demandes["lignes_refusees"])
    assert report["cotations"]["demandes_cotees"] == demandes["importees"]
    assert report["cotations"]["etablies"] >= demandes["importees"]


def test_dwellings_are_oriented_within_the_bound_and_let_after_a_refusal(report: Mapping[str, Any]) -> None:
    orientations = report["orientations"]
    assert report["liberations"] == 24 == orientations["faites"] + orientations["soustraites"]
    assert sum(orientations["par_titulaire"].values()) == orientations["faites"] > 0
    assert 0 < Fraction(orientations["ecart_max"]) <= Fraction(orientations["borne"])
    assert report["baux"] == report["refus"] == 2


def test_a_dwelling_is_followed_from_its_orientation_to_one_imputation(report: Mapping[str, Any]) -> None:
    suivie = report["suivie"]
    refusante, retenue, livre = suivie["refusante"], suivie["retenue"], suivie["grand_livre"]
    changement = refusante["changement"]
    assert Fraction(changement["apres"]) < Fraction(changement["avant"]) == Fraction(refusante["note"]["total"])
    assert any("refus d'une proposition" in phrase for phrase in changement["recit"])
    assert (refusante["statut"], retenue["statut"]) == ("ACTIVE", "RADIEE")
    assert {"attestation", "proposition", "proposition-refusee"} <= set(refusante["messages"])
    assert {"attestation", "proposition", "bail-signe"} <= set(retenue["messages"])
    assert [nature for nature, _ in livre["ecritures"]] == ["ENGAGE", "COMPTABILISE"]
    assert (livre["imputes_apres"], livre["engages_apres"]) == (livre["imputes_avant"] + 1, livre["engages_avant"] - 1)


def test_the_ledger_sums_to_what_was_oriented(report: Mapping[str, Any]) -> None:
    lines = report["grand_livre"]
    assert sum(Fraction(line["du"]) for line in lines) == report["orientations"]["faites"]
    assert sum(line["proposes"] for line in lines) == report["orientations"]["faites"]
    assert all(abs(Fraction(line["ecart"])) <= Fraction(line["borne"]) for line in lines)


def test_applicants_have_their_mails_and_landlords_their_signed_calls(report: Mapping[str, Any]) -> None:
    webhooks = report["webhooks"]
    assert report["messages"] > 100
    assert webhooks["livres"] == webhooks["verifies"] == sum(webhooks["par_type"].values()) > 0
    assert webhooks["par_type"]["logement.oriente.v1"] == report["orientations"]["faites"]
    assert webhooks["par_type"]["bail.signe.v1"] == report["baux"]


def test_the_whole_region_is_verified(report: Mapping[str, Any]) -> None:
    verification = report["verification"]
    assert verification["conforme"]
    assert all(controle["ecarts"] == 0 for controle in verification["controles"])
    assert sum(controle["examines"] for controle in verification["controles"]) > 3_000


def test_no_service_had_anything_to_complain_of(report: Mapping[str, Any]) -> None:
    """An event that a consumer cannot take is parked, and said at this level."""
    assert not [line for line in report["region.log"].splitlines() if '"level": "error"' in line]


def test_the_report_says_what_it_cost(report: Mapping[str, Any]) -> None:
    steps = {"import", "cotation", "logements", "attributions", "messages", "verification"}
    assert set(report["durees_s"]) == steps | {"population", "region", "total"}
    assert all(seconds >= 0 for seconds in report["durees_s"].values())
    assert report["memoire_octets"] > 100 * 2**20
