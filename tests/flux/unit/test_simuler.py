"""`logis flux simuler`: a year's vacancies under given shares, its figures, its chart, its faults."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.logis import application

app = application(["flux"])

PARTS = {"etat_prioritaires": 25, "etat_agents": 5, "action_logement": 22, "commune": 12, "departement": 3}
COMMUNES = {
    "67482": {"etat": 30, "action_logement": 20, "commune_strasbourg": 20},
    "67447": {"etat": 30, "action_logement": 20, "commune_schiltigheim": 15},
}


def annee(combien: int = 245) -> list[dict[str, str]]:
    return [
        {
            "date": (date(2026, 1, 2) + timedelta(days=rang)).isoformat(),
            "id": f"L{rang:03d}",
            "commune": "67447" if rang % 3 == 0 else "67482",
            "qpv": "qpv" if rang % 4 == 0 else "hors_qpv",
        }
        for rang in range(combien)
    ]


def simuler(dossier: Path, entrees: dict[str, Any], *options: str) -> Result:
    (dossier / "parts.json").write_text(json.dumps(entrees), encoding="utf-8")
    return CliRunner().invoke(app, ["flux", "simuler", "--parts", str(dossier / "parts.json"), *options])


def resultat(dossier: Path, entrees: dict[str, Any], *options: str) -> dict[str, Any]:
    result = simuler(dossier, entrees, "--json", *options)
    assert result.exit_code == 0, result.output
    lu: dict[str, Any] = json.loads(result.stdout, parse_float=Decimal)
    return lu


def fautes(dossier: Path, entrees: dict[str, Any], *options: str) -> dict[str, str]:
    result = simuler(dossier, entrees, "--json", *options)
    assert result.exit_code == 1, result.output
    return {une["pointeur"]: une["code"] for une in json.loads(result.stdout)["fautes"]}


def test_a_year_under_fixed_shares_stays_under_the_bound(tmp_path: Path) -> None:
    obtenu = resultat(tmp_path, {"parts_percent": PARTS, "liberations": annee()})
    assert (obtenu["methode"], obtenu["liberations"], obtenu["portees"]) == ("tijdeman", 245, ["suite"])
    assert obtenu["borne"] == Decimal("0.9")
    assert obtenu["ecart_max"] <= obtenu["borne"]
    recus = {un["titulaire"]: un["recus"] for un in obtenu["titulaires"]}
    assert sum(recus.values()) == 245
    objectifs = {un["titulaire"]: un["objectif_exact"] for un in obtenu["titulaires"]}
    assert objectifs["etat_prioritaires"] == Decimal("61.25")
    assert objectifs["bailleur"] == Decimal("80.85")
    assert all(abs(recus[nom] - objectifs[nom]) <= obtenu["borne"] for nom in recus)


def test_shares_by_commune_hold_globally_and_locally(tmp_path: Path) -> None:
    obtenu = resultat(tmp_path, {"parts_percent_par_commune": COMMUNES, "liberations": annee()})
    assert obtenu["methode"] == "multi_axes"
    assert obtenu["ecart_max"] <= obtenu["borne"]
    assert obtenu["ecart_max"] < 2
    assert max(obtenu["strates"]["commune/67482"], obtenu["strates"]["commune/67447"]) < 2


def test_the_order_is_the_order_of_days(tmp_path: Path) -> None:
    liberations = annee(20)
    droit = resultat(tmp_path, {"parts_percent": PARTS, "liberations": liberations})
    envers = resultat(tmp_path, {"parts_percent": PARTS, "liberations": liberations[::-1]})
    assert droit == envers


def test_an_avenant_changes_the_shares_from_its_day(tmp_path: Path) -> None:
    avenant = {"le": "2026-04-12", "parts_percent": {"etat": 100}}
    obtenu = resultat(tmp_path, {"parts_percent": {"etat": 50}, "avenants": [avenant], "liberations": annee(200)})
    assert obtenu["portees"] == ["suite", "decision"]
    titulaires = [un["titulaire"] for un in obtenu["orientations"]]
    assert titulaires[:100].count("etat") == 50
    assert set(titulaires[100:]) == {"etat"}


@pytest.mark.parametrize(("compte", "etat"), [(True, 5), (False, 6)])
def test_a_dwelling_given_back_goes_to_another_and_the_turn_is_spent_or_not(
    tmp_path: Path, compte: bool, etat: int
) -> None:
    liberations: list[dict[str, str]] = [dict(une) for une in annee(12)]
    liberations[0]["rendu_le"] = "2026-01-05"
    entrees = {"parts_percent": {"etat": 50}, "rendu_compte": compte, "liberations": liberations}
    obtenu = resultat(tmp_path, entrees)
    assert (obtenu["liberations"], obtenu["rendus"], len(obtenu["orientations"])) == (12, 1, 13)
    deux = [un for un in obtenu["orientations"] if un["id"] == "L000"]
    assert [(un["date"], un["titulaire"]) for un in deux] == [("2026-01-02", "etat"), ("2026-01-05", "bailleur")]
    servis = [un["titulaire"] for un in obtenu["orientations"]][1:]
    assert servis.count("etat") == etat
    assert all(un["ecart_max"] <= un["borne"] and sum(un["credits"].values()) == 0 for un in obtenu["orientations"])


def test_the_inputs_are_documented(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["flux", "simuler", "--schema", "--json"])
    assert set(json.loads(result.stdout)["properties"]) >= {"parts_percent", "planchers", "avenants", "liberations"}


@pytest.mark.parametrize("separateur", [",", ";"])
def test_vacancies_come_from_a_csv(tmp_path: Path, separateur: str) -> None:
    lignes = [
        ["date", "id", "commune", "ecartes"],
        ["2026-03-01", "L2", "67482", "etat|bailleur"],
        ["2026-02-01", "L1", "", ""],
    ]
    texte = "\n".join(separateur.join(ligne) for ligne in lignes)
    (tmp_path / "annee.csv").write_text(texte, encoding="utf-8-sig")
    entrees = {"parts_percent": {"etat": 30, "commune": 20}}
    obtenu = resultat(tmp_path, entrees, "--liberations", str(tmp_path / "annee.csv"))
    assert [(un["id"], un["titulaire"]) for un in obtenu["orientations"]] == [("L1", "bailleur"), ("L2", "commune")]


def test_vacancies_come_from_a_json_file_too(tmp_path: Path) -> None:
    (tmp_path / "annee.json").write_text(json.dumps(annee(3)), encoding="utf-8")
    obtenu = resultat(tmp_path, {"parts_percent": PARTS}, "--liberations", str(tmp_path / "annee.json"))
    assert obtenu["liberations"] == 3


def test_the_chart_is_drawn_and_the_same_year_gives_the_same_picture(tmp_path: Path) -> None:
    entrees = {"parts_percent": PARTS, "liberations": annee(60)}
    images = []
    for nom in ("a.svg", "b.svg", "c.png"):
        result = simuler(tmp_path, entrees, "--image", str(tmp_path / nom))
        assert result.exit_code == 0, result.output
        images.append((tmp_path / nom).read_bytes())
    assert images[0] == images[1]
    assert images[0].startswith(b"<?xml")
    assert images[2].startswith(b"\x89PNG")
    assert len(images[2]) > 20_000


def test_the_report_for_people_names_deviation_and_bound(tmp_path: Path) -> None:
    result = simuler(tmp_path, {"parts_percent": PARTS, "liberations": annee(100)})
    assert result.exit_code == 0
    assert "100 orientations, règle tijdeman" in result.stdout
    assert "borne 0,9 (suite)" in result.stdout


@pytest.mark.parametrize(
    ("entrees", "attendues"),
    [
        ({"parts_percent": PARTS}, {"/liberations": "champ-manquant"}),
        ({"parts_percent": PARTS, "liberations": []}, {"/liberations": "vide"}),
        ({"liberations": annee(1)}, {"": "parts-manquantes"}),
        (
            {"parts_percent": {"etat": 130}, "liberations": [{"date": "2026-13-01", "id": "L1"}]},
            {"/parts_percent/etat": "trop-grand", "/liberations/0/date": "date-fausse"},
        ),
        (
            {"parts_percent": {"etat": 60, "epci": 60}, "liberations": annee(1) * 2},
            {"/parts_percent": "parts-plus-de-100", "/liberations/1/id": "id-en-double"},
        ),
        (
            {
                "parts_percent_par_commune": COMMUNES,
                "methode": "tijdeman",
                "liberations": [
                    {"date": "2026-01-01", "id": "L1", "commune": "67448", "rendu_le": "2025-12-31"},
                    {"date": "2026-01-01", "id": "L2", "commune": "67482", "ecartes": ["etats"]},
                ],
            },
            {
                "/methode": "methode-impossible",
                "/liberations/0/commune": "commune-inconnue",
                "/liberations/0/rendu_le": "dates-inversees",
                "/liberations/1/ecartes/0": "titulaire-inconnu",
            },
        ),
        (
            {
                "parts_percent": PARTS,
                "planchers": [{"axe": "qpv", "valeur": "qpv", "reservataire": "état", "part_percent": 30}],
                "avenants": [{"le": "2026-02-01", "parts_percent_par_commune": COMMUNES}],
                "liberations": annee(1),
            },
            {"/planchers/0/reservataire": "titulaire-inconnu", "/avenants/0": "parts-d-une-autre-forme"},
        ),
    ],
)
def test_every_fault_of_a_year_comes_out(tmp_path: Path, entrees: dict[str, Any], attendues: dict[str, str]) -> None:
    assert fautes(tmp_path, entrees) == attendues


@pytest.mark.parametrize(
    "options",
    [("--liberations", "absent.csv"), ("--liberations", "mauvais.csv"), ("--image", "annee.gif")],
)
def test_a_file_that_cannot_serve_is_said(tmp_path: Path, options: tuple[str, str]) -> None:
    (tmp_path / "mauvais.csv").write_text("date,id\n2026-01-01,L1,de trop\n", encoding="utf-8")
    entrees = {"parts_percent": PARTS, "liberations": annee(1)}
    result = simuler(tmp_path, entrees, options[0], str(tmp_path / options[1]))
    assert result.exit_code == 2
    assert result.stderr.strip().endswith(".")
