"""The two worked examples that were published, on the rules of their grids that they touch, by the oracle alone.

The files of the five real grids, with these examples, go through the reader in the reader's own tests.
"""

from decimal import Decimal

from services.cotation.domain.condition import ANCIENNETE, Toutes, Une
from services.cotation.domain.grille import NiveauPreuve, RemiseAZero
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Raison
from tests.cotation.abrege import LE, coche, coef, faits, feuille, grille, ligne, par_mois, regle, valeurs

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
