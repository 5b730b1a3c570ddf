"""The coded lists: every file loads, carries its attribution, and an unknown name or code is answered in a sentence."""

import json
from importlib.resources import files

import pytest

from contracts.listes import CodeInconnu, ListeInconnue, est_dans, libelle, liste, noms, table

TABLES = {"delai_anormalement_long", "plafonds_ressources", "rpls_fichier", "spta_departements"}


@pytest.mark.parametrize("nom", sorted(set(noms()) - TABLES))
def test_every_list_has_its_title_its_source_and_distinct_labelled_codes(nom: str) -> None:
    une = liste(nom)
    assert une.nom == nom
    assert une.titre
    assert une.source
    assert une.statut_des_codes
    assert len(une) == len(une.codes) > 0
    assert all(valeur.libelle.strip() for valeur in une)


def test_no_code_is_written_twice_in_a_file() -> None:
    for nom in sorted(set(noms()) - TABLES):
        brut = json.loads((files("contracts") / "codelists" / f"{nom}.json").read_text(encoding="utf-8"))
        codes = [valeur["code"] for valeur in brut["valeurs"]]
        assert len(codes) == len(set(codes)), nom


def test_the_order_and_the_leading_zeros_of_a_list_are_kept() -> None:
    assert liste("motif_demande").codes[:3] == ("01", "02", "03")
    assert libelle("motif_demande", "05") == "En procédure d'expulsion"


def test_membership() -> None:
    assert est_dans("sexe", "F")
    assert not est_dans("sexe", "X")
    assert "HLM" in liste("modele_logement")


def test_what_a_list_alone_says_of_a_code_is_kept() -> None:
    assert liste("evenement_demande").valeur("DEMANDE_RENOUVELEE").attributs["sne"] == "REN"
    assert libelle("evenement_demande", "DEMANDE_RENOUVELEE") == "Demande renouvelée"


def test_an_unknown_code_names_its_neighbours() -> None:
    with pytest.raises(CodeInconnu, match=r"« RADATT »"):
        libelle("motif_radiation", "RADAT")


def test_an_unknown_list_names_its_neighbours() -> None:
    with pytest.raises(ListeInconnue, match="motif_demande"):
        liste("motifs_demande")


@pytest.mark.parametrize("nom", sorted(TABLES))
def test_a_table_is_not_a_list(nom: str) -> None:
    assert table(nom)
    with pytest.raises(ListeInconnue, match="table"):
        liste(nom)


def test_a_list_is_not_a_table() -> None:
    with pytest.raises(ListeInconnue, match="liste de codes"):
        table("sexe")


def test_a_list_is_read_only_and_read_once() -> None:
    assert liste("sexe") is liste("sexe")
    with pytest.raises(TypeError):
        liste("sexe").valeurs["X"] = liste("sexe").valeur("F")  # type: ignore[index]
