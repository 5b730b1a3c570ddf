"""Optional inputs met in practice, each with values worked by hand."""

import json
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from services.logis import application

app = application(["flux"])


def calculer(kind: str, entrees: dict[str, Any]) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["flux", "calculer", kind, "--json"], input=json.dumps(entrees))
    assert result.exit_code == 0, result.output
    resultat: dict[str, Any] = json.loads(result.stdout, parse_float=Decimal)
    return resultat


# Guarantees


@pytest.mark.duty("flux:L19")
def test_the_ceiling_is_rounded_down_and_the_split_gives_the_largest_remainders() -> None:
    # 20 % of 23 = 4.6, so 4; 4 × 40/35/25 % = 1.6, 1.4, 1.0: the missing one goes to the commune.
    resultat = calculer(
        "guarantee_split",
        {"logements_operation": 23, "quotites_garanties_percent": {"commune": 40, "epci": 35, "departement": 25}},
    )
    assert resultat["droits_total"] == 4
    assert resultat["droits"] == {"commune": 2, "epci": 1, "departement": 1}
    assert resultat["droits_total_exact"] == Decimal("4.6")
    assert resultat["violations"] == []


@pytest.mark.duty("flux:L19")
def test_rounding_the_rights_up_breaks_the_ceiling() -> None:
    entrees = {"logements_operation": 23, "quotites_garanties_percent": {"commune": 100}, "arrondi_total": "superieur"}
    resultat = calculer("guarantee_split", entrees)
    assert resultat["droits_total"] == 5
    assert resultat["violations"] == ["COLLECTIVITES_GARANTIE_GT_20"]


def test_each_guarantor_may_be_rounded_on_its_own() -> None:
    quotites = {"commune": 50, "epci": 30, "departement": 20}
    entrees = {"logements_operation": 23, "quotites_garanties_percent": quotites}
    # exact: 2.3, 1.38, 0.92
    bas = calculer("guarantee_split", {**entrees, "arrondi_parts": "inferieur"})
    assert bas["droits"] == {"commune": 2, "epci": 1, "departement": 0}
    proche = calculer("guarantee_split", {**entrees, "arrondi_parts": "proche"})
    assert proche["droits"] == {"commune": 2, "epci": 1, "departement": 1}
    assert proche["droits_total"] == 4


def test_what_nobody_guarantees_opens_no_right() -> None:
    resultat = calculer(
        "guarantee_split", {"logements_operation": 40, "quotites_garanties_percent": {"commune": 50, "epci": 0}}
    )
    assert resultat["droits_total"] == 4
    assert resultat["droits"] == {"commune": 4, "epci": 0}


def test_a_delegation_moves_the_designation_and_not_the_right() -> None:
    resultat = calculer(
        "guarantee_split",
        {
            "logements_operation": 20,
            "quotites_garanties_percent": {"commune": 25, "epci": 25, "departement": 50, "agence": 0},
            "delegations": {"epci": "commune", "departement": "agence"},
        },
    )
    assert resultat["droits"] == {"commune": 2, "epci": 0, "departement": 0, "agence": 2}
    assert resultat["titulaires"] == {"commune": 1, "epci": 1, "departement": 2, "agence": 0}


def test_equal_guarantors_are_told_apart_by_the_listed_order_and_named() -> None:
    quotites = {"commune": Decimal("33.3"), "epci": Decimal("33.3"), "departement": Decimal("33.3")}
    entrees = {"logements_operation": 20, "quotites_garanties_percent": dict.fromkeys(quotites, 33.3)}
    resultat = calculer("guarantee_split", entrees)
    # 99.9 % guaranteed: 3.996 rights, 3 once rounded down, one each.
    assert resultat["droits"] == {"commune": 1, "epci": 1, "departement": 1}
    assert resultat["ex_aequo"] == []
    cinq = calculer("guarantee_split", {"logements_operation": 25, "quotites_garanties_percent": {"a": 50, "b": 50}})
    assert cinq["droits"] == {"a": 3, "b": 2}
    assert cinq["ex_aequo"] == ["a", "b"]


# Ceilings

HORS_PLAFOND = {"parts_percent": {"etat": 34, "dont_etat_agents": 7, "collectivites_garantie": 18}}
ARRETE = {"arrete": "n° 2026-12", "du": "2026-01-15", "au": "2026-12-31"}


@pytest.mark.duty("flux:L13", "flux:L14")
@pytest.mark.parametrize(
    ("jour", "violations"),
    [
        ("2026-01-14", ["ETAT_GT_30", "ETAT_AGENTS_GT_5"]),
        ("2026-01-15", []),
        ("2026-12-31", []),
        ("2027-01-01", ["ETAT_GT_30", "ETAT_AGENTS_GT_5"]),
    ],
)
def test_an_order_lifts_the_ceilings_of_the_state_on_its_days_alone(jour: str, violations: list[str]) -> None:
    resultat = calculer("caps_validation", {**HORS_PLAFOND, "derogations": [ARRETE], "date_controle": jour})
    assert resultat["violations"] == violations


@pytest.mark.duty("flux:L14")
def test_an_order_with_figures_lifts_up_to_them() -> None:
    arrete = {**ARRETE, "etat_agents_percent": 8}
    resultat = calculer("caps_validation", {**HORS_PLAFOND, "derogations": [arrete], "date_controle": "2026-06-01"})
    assert resultat["violations"] == ["ETAT_GT_30"]
    trop = calculer(
        "caps_validation",
        {**HORS_PLAFOND, "derogations": [{**ARRETE, "etat_percent": 33}], "date_controle": "2026-06-01"},
    )
    assert trop["violations"] == ["ETAT_GT_30", "ETAT_AGENTS_GT_5"]
    assert trop["violations_detail"][0]["limite"] == 33


@pytest.mark.duty("flux:L14")
@pytest.mark.parametrize(("au", "trop_longue"), [("2026-12-31", False), ("2027-01-01", True)])
def test_an_order_beyond_one_year_lifts_nothing(au: str, trop_longue: bool) -> None:
    arrete = {"arrete": "n° 1", "du": "2026-01-01", "au": au}
    resultat = calculer("caps_validation", {**HORS_PLAFOND, "derogations": [arrete], "date_controle": "2026-06-01"})
    assert ("DEROGATION_GT_1_AN" in resultat["violations"]) is trop_longue
    assert ("ETAT_GT_30" in resultat["violations"]) is trop_longue


@pytest.mark.duty("flux:L15")
def test_a_stipulation_lets_the_state_go_under_thirty_outside_qpv() -> None:
    entrees = {"parts_percent": {"etat": 30}, "etat_hors_qpv_percent": 25}
    assert calculer("caps_validation", entrees)["violations"] == ["ETAT_HORS_QPV_LT_30"]
    avec = {**entrees, "stipulation_contraire_hors_qpv": True}
    assert calculer("caps_validation", avec)["violations"] == []


@pytest.mark.duty("flux:L13", "flux:L19", "flux:L20")
def test_ceilings_are_checked_where_shares_are_given() -> None:
    parts = {"etat_prioritaires": 26, "etat_agents": 6, "commune": 15, "departement": 9, "employeur": 21}
    resultat = calculer("flux_share", {"assiette": 100, "parts_percent": parts})
    assert resultat["violations"] == ["ETAT_GT_30", "ETAT_AGENTS_GT_5"]
    assert resultat["a_verifier"] == ["COLLECTIVITES_GARANTIE_GT_20"]
    assert resultat["etat_total_exact"] == 32
    assert resultat["exact"]["bailleur"] == 23
    garanties = {"commune": "GARANTIE", "departement": "GARANTIE"}
    dites = calculer("flux_share", {"assiette": 100, "parts_percent": parts, "contreparties": garanties})
    assert dites["violations"] == ["ETAT_GT_30", "ETAT_AGENTS_GT_5", "COLLECTIVITES_GARANTIE_GT_20"]
    terrain = {"commune": "TERRAIN", "departement": "GARANTIE"}
    autres = calculer("flux_share", {"assiette": 100, "parts_percent": parts, "contreparties": terrain})
    assert "COLLECTIVITES_GARANTIE_GT_20" not in [*autres["violations"], *autres["a_verifier"]]


@pytest.mark.parametrize(
    ("kind", "entrees"),
    [
        ("rounding", {"flux": 10, "parts_percent": {"etat": 31}}),
        ("first_letting", {"logements_livres": 10, "parts_convenues_percent": {"etat": 31}}),
        ("conversion_mode1", {"parc": 10, "reserves": {"commune": 1}, "etat_percent": 31, "flux": 1}),
        (
            "conversion_mode2",
            {
                "contingents": {
                    "etat": {"logements": 31, "rotation_percent": 5},
                    "autres": {"logements": 69, "rotation_percent": 5},
                },
                "flux": 1,
            },
        ),
        ("conversion_mode4", {"parts_percent": {"etat": 31}, "justification": "accord local", "flux": 1}),
        ("feasibility", {"parts_percent": {"etat": 31}, "taux_orientations_steriles_percent": {"etat": 0}}),
        ("orientation_sequence", {"shares_percent": {"etat": 31}, "dwellings": 3}),
        (
            "orientation_constrained",
            {"parts_percent_par_commune": {"A": {"etat": 31}}, "logements_communes": ["A"]},
        ),
        ("flux_share_territorial", {"part_etat_percent": 31, "flux_par_commune": {"A": 1}}),
    ],
)
@pytest.mark.duty("flux:L13")
def test_every_kind_with_shares_checks_them(kind: str, entrees: dict[str, Any]) -> None:
    assert calculer(kind, entrees)["violations"] == ["ETAT_GT_30"]


@pytest.mark.duty("flux:L15")
def test_the_state_share_is_alike_in_each_commune_unless_stipulated() -> None:
    flux = {"A": 120, "B": 60, "C": 20}
    egal = calculer("flux_share_territorial", {"part_etat_percent": 28, "flux_par_commune": flux})
    assert egal["etat"] == {"A": Decimal("33.6"), "B": Decimal("16.8"), "C": Decimal("5.6")}
    # floors 33 + 16 + 5, two to give: B (0.8), then A before C at 0.6, the larger right
    assert egal["etat_entier"] == {"A": 34, "B": 17, "C": 5}
    assert egal["violations"] == ["ETAT_HORS_QPV_LT_30"]
    stipule = calculer(
        "flux_share_territorial",
        {
            "part_etat_percent": 30,
            "flux_par_commune": flux,
            "stipulation_contraire": True,
            "stipulations_percent": {"C": 10, "B": 40},
        },
    )
    assert stipule["etat"] == {"A": 36, "B": 24, "C": 2}
    assert stipule["violations"] == ["ETAT_GT_30"]
    assert stipule["total"] == 62


# Ties


def test_equal_remainders_go_to_the_larger_right_then_to_the_listed_order() -> None:
    parts = {"commune": 25, "etat": 25, "epci": 5, "bailleur": 45}
    # 10 dwellings: 2.5, 2.5, 0.5, 4.5, two to give among four halves.
    valeur = calculer("rounding", {"flux": 10, "parts_percent": parts})
    assert valeur["integer"] == {"commune": 3, "etat": 2, "epci": 0, "bailleur": 5}
    assert valeur["ex_aequo"] == ["commune", "etat", "epci", "bailleur"]
    ordre = calculer("rounding", {"flux": 10, "parts_percent": parts, "tie_break": "listed order"})
    assert ordre["integer"] == {"commune": 3, "etat": 3, "epci": 0, "bailleur": 4}
    convenu = calculer(
        "rounding", {"flux": 10, "parts_percent": parts, "tie_break": ["etat", "epci", "commune", "bailleur"]}
    )
    assert convenu["integer"] == {"commune": 2, "etat": 3, "epci": 0, "bailleur": 5}


def test_a_sequence_breaks_ties_by_the_agreed_order() -> None:
    parts = {"shares_percent": {"a": 50, "b": 50}, "dwellings": 4}
    assert calculer("orientation_sequence", parts)["tijdeman"] == ["a", "b", "a", "b"]
    assert calculer("orientation_sequence", {**parts, "tie_break": ["b", "a"]})["tijdeman"] == ["b", "a", "b", "a"]


# Years that are not over


@pytest.mark.parametrize(
    ("jour", "ecoules", "prorata"),
    [
        ("2025-06-30", 0, 0),
        ("2025-07-01", 1, "0.3261"),
        ("2025-09-30", 92, 30),
        ("2025-12-31", 184, 60),
        ("2026-03-01", 184, 60),
    ],
)
def test_a_convention_begun_in_the_year_counts_its_own_days(jour: str, ecoules: int, prorata: int | str) -> None:
    resultat = calculer(
        "indicators",
        {"objectif": 60, "realise": 0, "debut": "2025-07-01", "fin": "2025-12-31", "date": jour},
    )
    assert (resultat["jours_ecoules"], resultat["jours_total"]) == (ecoules, 184)
    assert resultat["prorata_temporis"] == Decimal(prorata)
    assert (resultat["taux_prorata_percent"] is None) is (ecoules == 0)


def test_the_follow_up_adds_the_rates_that_its_counts_allow() -> None:
    resultat = calculer(
        "indicators",
        {
            "objectif": 0,
            "realise": 3,
            "debut": "2025-01-01",
            "fin": "2025-12-31",
            "date": "2025-06-30",
            "part_percent": 12,
            "liberations_a_date": 30,
            "mises_a_disposition": 40,
            "rendus": 5,
            "attributions": 8,
            "refus": 2,
            "mutations": 1,
            "orientations": 0,
            "baux": 0,
            "delais_jours": {"designation": [30, 10, 20, 25], "commission": [7]},
        },
    )
    assert resultat["taux_realisation_percent"] is None
    assert resultat["reste_a_faire"] == 0
    assert resultat["ecart_flux"] == Decimal("-0.6")
    assert resultat["taux_rendu_percent"] == Decimal("12.5")
    assert resultat["taux_refus_percent"] == 25
    assert resultat["part_mutations_percent"] == Decimal("12.5")
    assert resultat["taux_transformation_percent"] is None
    assert resultat["delais_medians_jours"] == {"designation": Decimal("22.5"), "commission": 7}


@pytest.mark.duty("flux:L7")
def test_the_target_follows_what_is_known_of_the_base() -> None:
    convention = {"part_percent": 8, "assiette_previsionnelle": 250, "realise": 9}
    prevue = calculer("actualisation", convention)
    assert (prevue["objectif_actualise"], prevue["provisoire"], prevue["ecart_flux"]) == (20, True, None)
    en_cours = calculer("actualisation", {**convention, "assiette_a_date": 100, "assiette_restante_prevue": 100})
    assert (en_cours["objectif_actualise"], en_cours["ecart_flux"]) == (16, 1)
    depassee = calculer("actualisation", {**convention, "assiette_a_date": 300})
    assert depassee["objectif_actualise"] == 24
    close = calculer("actualisation", {**convention, "assiette_reelle": 225})
    assert (close["objectif_actualise"], close["taux_realisation_percent"], close["provisoire"]) == (18, 50, False)
    nulle = calculer("actualisation", {**convention, "assiette_reelle": 0})
    assert nulle["taux_realisation_percent"] is None


@pytest.mark.duty("flux:L3", "flux:L8", "flux:L9")
def test_the_real_base_stands_beside_the_forecast() -> None:
    resultat = calculer(
        "assiette",
        {
            "liberations_previsionnelles": 100,
            "dont_defense_securite_sante_identifies": 5,
            "dont_voues_vente_demolition": 10,
            "soustraits": {"mutations_internes": 15, "relogements_vente_l443_7": 1},
            "reel": {"liberations": 90, "soustraits": {"relogements_l521_3": 4, "relogements_orcod_l741": 6}},
        },
    )
    assert resultat == {
        "liberations_dans_le_champ": 85,
        "total_soustraits": 16,
        "assiette": 69,
        "reel": {"liberations_dans_le_champ": 90, "total_soustraits": 10, "assiette": 80},
    }


def test_a_right_that_ends_within_a_year_counts_for_its_part() -> None:
    tranche = {"logements": 100, "rotation_percent": 10, "annees_restantes": 2.5}
    resultat = calculer("conversion_mode3", {"tranches": [tranche], "coefficient": 0.5})
    assert [resultat[f"flux_annee_{n}"] for n in (1, 2, 3, 4)] == [10, 10, 5, 0]
    assert resultat["droits_uniques"] == [Decimal("12.5")]


# Other modes, other counts


def test_modes_one_and_two_side_by_side() -> None:
    contingents = {
        "commune": {"logements": 50, "rotation_percent": 4},
        "autres": {"logements": 50, "rotation_percent": 12},
    }
    resultat = calculer("conversion_comparee", {"contingents": contingents, "flux": 8})
    assert resultat["mode1_parts_percent"] == {"commune": 50, "autres": 50}
    assert resultat["mode2_parts_percent"] == {"commune": 25, "autres": 75}
    assert resultat["ecart_flux"] == {"commune": -2, "autres": 2}


def test_agreed_shares_keep_their_reason() -> None:
    entrees = {"parts_percent": {"etat": 30, "commune": 12.5}, "justification": "Accord du 3 mars", "flux": 80}
    resultat = calculer("conversion_mode4", entrees)
    assert resultat["flux"] == {"etat": 24, "commune": 10, "bailleur": 46}
    assert resultat["justification"] == "Accord du 3 mars"


@pytest.mark.duty("flux:L22")
@pytest.mark.parametrize(
    ("reprend", "jour", "part"),
    [(True, None, 41), (False, None, 30), (["epci"], None, 33), (True, "2023-11-24", 30), (True, "2023-11-25", 41)],
)
def test_the_prefet_may_take_over_after_the_deadline(reprend: Any, jour: str | None, part: int) -> None:
    entrees = {"etat_percent": 30, "reservataire_sans_convention": {"commune": 8, "epci": 3}, "prefet_reprend": reprend}
    resultat = calculer("default_rule", {**entrees, **({"date_controle": jour} if jour else {})})
    assert resultat["exerce_par_prefet_percent"] == part


@pytest.mark.duty("flux:L24", "flux:L25", "flux:L26")
@pytest.mark.parametrize(
    ("entrees", "objectif", "manque"),
    [
        ({"baux_signes_hors_qpv": 201, "dont_q1_ou_releves_npnru": 51}, 51, 0),
        ({"baux_signes_hors_qpv": 201, "dont_q1_ou_releves_npnru": 50}, 51, 1),
        ({"attributions": 0, "dont_prioritaires": 0}, 0, 0),
        ({"attributions_qpv": 9, "dont_autres_quartiles": 4}, 5, 1),
        ({"attributions": 80, "dont_prioritaires": 17, "objectif_percent": 20}, 16, 0),
    ],
)
def test_a_minimum_is_rounded_up(entrees: dict[str, int], objectif: int, manque: int) -> None:
    resultat = calculer("quota_25", entrees)
    assert (resultat["objectif_nombre"], resultat["manque"]) == (objectif, manque)
    assert resultat["atteint"] is (manque == 0)


def test_targets_are_possible_with_fewer_sterile_orientations() -> None:
    parts = {"etat": 30, "action_logement": 22, "commune": 18, "departement": 5}
    entrees = {"parts_percent": parts, "taux_orientations_steriles_percent": dict.fromkeys(parts, 15)}
    resultat = calculer("feasibility", entrees)
    assert resultat["charge_orientation_percent"] == Decimal("88.2353")
    assert resultat["faisable"] is True
    limite = calculer(
        "feasibility", {"parts_percent": {"etat": 50}, "taux_orientations_steriles_percent": {"etat": 50}}
    )
    assert limite["faisable"] is True


PARCOURS = [
    ("L1", {"mis_a_disposition": True, "attribution_prononcee": True, "bail_signe": True}),
    ("L2", {"mis_a_disposition": True, "attribution_prononcee": True, "bail_signe": False, "refus_attributaire": True}),
    (
        "L3",
        {"mis_a_disposition": True, "attribution_prononcee": False, "bail_signe": False, "rendu_sans_candidat": True},
    ),
    ("L4", {"mis_a_disposition": False, "attribution_prononcee": True, "bail_signe": True, "neuf": True}),
    ("L5", {"mis_a_disposition": True, "attribution_prononcee": True, "bail_signe": True, "dalo": True}),
]


@pytest.mark.parametrize(
    ("politique", "commune", "etat"),
    [
        ({"unite": "MISE_A_DISPOSITION"}, 4, None),
        ({"unite": "MISE_A_DISPOSITION", "rendu_compte": True}, 5, None),
        ({"unite": "BAIL_SIGNE", "refus_compte": False}, 3, None),
        ({"unite": "BAIL_SIGNE", "refus_compte": True}, 4, None),
        ({"unite": "ATTRIBUTION", "neuf_compte": False, "refus_compte": False}, 2, None),
        ({"unite": "ATTRIBUTION", "refus_compte": False, "dalo_autre_contingent": "ETAT"}, 2, 1),
    ],
)
def test_the_policy_of_the_convention_says_what_is_charged(
    politique: dict[str, Any], commune: int, etat: int | None
) -> None:
    logements = [{"id": nom, "reservataire": "commune", **faits} for nom, faits in PARCOURS]
    resultat = calculer("imputation_unit", {"logements": logements, "politique": politique})
    assert resultat["imputes"].get("commune") == commune
    assert resultat["imputes"].get("etat") == etat


def test_a_lease_without_an_award_is_pointed_out() -> None:
    logement = {"id": "L9", "reservataire": "commune", "mis_a_disposition": True, "attribution_prononcee": False}
    resultat = calculer("imputation_unit", {"logements": [{**logement, "bail_signe": True}]})
    assert resultat["incoherents"] == ["L9"]


def test_a_statement_knows_its_days() -> None:
    logement = {
        "id": "L1",
        "reservataire": "etat",
        "typologie": "T3",
        "financement": "PLUS",
        "qpv": "hors_qpv",
        "commune": "67482",
        "periode_construction": "1949-1974",
        "propose": True,
        "attribue": True,
        "bail": True,
        "refus": False,
        "motif": "flux",
    }
    resultat = calculer("bilan", {"logements": [logement], "annee": 2025})
    assert (resultat["echeance"], resultat["echeance_ministere"]) == ("2026-02-28", "2026-02-15")
    assert resultat["proposes"]["total"] == 1


def test_a_dwelling_with_axes_weights_exclusions_and_a_floor() -> None:
    entrees: dict[str, Any] = {
        "parts_percent_par_commune": {"A": {"etat": 30, "commune": 20, "bailleur": 50}},
        "logements_communes": [
            {"commune": "A", "strates": {"qpv": "hors_qpv"}, "ecartes": ["bailleur"]},
            {"commune": "A", "strates": {"qpv": "hors_qpv"}},
            {"commune": "A", "strates": {"qpv": "qpv"}},
            {"commune": "A", "strates": {"qpv": "hors_qpv"}},
        ],
    }
    # Credits: 1) État .6, commune .4 -> État; 2) -.1, .6, .5 -> commune; 3) .2, -.2, 1 -> bailleur; 4) .5, 0, .5 -> bailleur
    sans = calculer("orientation_constrained", entrees)
    assert sans["orientations"] == ["etat", "commune", "bailleur", "bailleur"]
    # Floor of 60 % outside QPV: .6 then served; 1) -.4, 2) .2, 4) .8 >= 1 - 1/4: the State is urgent.
    plancher = {"axe": "qpv", "valeur": "hors_qpv", "reservataire": "etat", "part_percent": 60}
    avec = calculer("orientation_constrained", {**entrees, "planchers": [plancher]})
    assert avec["orientations"] == ["etat", "commune", "bailleur", "etat"]
