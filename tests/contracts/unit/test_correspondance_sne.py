"""Every SNE code of the lists that grids read is mapped to a code of the catalogue, or left out for a stated reason."""

from itertools import combinations

import pytest

from contracts.correspondance_sne import (
    STATUTS_DU_PLUS_PRECAIRE,
    TABLE,
    Ligne,
    correspondance,
    est_mutation,
    statut_logement,
    traduire,
)
from contracts.listes import CodeInconnu, liste
from contracts.situation import catalogue

LISTES_SNE = sorted({ligne.liste_sne for ligne in TABLE})


def test_the_three_lists_of_the_design_are_mapped() -> None:
    assert {"modele_logement", "motif_demande", "type_contrat_travail"} <= set(LISTES_SNE)


@pytest.mark.parametrize("nom", LISTES_SNE)
def test_every_code_of_the_sne_list_has_exactly_one_line(nom: str) -> None:
    assert sorted(ligne.code_sne for ligne in TABLE if ligne.liste_sne == nom) == sorted(liste(nom).codes)


@pytest.mark.parametrize("ligne", TABLE, ids=lambda ligne: f"{ligne.liste_sne}-{ligne.code_sne}")
def test_each_line_gives_a_code_of_the_list_of_its_fact_or_a_reason(ligne: Ligne) -> None:
    nom = catalogue()[ligne.fait].liste
    assert nom is not None
    if ligne.code is None:
        assert len(ligne.raison) > 20
    else:
        assert ligne.code in liste(nom)


@pytest.mark.parametrize(
    ("fait", "absents"),
    [
        ("logement_actuel.statut", set()),
        ("demande.motifs", set()),
        ("situation_professionnelle.statuts", {"stage", "interim"}),
    ],
)
def test_the_grid_codes_that_no_sne_code_reaches_are_known(fait: str, absents: set[str]) -> None:
    nom = catalogue()[fait].liste
    assert nom is not None
    assert set(liste(nom).codes) - {ligne.code for ligne in TABLE if ligne.fait == fait} == absents


@pytest.mark.parametrize("codes", ["RE", "LTG", "FONC", "POCC"])
def test_several_present_dwellings_share_the_other_status_and_say_why(codes: str) -> None:
    assert correspondance("modele_logement")[codes].code == "autre"
    assert "logement_actuel.modeles" in correspondance("modele_logement")[codes].raison


def test_the_order_of_precariousness_ranks_every_status_once() -> None:
    assert sorted(STATUTS_DU_PLUS_PRECAIRE) == sorted(liste("cotation_statut_logement").codes)


def test_of_several_ticked_dwellings_the_most_precarious_counts_whatever_the_order() -> None:
    assert statut_logement(["LP", "SD"]) == "sans_abri"
    assert statut_logement([]) is None
    for deux in combinations(liste("modele_logement").codes, 2):
        assert statut_logement(deux) == statut_logement(reversed(deux))


def test_motives_keep_the_order_of_the_applicant() -> None:
    assert traduire("motif_demande", ["11", "01", "11"]) == ("divorce_separation", "sans_logement_ou_heberge")


def test_two_jobs_with_one_status_count_once() -> None:
    assert traduire("type_contrat_travail", ["ETU", "RET", "CDD"]) == ("autre", "cdd")


def test_only_an_active_dalo_decision_is_a_label() -> None:
    assert traduire("statut_dalo", ["ACTIF"]) == ("DALO",)
    assert traduire("statut_dalo", ["NON", "CADUC", "ACTREL"]) == ()


def test_a_social_tenant_asks_for_a_mutation() -> None:
    assert est_mutation(["SLHT", "HLM"])
    assert not est_mutation(["LP"])


def test_a_code_foreign_to_the_sne_is_refused() -> None:
    with pytest.raises(CodeInconnu, match="« HML »"):
        statut_logement(["HML"])


def test_a_list_without_mapping_is_refused() -> None:
    with pytest.raises(KeyError, match="sexe"):
        traduire("sexe", ["F"])
