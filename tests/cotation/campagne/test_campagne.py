"""The campaign: on grids and situations drawn over the whole language, the oracle, the generated function and the columns agree.

Short form, in CI: more than 5,000 (grid, situation) pairs. Long form (`--long`): more than 100,000 others, in twenty parts.
Replay a part on its own: `pytest --long tests/cotation/campagne/test_campagne.py -k "longue and 7"`.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from services.cotation.domain.condition import Operateur
from services.cotation.domain.grille import ModeGroupe
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.moteur import compiler, encoder
from services.cotation.domain.resultat import Raison
from tests.cotation.abrege import LE, grille, regle
from tests.cotation.campagne.cas import SITUATIONS_PAR_GRILLE, Cas
from tests.cotation.campagne.deroulement import GRAINE, GRILLES_EN_CI, Bilan, corpus, derouler, juger, resultats
from tests.cotation.campagne.moteurs import MoteurCompile
from tests.cotation.campagne.vocabulaire import JOURS_D_EVALUATION

RACINE = Path(__file__).parents[3]
ECRITES = sorted([*(RACINE / "contracts/grilles").glob("*-*.json"), *(RACINE / "tests/cotation/grids").glob("g*.json")])
PARTS = 20
PAIRES_DES_TROIS = 5_000
"""In each part, all different, on all three; the others are grids whose sums may pass 64 bits, which the columns refuse."""
CONSTRUCTIONS = {
    *(f"raison {raison}" for raison in Raison),
    *(f"groupe {mode}" for mode in ModeGroupe),
    *(f"opérateur {operateur}" for operateur in Operateur),
    *(f"effet {effet}" for effet in ("Points", "Coefficient", "Cumul", "Tranches", "Variantes")),
    *(f"condition {forme}" for forme in ("Toujours", "Feuille", "Toutes", "Une", "Non")),
    *(f"mesure {mesure}" for mesure in ("Champ", "MoisDepuis", "NombreDe")),
    *("portée bloc", "portée total", "hors cotation", "provisoire", "expiration", "facteur"),
    *("total négatif", "total à virgule"),
}


def derouler_une_part(graine: int, record_property) -> Bilan:
    moteur = MoteurCompile()
    bilan = derouler([moteur], GRILLES_EN_CI, graine)
    des_trois = len(bilan.differentes) - moteur.refus * SITUATIONS_PAR_GRILLE
    assert bilan.paires == GRILLES_EN_CI * SITUATIONS_PAR_GRILLE
    assert moteur.paires_colonnes + moteur.refus * SITUATIONS_PAR_GRILLE == bilan.paires
    assert des_trois >= PAIRES_DES_TROIS
    record_property("paires_des_trois", des_trois)
    print(f"campagne : {bilan.paires} paires, {len(bilan.differentes)} différentes, {des_trois} sur les trois moteurs")
    return bilan


def test_les_trois_s_accordent_forme_courte(record_property):
    bilan = derouler_une_part(GRAINE, record_property)
    manquent = {nom for nom in CONSTRUCTIONS if not bilan.rencontres[nom]}
    assert not manquent, f"jamais rencontrés : {sorted(manquent)}"


@pytest.mark.long
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_les_trois_s_accordent_forme_longue(part, record_property):
    derouler_une_part(GRAINE + part, record_property)


@pytest.mark.parametrize("tirages", [10, pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.parametrize("chemin", ECRITES, ids=lambda chemin: chemin.stem)
def test_les_trois_s_accordent_sur_les_grilles_ecrites(chemin, tirages):
    """The five published grids and those that show each construct: their own examples, and situations around their thresholds."""
    ecrite, moteur = lire_grille(chemin.read_bytes()), MoteurCompile()
    for exemple in ecrite.exemples:
        juger(Cas(ecrite, exemple.le or JOURS_D_EVALUATION[0], (dict(exemple.faits),)), [moteur])
    derouler([moteur], tirages, GRAINE, ecrite)
    assert moteur.refus == 0
    assert moteur.paires_colonnes >= tirages * SITUATIONS_PAR_GRILLE


@pytest.mark.parametrize(("cas_tires", "lignes"), [(2, 70_001), pytest.param(1, 600_001, marks=pytest.mark.long)])
def test_les_blocs_et_les_fils_ne_changent_rien(cas_tires, lignes):
    """The same situations many times over, in disorder, past several blocks and on two threads."""
    hasard = Random(lignes)
    for cas in corpus(30, GRAINE + lignes)[-cas_tires:]:
        compilee, attendus = compiler(cas.grille), resultats(cas)
        rangs = [hasard.randrange(len(attendus)) for _ in range(lignes)]
        colonnes = encoder(compilee.encodage(), [cas.situations[rang] for rang in rangs])
        obtenus = compilee.evaluer_colonnes(colonnes, cas.as_of, fils=2)
        debut = obtenus.total.tolist()
        assert len(debut) == lignes
        premiers = {rang: rangs.index(rang) for rang in set(rangs)}
        for tableau in (obtenus.total, obtenus.hors_cotation, obtenus.provisoire, *obtenus.points):
            valeurs = tableau.tolist()
            assert valeurs == [valeurs[premiers[rang]] for rang in rangs]
        unite = Decimal(1).scaleb(-obtenus.decimales_total)
        assert [debut[premiers[rang]] * unite for rang in premiers] == [attendus[rang].total for rang in premiers]


def test_une_erreur_de_chaque_voie_est_vue():
    """Six points where the oracle says five: the function, its totals, the total of the columns and their line each differ."""
    faux = Cas(grille(regle("A", 6)), LE, ({}, {}))
    ecarts = list(MoteurCompile()(faux, resultats(replace(faux, grille=grille(regle("A", 5))))))
    for voie in (
        "fonction, situation 1.total",
        "totaux",
        "note, situation 1",
        "par différence",
        "colonnes, situation 1, total",
        "colonnes, situation 0, A",
    ):
        assert any(ecart.startswith(voie) for ecart in ecarts), voie


def test_la_meme_graine_redonne_les_memes_cas():
    premiers = [cas.empreinte() for cas in corpus(20, GRAINE)]
    assert [cas.empreinte() for cas in corpus(20, GRAINE)] == premiers
    assert [cas.empreinte() for cas in corpus(20, GRAINE + 1)] != premiers
