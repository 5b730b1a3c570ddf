"""The situation catalogue: complete, coherent with the coded lists, exported, and able to judge a situation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from contracts.listes import liste
from contracts.situation import (
    TERRITOIRE,
    Fait,
    FaitInvalide,
    Portee,
    Provenance,
    TypeFait,
    avec_faits_locaux,
    catalogue,
    chemins_proches,
)
from contracts.situation.controle import anomalies
from contracts.situation.export import en_objet
from contracts.situation.lecture import FaitLu, LieuLu, Situation, SituationsLues, identifiant_lieu

# grids/README.md, table "Fields used": path -> type
CHAMPS_DES_GRILLES = {
    "demande.anciennete_mois": TypeFait.INT,
    "demande.motifs": TypeFait.LISTE_CODES,
    "demande.est_mutation": TypeFait.BOOL,
    "demande.logement_adapte_demande": TypeFait.BOOL,
    "demande.refus": TypeFait.LISTE_EVENEMENTS,
    "demande.communes_souhaitees": TypeFait.LISTE_CODES,
    "demande.commune_premier_choix": TypeFait.CODE,
    "labels": TypeFait.LISTE_CODES,
    "menage.personnes": TypeFait.INT,
    "menage.adultes": TypeFait.INT,
    "menage.enfants": TypeFait.INT,
    "menage.handicap": TypeFait.BOOL,
    "logement_actuel.statut": TypeFait.CODE,
    "logement_actuel.pieces": TypeFait.INT,
    "logement_actuel.occupants": TypeFait.INT,
    "logement_actuel.ecart_occupation": TypeFait.INT,
    "logement_actuel.personnes_par_piece": TypeFait.DECIMAL,
    "expulsion.menace": TypeFait.BOOL,
    "ressources.taux_effort_pct": TypeFait.DECIMAL,
    "ressources.reste_a_vivre": TypeFait.DECIMAL,
    "situation_professionnelle.statuts": TypeFait.LISTE_CODES,
    "mobilite.nature": TypeFait.CODE,
    "demande.passages_cal": TypeFait.LISTE_EVENEMENTS,
    "demande.refus_prospection": TypeFait.LISTE_EVENEMENTS,
    "demande.age_mois": TypeFait.INT,
    "demande.date_depot": TypeFait.DATE,
    "ressources.mensuelles": TypeFait.DECIMAL,
    "ressources.cout_logement_net": TypeFait.DECIMAL,
}
STATUTS = (
    *("residence_sociale_foyer_pension", "rhvs", "sous_locataire_ou_heberge_temporaire", "structure_hebergement"),
    *("centre_enfance_ou_maternel", "camping_caravaning", "hotel", "sans_abri", "squat", "chez_parents_ou_enfants"),
    *("chez_particulier", "parc_social", "parc_prive", "autre"),
)
MOTIFS = (
    *("sans_logement_ou_heberge", "demolition", "logement_non_decent_insalubre", "logement_repris_ou_vendu"),
    *("mobilite_professionnelle", "divorce_separation", "decohabitation", "violences_familiales", "autre"),
)
STATUTS_PRO = ["cdi", "cdd", "stage", "interim", "chomage", "apprenti", "autre"]
SITUATION = Situation(
    demande_id="0198f0a2-0000-7000-8000-000000000001",
    version=3,
    millesime=2026,
    faits={
        "demande.motifs": FaitLu(["divorce_separation"], Provenance.DECLAREE, date(2026, 3, 1)),
        "ressources.taux_effort_pct": FaitLu("38.46", Provenance.VERIFIEE, date(2026, 3, 1)),
        "demande.refus": FaitLu(
            [{"date": "2026-05-02", "adaptee": True, "motif": "TAILLE"}], Provenance.REGISTRE, date(2026, 5, 2)
        ),
    },
    lieux={
        "67482": LieuLu(
            commune="67482",
            rang=1,
            epci="246700488",
            faits={"demande.anciennete_mois": FaitLu(10, Provenance.REGISTRE, date(2026, 3, 1))},
        )
    },
    valable_jusqu_au=date(2026, 9, 30),
)


@pytest.mark.parametrize(("chemin", "type_"), CHAMPS_DES_GRILLES.items())
def test_every_field_that_the_real_grids_use_is_in_the_catalogue(chemin: str, type_: TypeFait) -> None:
    assert catalogue()[chemin].type is type_


@pytest.mark.parametrize(
    ("chemin", "codes"),
    [
        ("logement_actuel.statut", STATUTS),
        ("demande.motifs", MOTIFS),
        ("situation_professionnelle.statuts", STATUTS_PRO),
        ("mobilite.nature", ["hors_epci", "dans_epci", "meme_commune"]),
        ("labels", ["DALO", "PDALHPD", "ACD", "ACDI", "AGI"]),
    ],
)
def test_the_codes_of_the_real_grids_are_in_their_list(chemin: str, codes: tuple[str, ...]) -> None:
    nom = catalogue()[chemin].liste
    assert nom is not None
    assert set(codes) <= set(liste(nom).codes)


def test_every_coded_fact_names_a_list_that_exists() -> None:
    noms = [f.liste for f in catalogue().values() if f.liste] + [
        c.liste for f in catalogue().values() for c in f.champs if c.liste
    ]
    assert all(len(liste(nom)) > 0 for nom in noms if nom not in TERRITOIRE)


def test_seniority_mobility_and_the_place_itself_are_facts_of_the_place() -> None:
    par_lieu = {chemin for chemin, fait in catalogue().items() if fait.portee is Portee.LIEU}
    assert {"demande.anciennete_mois", "demande.date_depot", "mobilite.nature", "lieu.commune", "lieu.rang"} <= par_lieu
    assert "demande.motifs" not in par_lieu


def test_no_fact_holds_nationality_or_identity() -> None:
    interdits = ("nationalite", "nom", "prenom", "adresse", "nir", "naissance")
    assert not [c for c in catalogue() if any(mot in c.replace(".", "_").split("_") for mot in interdits)]


def test_sensitive_codes_are_those_that_the_list_marks() -> None:
    assert "violences_familiales" in catalogue()["demande.motifs"].codes_sensibles
    assert "demolition" not in catalogue()["demande.motifs"].codes_sensibles
    assert catalogue()["priorites"].codes_sensibles == set(liste("priorite_l441_1").codes)
    assert catalogue()["demande.commune_premier_choix"].codes_sensibles == frozenset()


def test_the_catalogue_is_read_only() -> None:
    with pytest.raises(TypeError):
        catalogue()["x"] = catalogue()["labels"]  # type: ignore[index]


def test_the_export_says_all_of_a_fact() -> None:
    faits = {f["chemin"]: f for f in en_objet()["faits"]}
    assert set(faits) == set(catalogue())
    assert faits["ressources.taux_effort_pct"]["bornes"] == [0, 1_000_000]
    assert faits["demande.refus"]["champs"][2]["nom"] == "adaptee"
    assert faits["labels"]["liste_ouverte"] is True


def test_a_local_fact_joins_the_catalogue() -> None:
    local = replace(catalogue()["expulsion.menace"], chemin="local.jeune_actif", sensible=False, fondement="")
    assert avec_faits_locaux([local])["local.jeune_actif"] == local
    assert "local.jeune_actif" not in catalogue()


@pytest.mark.parametrize("chemin", ["menage.personnes", "jeune_actif"])
def test_a_local_fact_never_takes_a_national_path(chemin: str) -> None:
    local = replace(catalogue()["expulsion.menace"], chemin=chemin)
    with pytest.raises(FaitInvalide, match=r"local\."):
        avec_faits_locaux([local])


def test_two_local_facts_never_share_a_path() -> None:
    local = replace(catalogue()["expulsion.menace"], chemin="local.jeune_actif")
    with pytest.raises(FaitInvalide, match="deux fois"):
        avec_faits_locaux([local, local])


_NOMBRE = catalogue()["menage.personnes"]
_CODE = catalogue()["logement_actuel.statut"]


@pytest.mark.parametrize(
    ("fabrique", "phrase"),
    [
        (lambda: replace(_NOMBRE, bornes=None), "bornes"),
        (lambda: replace(_NOMBRE, bornes=(Decimal(2), Decimal(1))), "inversées"),
        (lambda: replace(_NOMBRE, chemin="Ménage.Personnes"), "chemin"),
        (lambda: replace(_NOMBRE, libelle=" "), "libellé"),
        (lambda: replace(_NOMBRE, provenance=()), "provenance"),
        (lambda: replace(_NOMBRE, decimales=2), "décimales"),
        (lambda: replace(_NOMBRE, liste="label"), "liste"),
        (lambda: replace(_CODE, liste=None), "liste"),
        (lambda: replace(_CODE, codes=("a",)), "codes"),
        (lambda: replace(_CODE, unite="mois"), "unité"),
        (lambda: replace(catalogue()["demande.refus"], champs=()), "champs"),
    ],
)
def test_a_fact_that_contradicts_itself_is_refused(fabrique: Callable[[], Fait], phrase: str) -> None:
    with pytest.raises(FaitInvalide, match=phrase):
        fabrique()


def test_a_mistyped_path_finds_its_neighbour() -> None:
    assert chemins_proches("demande.anciennete_moi")[0] == "demande.anciennete_mois"


def test_a_situation_goes_over_the_wire_and_back() -> None:
    octets = msgspec.json.encode(SituationsLues(situations=[SITUATION], effacees=["a"]))
    assert msgspec.json.decode(octets, type=SituationsLues) == SituationsLues(situations=[SITUATION], effacees=["a"])


def test_a_float_is_refused_at_the_border() -> None:
    octets = msgspec.json.encode(SITUATION).replace(b'"38.46"', b"38.46")
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(octets, type=Situation)


def test_a_conform_situation_has_no_anomaly() -> None:
    assert anomalies(SITUATION) == []


@pytest.mark.parametrize(
    ("chemin", "valeur", "code"),
    [
        ("menage.personnes", "deux", "type-errone"),
        ("menage.personnes", True, "type-errone"),
        ("menage.personnes", 0, "hors-bornes"),
        ("ressources.taux_effort_pct", "NaN", "type-errone"),
        ("ressources.taux_effort_pct", "33.333", "trop-de-decimales"),
        ("ressources.taux_effort_pct", "-1", "hors-bornes"),
        ("dalo.date_decision", "2026-02-30", "type-errone"),
        ("dalo.departement", "670", "code-inconnu"),
        ("logement_actuel.statut", "palais", "code-inconnu"),
        ("logement_actuel.statut", ["hotel"], "type-errone"),
        ("demande.motifs", ["demolition", "caprice"], "code-inconnu"),
        ("demande.motifs", "demolition", "type-errone"),
        ("demande.refus", [{"adaptee": "oui"}], "type-errone"),
        ("demande.refus", [{"humeur": "triste"}], "champ-inconnu"),
        ("demande.passages_cal", [{"date": "2026-02-03", "proposition": False}], "champ-manquant"),
        ("menage.persones", 2, "fait-inconnu"),
        ("demande.anciennete_mois", 4, "portee-erronee"),
    ],
)
def test_each_disagreement_is_named_with_its_pointer(chemin: str, valeur: object, code: str) -> None:
    fait = catalogue().get(chemin)
    lu = FaitLu(valeur, fait.provenance[0] if fait else Provenance.DECLAREE, date(2026, 3, 1))  # type: ignore[arg-type]
    trouvees = anomalies(msgspec.structs.replace(SITUATION, faits={chemin: lu}))
    assert [a.code for a in trouvees] == [code]
    assert trouvees[0].pointeur.startswith(f"/faits/{chemin}")


def test_an_impossible_provenance_is_named() -> None:
    lu = FaitLu(["DALO"], Provenance.DECLAREE, date(2026, 3, 1))
    assert [a.code for a in anomalies(msgspec.structs.replace(SITUATION, faits={"labels": lu}))] == [
        "provenance-impossible"
    ]


def test_a_region_may_use_its_own_labels() -> None:
    lu = FaitLu(["LABEL_DE_LA_REGION"], Provenance.LABEL, date(2026, 3, 1))
    assert anomalies(msgspec.structs.replace(SITUATION, faits={"labels": lu})) == []


def test_a_coded_local_fact_carries_its_own_codes() -> None:
    local = replace(_CODE, chemin="local.quartier_vecu", liste=None, codes=("nord", "sud"))
    faits = avec_faits_locaux([local])
    lus = {"local.quartier_vecu": FaitLu("nord", Provenance.DECLAREE, date(2026, 3, 1))}
    assert anomalies(msgspec.structs.replace(SITUATION, faits=lus), faits) == []
    lus = {"local.quartier_vecu": FaitLu("est", Provenance.DECLAREE, date(2026, 3, 1))}
    assert [a.code for a in anomalies(msgspec.structs.replace(SITUATION, faits=lus), faits)] == ["code-inconnu"]


def test_the_id_of_a_place_holds_its_quarter() -> None:
    assert identifiant_lieu("67482") == "67482"
    assert identifiant_lieu("67482", "NEUDORF") == "67482:NEUDORF"
