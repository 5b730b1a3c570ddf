"""Bad input: every fault at once, each with its pointer and what to do; exit 1, or 2 when nothing can be read."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.flux.calculateur.table import TABLE
from services.logis import application
from tests.appels import compter_les_appels

app = application(["flux"])


def lancer(kind: str, texte: str | bytes, *options: str) -> Result:
    return CliRunner().invoke(app, ["flux", "calculer", kind, *options], input=texte)


def fautes(kind: str, entrees: Any) -> dict[str, str]:
    """Code by pointer of the faults found."""
    result = lancer(kind, entrees if isinstance(entrees, str | bytes) else json.dumps(entrees), "--json")
    assert result.exit_code == 1, result.output
    trouvees = json.loads(result.stdout)["fautes"]
    assert all(une["message"].endswith((".", "?")) and une["remede"] for une in trouvees)
    return {une["pointeur"]: une["code"] for une in trouvees}


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize("texte", ["{}", "[]", "3", "null", '"flux"', '{"inconnu": 1}'])
def test_an_object_without_the_fields_is_refused(kind: str, texte: str) -> None:
    assert fautes(kind, texte)


@pytest.mark.parametrize("kind", TABLE)
def test_what_is_not_json_is_unreadable(kind: str) -> None:
    for texte in ("", "   ", "flux", "{", '{"a": }', "{'a': 1}", b"\xff\xfe\x00"):
        result = lancer(kind, texte)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.strip()
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("kind", "entrees", "attendues"),
    [
        (
            "flux_share",
            {"assiette": -1, "parts_percent": {"etat": 80, "commune": 30}, "contreparties": {"comune": "GARANTIE"}},
            {
                "/assiette": "negatif",
                "/parts_percent": "parts-plus-de-100",
                "/contreparties/comune": "titulaire-inconnu",
            },
        ),
        ("flux_share", {"assiette": 10, "parts_percent": {}}, {"/parts_percent": "vide"}),
        (
            "flux_share",
            {"assiette": 10, "parts_percent": {"etat": 30, "bailleur": 60}},
            {"/parts_percent": "parts-moins-de-100"},
        ),
        (
            "flux_share",
            {"assiette": "245", "parts_percent": {"etat": True, "a/b": -1, "c~d": 101, "": 2}},
            {
                "/assiette": "type-faux",
                "/parts_percent/etat": "type-faux",
                "/parts_percent/a~1b": "negatif",
                "/parts_percent/c~0d": "trop-grand",
                "/parts_percent/": "vide",
            },
        ),
        ("rotation", {"parc": 0, "taux_mobilite_percent": 9}, {"/parc": "trop-petit"}),
        (
            "rotation",
            {"parc": 10.5, "taux_mobilite_percent": 900},
            {"/parc": "non-entier", "/taux_mobilite_percent": "trop-grand"},
        ),
        ("conversion_mode1", {"parc": 0, "reserves": {"commune": 3}, "flux": 10}, {"/parc": "trop-petit"}),
        (
            "conversion_mode1",
            {"parc": 100, "reserves": {"commune": 80}, "etat_percent": 30, "flux": 10},
            {"/reserves": "parts-plus-de-100"},
        ),
        (
            "conversion_mode1",
            {"parc": 10, "reserves": {"commune": 11, "bailleur": 0}, "flux": 10},
            {"/reserves": "reserves-plus-que-parc", "/reserves/bailleur": "titulaire-calcule"},
        ),
        (
            "conversion_mode2",
            {"contingents": {"commune": {"logements": 0, "rotation_percent": 9}}, "flux": 10},
            {"/contingents": "parc-vide"},
        ),
        (
            "conversion_mode2",
            {"contingents": {"commune": {"logements": 3}, "epci": 4}, "flux": -2},
            {
                "/contingents/commune/rotation_percent": "champ-manquant",
                "/contingents/epci": "type-faux",
                "/flux": "negatif",
            },
        ),
        ("conversion_mode3", {"tranches": []}, {"/tranches": "vide"}),
        (
            "assiette",
            {
                "liberations_previsionnelles": 10,
                "dont_voues_vente_demolition": 4,
                "soustraits": {"mutations_internes": 7},
                "reel": {"liberations": 3, "soustraits": {"mutations_internes": 4}},
            },
            {"/liberations_previsionnelles": "assiette-negative", "/reel/liberations": "assiette-negative"},
        ),
        (
            "assiette",
            {"liberations_previsionnelles": 10, "soustraits": {"mutation_internes": 7, "relogements_orcod_l741": -1}},
            {"/soustraits/mutation_internes": "champ-inconnu", "/soustraits/relogements_orcod_l741": "negatif"},
        ),
        (
            "guarantee_split",
            {
                "logements_operation": 20,
                "quotites_garanties_percent": {"commune": 60, "epci": 60},
                "delegations": {"epci": "comune", "region": "commune"},
            },
            {
                "/quotites_garanties_percent": "parts-plus-de-100",
                "/delegations/epci": "titulaire-inconnu",
                "/delegations/region": "titulaire-inconnu",
            },
        ),
        (
            "guarantee_split",
            {
                "logements_operation": 20,
                "quotites_garanties_percent": {"commune": 50, "epci": 50},
                "delegations": {"epci": "commune", "commune": "epci"},
                "arrondi_total": "au pif",
            },
            {"/delegations": "delegation-circulaire", "/arrondi_total": "valeur-inconnue"},
        ),
        (
            "caps_validation",
            {"parts_percent": {"etat": 4, "dont_etat_agents": 5, "dont_autre": 1, "etat_prioritaires": 3}},
            {
                "/parts_percent/dont_etat_agents": "partie-trop-grande",
                "/parts_percent/dont_autre": "titulaire-inconnu",
                "/parts_percent/etat_prioritaires": "compte-deux-fois",
            },
        ),
        (
            "caps_validation",
            {
                "parts_percent": {"etat": 32},
                "derogations": [{"arrete": "n° 12", "du": "2026-06-01", "au": "2026-01-01"}],
            },
            {"/derogations/0/au": "dates-inversees", "/date_controle": "champ-manquant"},
        ),
        (
            "feasibility",
            {
                "parts_percent": {"etat": 30, "commune": 10},
                "taux_orientations_steriles_percent": {"etat": 100, "epci": 4},
            },
            {
                "/taux_orientations_steriles_percent/epci": "titulaire-inconnu",
                "/taux_orientations_steriles_percent/commune": "champ-manquant",
                "/taux_orientations_steriles_percent/etat": "trop-grand",
            },
        ),
        (
            "indicators",
            {"objectif": 60, "realise": 2.5, "debut": "2025-12-31", "fin": "2025-01-01", "date": "2025-06-31"},
            {"/realise": "non-entier", "/date": "date-fausse", "/fin": "dates-inversees"},
        ),
        ("quota_25", {"attributions": 10, "dont_prioritaires": 11}, {"/dont_prioritaires": "partie-trop-grande"}),
        ("quota_25", {"attributions": 10}, {"/dont_prioritaires": "champ-manquant"}),
        (
            "quota_25",
            {"attributions": 10, "dont_prioritaires": 1, "baux_signes_hors_qpv": 3},
            {"": "comptes-concurrents"},
        ),
        (
            "default_rule",
            {"etat_percent": 95, "reservataire_sans_convention": {"commune": 8}, "prefet_reprend": ["comune"]},
            {"/prefet_reprend/0": "titulaire-inconnu", "/reservataire_sans_convention": "parts-plus-de-100"},
        ),
        (
            "actualisation",
            {
                "part_percent": 8,
                "assiette_previsionnelle": 10,
                "assiette_reelle": 9,
                "assiette_a_date": 3,
                "realise": "x",
            },
            {"/realise": "type-faux", "/assiette_a_date": "bases-concurrentes"},
        ),
        (
            "orientation_sequence",
            {"shares_percent": {"etat": 60, "commune": 50}, "dwellings": 0, "tie_break": "au hasard"},
            {
                "/shares_percent": "parts-plus-de-100",
                "/dwellings": "trop-petit",
                "/tie_break": "departage-inconnu",
            },
        ),
        (
            "orientation_constrained",
            {
                "parts_percent_par_commune": {"A": {"etat": 30, "bailleur": 70}, "B": {"etat": 130}},
                "logements_communes": ["A", "C", {"commune": "A", "ecartes": ["etat", "bailleur", "epci"]}],
                "poids": {"global": 0, "commune": 0},
            },
            {
                "/parts_percent_par_commune/B/etat": "trop-grand",
                "/poids": "poids-nuls",
            },
        ),
        (
            "orientation_constrained",
            {
                "parts_percent_par_commune": {"A": {"etat": 30, "bailleur": 70}},
                "logements_communes": ["A", "C", {"commune": "A", "ecartes": ["etat", "bailleur", "epci"]}],
                "planchers": [{"axe": "qpv", "valeur": "hors_qpv", "reservataire": "etats", "part_percent": 30}],
            },
            {
                "/logements_communes/1": "commune-inconnue",
                "/logements_communes/2/ecartes/2": "titulaire-inconnu",
                "/logements_communes/2/ecartes": "personne-eligible",
                "/planchers/0/reservataire": "titulaire-inconnu",
            },
        ),
        (
            "imputation_unit",
            {
                "logements": [
                    {
                        "id": "L1",
                        "reservataire": "commune",
                        "mis_a_disposition": 1,
                        "attribution_prononcee": True,
                        "bail_signe": True,
                    }
                ],
                "politique": {"unite": "MISE"},
            },
            {"/logements/0/mis_a_disposition": "type-faux", "/politique/unite": "valeur-inconnue"},
        ),
    ],
)
def test_every_fault_comes_out_with_its_pointer(kind: str, entrees: Any, attendues: dict[str, str]) -> None:
    assert fautes(kind, entrees) == attendues


def test_a_key_written_twice_and_a_number_out_of_reason_are_faults() -> None:
    texte = '{"assiette": 1e999, "parts_percent": {"etat": NaN, "epci": 5, "epci": 6, "commune": 1e-400}}'
    assert fautes("flux_share", texte) == {
        "/assiette": "nombre-refuse",
        "/parts_percent/etat": "nombre-refuse",
        "/parts_percent/epci": "cle-en-double",
        "/parts_percent/commune": "nombre-refuse",
    }


def test_an_unknown_name_brings_the_nearest_one() -> None:
    result = lancer("flux_share", '{"asiette": 3, "assiette": 3, "parts_percent": {"etat": 30}}')
    assert result.exit_code == 1
    assert "/asiette" in result.stderr
    assert "« assiette »" in result.stderr
    kind = lancer("flux_shares", "{}")
    assert kind.exit_code == 2
    assert "« flux_share »" in kind.stderr


@pytest.mark.parametrize(
    "texte",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '{"parts_percent": ' + "9" * 1_000_000 + "}",
        '{"parts_percent": {' + ",".join(f'"h{i}": 0' for i in range(100_000)) + "}}",
        "x" * 9_000_000,
        "{" + ",".join(f'"k{i}": 0' for i in range(100_000)) + "}",
        '{"parts_percent": {'
        + ",".join(f'"h{i}": 0' for i in range(1000))
        + '}, "contreparties": {'
        + ",".join(f'"z{i}": "GARANTIE"' for i in range(100_000))
        + "}}",
    ],
    ids=["nested lists", "nested objects", "giant number", "holders", "too large", "unknown keys", "unknown holders"],
)
def test_a_hostile_input_is_refused_at_once(texte: str) -> None:
    result, calls = compter_les_appels(lambda: lancer("flux_share", texte, "--json"))
    assert calls < 5_000_000
    assert result.exit_code in {1, 2}
    assert isinstance(json.loads(result.stdout), dict)
    assert len(json.loads(result.stdout).get("fautes", ())) <= 1_001


def test_half_a_character_is_unreadable_and_a_whole_one_is_not() -> None:
    texte = '{"assiette": 10, "parts_percent": {"%s": 30}}'
    assert lancer("flux_share", texte % "\\ud83c", "--json").exit_code == 2
    assert lancer("flux_share", texte % "\\ud83c\\udfe0", "--json").exit_code == 0


def test_a_name_cannot_drive_the_terminal() -> None:
    result = lancer("flux_share", '{"assiette": 10, "parts_percent": {"etat": 30}, "\\u001b[31mrouge": 1}')
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("reprend", [3, "oui", None, [1]])
def test_a_value_of_several_forms_has_one_fault_at_its_own_place(reprend: Any) -> None:
    entrees = {"etat_percent": 30, "reservataire_sans_convention": {"commune": 8}, "prefet_reprend": reprend}
    assert fautes("default_rule", entrees) == {"/prefet_reprend": "type-faux"}


def test_a_dwelling_of_another_form_has_one_fault_at_its_own_place() -> None:
    entrees = {"parts_percent_par_commune": {"A": {"etat": 30}}, "logements_communes": ["A", 3, {"comune": "A"}, ""]}
    assert fautes("orientation_constrained", entrees) == {
        "/logements_communes/1": "type-faux",
        "/logements_communes/2/commune": "champ-manquant",
        "/logements_communes/2/comune": "champ-inconnu",
        "/logements_communes/3/commune": "vide",
    }


def test_the_list_documents_every_kind() -> None:
    result = CliRunner().invoke(app, ["flux", "calculer", "--liste", "--json"])
    liste = json.loads(result.stdout)
    assert [un["kind"] for un in liste["calculs"]] == list(TABLE)
    for un in liste["calculs"]:
        assert un["formule"]
        assert un["sources"]
        assert un["entrees"]["properties"]
        assert un["entrees"]["additionalProperties"] is False
    assert {p["code"] for p in liste["parametres"]} >= {"part-etat-max", "part-garanties-max", "bilan-echeance"}
    texte = CliRunner().invoke(app, ["flux", "calculer", "--liste"])
    assert all(kind in texte.stdout for kind in TABLE)


def test_without_a_kind_the_command_says_what_to_give() -> None:
    result = CliRunner().invoke(app, ["flux", "calculer"])
    assert result.exit_code == 2
    assert "--liste" in result.stderr
