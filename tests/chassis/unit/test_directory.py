"""The directory of organisations: the demonstration region loads, answers, and each kind of bad file is told in full."""

from datetime import date
from pathlib import Path

import pytest

from contracts import territoire
from contracts.listes import table
from contracts.situation import TypeFait
from services.chassis.directory import (
    Emprise,
    Nature,
    Region,
    RegionInvalide,
    Registre,
    Role,
    load_region,
    parse_region,
)
from services.chassis.directory.coherence import siren_valide

FICHIER = Path(__file__).parents[3] / "deploy" / "regions" / "demonstration" / "region.toml"
STRASBOURG, HAGUENAU, MULHOUSE, COLMAR = "67482", "67180", "68224", "68066"
EMS, M2A = "246700488", "200066009"


@pytest.fixture(scope="module")
def region() -> Region:
    return load_region(FICHIER)


def _fautes(texte: str) -> dict[str, str]:
    with pytest.raises(RegionInvalide) as refus:
        parse_region(texte)
    return {faute.pointer: faute.code for faute in refus.value.fautes}


def _avec(ancien: str, nouveau: str) -> str:
    texte = FICHIER.read_text(encoding="utf-8")
    assert ancien in texte
    return texte.replace(ancien, nouveau, 1)


def test_the_demonstration_region_has_two_epci_two_landlords_and_five_kinds_of_holders(region: Region) -> None:
    assert (region.code, region.fictive, region.millesime) == ("demonstration", True, 2026)
    assert set(region.epci) == {EMS, M2A}
    assert [o.id for o in region.organisations.values() if o.nature is Nature.BAILLEUR] == [
        "trois-rivieres-habitat",
        "piemont-logis",
    ]
    types = {r.type for r in region.reservataires.values()}
    assert types == {"ETAT_PRIORITAIRES", "ETAT_AGENTS", "ACTION_LOGEMENT", "COMMUNE", "EPCI", "BAILLEUR"}


def test_every_invented_siren_is_marked_and_every_siren_is_well_formed(region: Region) -> None:
    for une in region.organisations.values():
        assert une.siren is None or siren_valide(une.siren)
        assert une.fictive is (une.siren is not None and une.siren.startswith("9990"))


def test_both_departements_keep_a_local_register_as_in_reality(region: Region) -> None:
    connus = table("spta_departements")["imhoweb"]
    assert all(d.registre is Registre.SPTA and d.code in connus for d in region.departements.values())


def test_the_grid_follows_the_epci_of_the_commune(region: Region) -> None:
    strasbourg, mulhouse = region.epci_de(STRASBOURG), region.epci_de(MULHOUSE)
    assert strasbourg is not None
    assert mulhouse is not None
    assert (strasbourg.grille, mulhouse.grille) == ("strasbourg-2019-tous-lieux", "mulhouse-illustration")
    assert region.epci_de(HAGUENAU) is None


def test_landlords_and_holders_of_a_commune(region: Region) -> None:
    assert [o.id for o in region.organisations_de(STRASBOURG, Nature.BAILLEUR)] == ["trois-rivieres-habitat"]
    assert [o.id for o in region.organisations_de(COLMAR, Nature.BAILLEUR)] == [
        "piemont-logis",
        "trois-rivieres-habitat",
    ]
    assert [r.id for r in region.reservataires_de(STRASBOURG)] == [
        "action-logement",
        "etat-67",
        "etat-agents-67",
        "eurometropole",
        "part-trois-rivieres",
        "strasbourg",
    ]
    assert "mulhouse" not in [r.id for r in region.reservataires_de(COLMAR)]


def test_a_dwelling_is_never_owed_to_the_own_share_of_another_landlord(region: Region) -> None:
    titulaires = [r.id for r in region.titulaires_de("piemont-logis", MULHOUSE)]
    assert titulaires == ["action-logement", "etat-68", "etat-agents-68", "m2a", "mulhouse", "part-piemont"]
    assert "part-trois-rivieres" in [r.id for r in region.reservataires_de(MULHOUSE)]


def test_organisations_of_an_epci_include_its_communes(region: Region) -> None:
    du_territoire = {o.id for o in region.organisations_de_l_epci(M2A)}
    assert {"ville-mulhouse", "mulhouse-alsace-agglomeration", "piemont-logis", "prefecture-68"} <= du_territoire
    assert not {"ville-strasbourg", "prefecture-67"} & du_territoire


def test_roles_follow_from_nature_desks_and_rights(region: Region) -> None:
    assert region.roles("trois-rivieres-habitat") == {Role.BAILLEUR, Role.GUICHET, Role.RESERVATAIRE}
    assert region.roles("prefecture-67") == {Role.ETAT, Role.RESERVATAIRE}
    assert region.roles("ville-illzach") == {Role.RESERVATAIRE}
    assert region.roles("gestionnaire-alsace") == {Role.GESTIONNAIRE, Role.GUICHET}
    assert region.roles("inconnue") == frozenset()
    assert region.organisation("inconnue") is None


def test_a_holder_gives_its_code_to_the_sne_and_to_rpls(region: Region) -> None:
    codes = {r.id: (r.contingent_sne, r.contingent_rpls) for r in region.reservataires.values()}
    assert codes["etat-67"] == ("PPRIOR", "2")
    assert codes["etat-agents-67"] == ("PFONCT", "1")
    assert codes["action-logement"] == ("COLACT", "3")
    assert codes["strasbourg"] == ("COLTER", "4")
    assert codes["part-piemont"] == ("AUCUN", "7")


def test_local_law_and_local_facts(region: Region) -> None:
    assert region.parametre("designation_mois", date(2026, 6, 1)) == 1
    assert region.parametre("reponse_offre_jours", date(2026, 6, 1)) == 10
    assert region.delai_anormalement_long("67", "T2") == 36
    assert region.delai_anormalement_long("67", "T4") == 30
    assert region.delai_anormalement_long("54", "T4") is None
    assert region.faits()["local.benevole_pompier"].type is TypeFait.BOOL
    assert region.labels["PRIORITE_LOCALE"]


def test_the_communes_of_a_territory() -> None:
    emprise = Emprise(epci=frozenset({EMS}), communes=frozenset({HAGUENAU}))
    assert emprise.toutes_les_communes() == {*territoire.communes_de(EMS), HAGUENAU}
    assert emprise.couvre(HAGUENAU)
    assert not emprise.couvre(MULHOUSE)
    assert all(
        Emprise(departements=frozenset({"68"})).couvre(c) for c in Emprise(epci=frozenset({M2A})).toutes_les_communes()
    )


@pytest.mark.parametrize(
    ("siren", "valide"), [("246700488", True), ("246700489", False), ("999000102", True), ("999000103", False)]
)
def test_the_check_of_a_siren(siren: str, valide: bool) -> None:
    assert siren_valide(siren) is valide


@pytest.mark.parametrize(
    ("ancien", "nouveau", "pointeur", "code"),
    [
        ('code = "demonstration"', 'code = "Démonstration"', "/region/code", "valeur-invalide"),
        ("fictive = true\nmillesime", 'fictive = "oui"\nmillesime', "/region/fictive", "valeur-invalide"),
        ("millesime = 2026", "millesime = 1998", "/region/millesime", "valeur-invalide"),
        ("millesime = 2026", "millesime = 2025", "/region/millesime", "millesime-inconnu"),
        ("millesime = 2026", "millesime = 2026\nmilesime = 1", "/region/milesime", "cle-inconnue"),
        ("[region]", "[regions]", "/region", "cle-absente"),
        ('registre = "SPTA"', 'registre = "FICHIER"', "/departements/0/registre", "code-inconnu"),
        ('code = "68"\n', 'code = "67"\n', "/departements/1/code", "doublon"),
        ('siren = "246700488"', 'siren = "246700499"', "/epci/0/siren", "territoire-inconnu"),
        ('siren = "246700488"', 'siren = "200046977"', "/epci/0/siren", "hors-region"),
        ('nom = "CA Mulhouse Alsace', 'nom = "Mulhouse Alsace', "/epci/1/nom", "nom-different"),
        ("seuil_premier_quartile = 9243", "seuil_premier_quartile = 9243.5", "/epci/0/seuil_premier_quartile", "valeur-invalide"),
        ('nature = "bailleur"', 'nature = "bailleurs"', "/organisations/1/nature", "code-inconnu"),
        ('siren = "999000110"', 'siren = "999000116"', "/organisations/1/siren", "siren-invalide"),
        ('siren = "999000110"', 'siren = "999000102"', "/organisations/1/siren", "doublon"),
        ('siren = "999000110"\n', "", "/organisations/1/siren", "cle-absente"),
        ('communes = ["67482"]', 'communes = ["67999"]', "/organisations/8/communes", "territoire-inconnu"),
        ('communes = ["67482"]', 'communes = ["75056"]', "/organisations/8/communes", "hors-region"),
        ('communes = ["67482"]', 'communes = ["67482", "67482"]', "/organisations/8/communes", "doublon"),
        ('communes = ["67482"]\n', "", "/organisations/8", "emprise-absente"),
        ('code = "G6701"', 'code = "G671"', "/guichets/1/code", "valeur-invalide"),
        ('code = "G6702"', 'code = "G6701"', "/guichets/2/code", "doublon"),
        ('type = "HLM"', 'type = "HML"', "/guichets/1/type", "code-inconnu"),
        ('organisation = "piemont-logis"', 'organisation = "piemont-logi"', "/guichets/3/organisation", "reference-inconnue"),
        ('parent = "etat-67"', 'parent = "etat-66"', "/reservataires/1/parent", "reference-inconnue"),
        ('type = "COMMUNE"', 'type = "COMMUNES"', "/reservataires/7/type", "code-inconnu"),
        ('valeur = 1\n', "valeur = 99\n", "/parametres/0/valeur", "valeur-invalide"),
        ('nom = "designation_mois"', 'nom = "validite_mois"', "/parametres/0/nom", "parametre-non-surchargeable"),
        ('nom = "designation_mois"', 'nom = "designation_moi"', "/parametres/0/nom", "code-inconnu"),
        ("depuis = 2026-01-01", 'depuis = "2026-01-01"', "/parametres/0/depuis", "valeur-invalide"),
        ('typologies = ["T4", "T5", "T6P"]', 'typologies = ["T3", "T4"]', "/delais_anormalement_longs", "doublon"),
        ('departement = "68"', 'departement = "54"', "/delais_anormalement_longs/2/departement", "hors-region"),
        ('code = "PRIORITE_LOCALE"', 'code = "DALO"', "/labels/0/code", "doublon"),
        ("[[labels]]", '[[labels]]\ncode = "PRIORITE_LOCALE"\nlibelle = "A"\n[[labels]]', "/labels/1/code", "doublon"),
        ("[[parametres]]", '[[parametres]]\nnom = "designation_mois"\nvaleur = 2\ndepuis = 2026-01-01\nsource = "A"\n'
         "[[parametres]]", "/parametres/1", "doublon"),
        ('"local.benevole_pompier"', '"menage.pompier"', "/faits_locaux/0/chemin", "valeur-invalide"),
        ('type = "bool"', 'type = "int"', "/faits_locaux/0/mini", "cle-absente"),
        ('type = "bool"', 'type = "code"', "/faits_locaux/0", "fait-invalide"),
        ('saisi_par = ["epci",', 'saisi_par = ["voisin",', "/faits_locaux/0/saisi_par/0", "valeur-invalide"),
    ],
)  # fmt: skip
def test_each_fault_of_a_file_is_told_with_its_place(ancien: str, nouveau: str, pointeur: str, code: str) -> None:
    assert _fautes(_avec(ancien, nouveau)).get(pointeur) == code


@pytest.mark.duty("flux:L6")
@pytest.mark.parametrize(
    ("ancien", "nouveau", "pointeur"),
    [
        ('type = "COMMUNE"\norganisation = "ville-strasbourg"\ncommunes = ["67482"]',
         'type = "COMMUNE"\norganisation = "ville-strasbourg"\ncommunes = ["67482", "67447"]', "/reservataires/7"),
        ('type = "EPCI"\norganisation = "eurometropole-strasbourg"\nepci = ["246700488"]',
         'type = "EPCI"\norganisation = "eurometropole-strasbourg"\ndepartements = ["67"]', "/reservataires/5"),
        ('type = "COMMUNE"\norganisation = "ville-mulhouse"\ncommunes = ["68224"]',
         'type = "COMMUNE"\norganisation = "ville-mulhouse"\ncommunes = ["68154"]', "/reservataires/9"),
    ],
)  # fmt: skip
def test_a_commune_or_an_epci_holds_rights_on_its_own_territory_only(ancien: str, nouveau: str, pointeur: str) -> None:
    assert _fautes(_avec(ancien, nouveau)) == {pointeur: "perimetre-interdit"}


def test_a_landlord_without_its_own_share_is_refused() -> None:
    texte = _avec('type = "BAILLEUR"\norganisation = "piemont-logis"', 'type = "AUTRE"\norganisation = "piemont-logis"')
    assert _fautes(texte) == {"/organisations/2": "part-propre-absente"}


def test_all_faults_come_at_once_in_sentences() -> None:
    texte = _avec('registre = "SPTA"', 'registre = "SPT"').replace('code = "G6701"', "code = 6701")
    with pytest.raises(RegionInvalide, match=r"2 faute\(s\)") as refus:
        parse_region(texte)
    assert "« SPT » n'est pas un code admis pour « registre » ; le plus proche : « SPTA »" in str(refus.value)
    assert all(f.message.endswith(".") for f in refus.value.fautes)


@pytest.mark.parametrize("texte", ["[region", "", "region = 3", "departements = 3", 'labels = ["A"]'])
def test_a_file_of_another_kind_is_refused_without_a_traceback(texte: str) -> None:
    assert _fautes(texte)


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "region.toml").write_bytes(b"\xff\xfe")
    for chemin in (tmp_path / "region.toml", tmp_path / "absente.toml", tmp_path):
        with pytest.raises(RegionInvalide, match="illisible"):
            load_region(chemin)
