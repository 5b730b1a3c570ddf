"""The worked examples by the oracle alone: the two that were published, and those that the grids of the tests carry."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from services.cotation.domain.condition import ANCIENNETE, Toutes, Une
from services.cotation.domain.grille import NiveauPreuve, RemiseAZero
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Raison
from tests.cotation.abrege import LE, coche, coef, faits, feuille, grille, ligne, par_mois, regle, valeurs

RACINE = Path(__file__).parents[3]
PUBLIEES = RACINE / "contracts" / "grilles"
CONSTRUCTIONS = sorted((RACINE / "tests" / "cotation" / "grids").glob("g*.json"))
EXEMPLES = json.loads((PUBLIEES / "examples.json").read_text())["examples"]

STRASBOURG = grille(
    regle("ANC", par_mois()),
    regle(
        "LOGEMENT_PRECAIRE",
        coef("1.3"),
        Une(
            (
                feuille("logement_actuel.statut", "parmi", "residence_sociale_foyer_pension", "rhvs"),
                coche("expulsion.menace"),
                feuille("demande.motifs", "contient_un_de", "demolition", "logement_repris_ou_vendu"),
            )
        ),
    ),
    regle("PRO_PRECAIRE", coef("1.3"), feuille("situation_professionnelle.statuts", "contient_un_de", "cdd", "stage")),
    regle("TAUX_EFFORT", coef("1.3"), feuille("ressources.taux_effort_pct", "superieur", 33)),
    base="ANC",
    remises_a_zero=(RemiseAZero("demande.refus"),),
)


def test_strasbourg_dix_mois_et_un_refus_au_sixieme_donnent_6_4():
    situation = faits(
        demande__age_mois=10,
        demande__refus=[{"mois_apres_depot": 6}],
        demande__motifs=[],
        logement_actuel__statut="residence_sociale_foyer_pension",
        situation_professionnelle__statuts=["cdd"],
    )
    resultat = evaluer(STRASBOURG, situation, LE)
    assert resultat.total == Decimal("6.4")
    assert resultat.facteur == Decimal("1.6")  # 1 + 0.3 + 0.3, not 1.3 * 1.3 = 1.69
    assert valeurs(resultat) == {"ANC": 4, "LOGEMENT_PRECAIRE": Decimal("1.3"), "PRO_PRECAIRE": Decimal("1.3")}
    assert ligne(resultat, "ANC").faits == {ANCIENNETE: 4}
    assert ligne(resultat, "TAUX_EFFORT").raison is Raison.CONDITION_NON_REMPLIE
    assert ligne(resultat, "TAUX_EFFORT").faits == {"ressources.taux_effort_pct": None}


def test_strasbourg_sans_le_refus_les_memes_faits_donnent_16():
    situation = faits(
        demande__age_mois=10,
        logement_actuel__statut="residence_sociale_foyer_pension",
        situation_professionnelle__statuts=["cdd"],
    )
    assert evaluer(STRASBOURG, situation, LE).total == 16


def test_rhone_menace_d_expulsion_parent_isole_et_taux_d_effort_donnent_35():
    rhone = grille(
        regle("EXPULSION", 20, coche("expulsion.menace")),
        regle(
            "PARENT_ISOLE",
            5,
            Toutes((feuille("menage.adultes", "egal", 1), feuille("menage.enfants", "superieur_ou_egal", 1))),
        ),
        regle("TAUX_EFFORT", 10, feuille("ressources.taux_effort_pct", "superieur", 33)),
    )
    situation = faits(expulsion__menace=True, menage__adultes=1, menage__enfants=2, ressources__taux_effort_pct="38.46")
    resultat = evaluer(rhone, situation, LE)
    assert resultat.total == 35
    assert valeurs(resultat) == {"EXPULSION": 20, "PARENT_ISOLE": 5, "TAUX_EFFORT": 10}
    assert {candidate.preuve for candidate in resultat.lignes} == {NiveauPreuve.DECLARE}


@pytest.mark.parametrize("exemple", EXEMPLES, ids=lambda exemple: exemple["id"])
def test_les_exemples_publies_sortent_des_vraies_grilles(exemple):
    grille_reelle = lire_grille((PUBLIEES / f"{exemple['grid']}.json").read_bytes())
    resultat = evaluer(grille_reelle, exemple["facts"], LE)
    attendu = dict(exemple["expected"]["breakdown"])
    facteur = attendu.pop("factor", "1")
    assert (resultat.total, resultat.facteur) == (Decimal(exemple["expected"]["total"]), Decimal(facteur))
    assert valeurs(resultat) == {nom: Decimal(dit.removeprefix("coef ")) for nom, dit in attendu.items()}


@pytest.mark.parametrize("chemin", CONSTRUCTIONS, ids=lambda chemin: chemin.stem)
def test_les_exemples_de_chaque_construction_sortent(chemin):
    ecrite = lire_grille(chemin.read_bytes())
    assert ecrite.exemples
    for exemple in ecrite.exemples:
        resultat = evaluer(ecrite, exemple.faits, exemple.le or LE)
        assert (resultat.hors_cotation and resultat.hors_cotation.code) == exemple.hors_cotation
        assert exemple.total is None or resultat.total == exemple.total
        assert exemple.facteur is None or resultat.facteur == exemple.facteur
        assert exemple.provisoire is None or resultat.provisoire == exemple.provisoire
        comptees = valeurs(resultat)
        assert {nom: comptees.get(nom) for nom in exemple.lignes} == exemple.lignes
