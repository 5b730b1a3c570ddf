"""The reader of grids: the five published ones as they stand, and both formats giving one model."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.cotation.domain.condition import ANCIENNETE, Champ, Feuille, NombreDe, Operateur, Toujours
from services.cotation.domain.faute import GrilleInvalide
from services.cotation.domain.grille import (
    Cumul,
    EffetEvenement,
    Grille,
    Mode,
    NiveauPreuve,
    Points,
    RemiseAZero,
    SansPreuve,
    Tranches,
)
from services.cotation.domain.lecture import analyser, lire_grille
from services.cotation.domain.texte_json import lire_json

GRILLES = Path(__file__).parents[3] / "contracts" / "grilles"
REELLES = ("paris-2014", "rennes-2015", "rhone-primo", "strasbourg-2019", "toulouse-metropole")


def minimale(**cles: Any) -> dict[str, Any]:
    """A valid 0.1 grid of one rule, with some keys replaced."""
    base: dict[str, Any] = {
        "format": "cotation-grid/0.1",
        "id": "essai",
        "name": "Essai",
        "territory": {"type": "metropole", "name": "Essai"},
        "aggregation": {"mode": "additive"},
        "blocs": [{"id": "b", "label": "B"}],
        "rules": [regle()],
    }
    return base | cles


def regle(**cles: Any) -> dict[str, Any]:
    """A valid 0.1 rule of ten points, with some keys replaced; `points=None` takes its effect away."""
    lue = {"id": "R", "label": "R", "bloc": "b", "when": {"always": True}, "points": 10, "evidence": "declared"} | cles
    return {cle: valeur for cle, valeur in lue.items() if valeur is not None}


def lire(document: dict[str, Any]) -> Grille:
    """The grid of a document."""
    return lire_grille(json.dumps(document))


def codes(document: dict[str, Any]) -> set[tuple[str, str]]:
    """The faults of a document: (code, pointer)."""
    with pytest.raises(GrilleInvalide) as refus:
        lire(document)
    return {(faute.code, faute.pointeur) for faute in refus.value.fautes}


@pytest.mark.parametrize("nom", REELLES)
def test_les_grilles_publiees_se_lisent_telles_quelles(nom: str) -> None:
    lecture = analyser(lire_json((GRILLES / f"{nom}.json").read_bytes()))
    assert lecture.fautes == ()
    assert lecture.grille.id == nom
    assert len(lecture.grille.regles) == len(lecture.brut["rules"])


def test_strasbourg_garde_sa_base_ses_coefficients_et_sa_remise_a_zero() -> None:
    grille = lire_grille((GRILLES / "strasbourg-2019.json").read_bytes())
    assert (grille.mode, grille.regle_de_base) == (Mode.BASE_PAR_COEFFICIENTS, "ANC")
    assert grille.regle("ANC").effet == Cumul(Champ(ANCIENNETE), Decimal(1))
    assert str(grille.regle("ACDI").effet) == "Coefficient(valeur=Decimal('1.3'))"
    assert grille.remises_a_zero == (RemiseAZero("demande.refus"),)


def test_un_label_porte_sa_propre_preuve() -> None:
    dalo = lire_grille((GRILLES / "toulouse-metropole.json").read_bytes()).regle("DALO")
    assert dalo.preuve.exigence is NiveauPreuve.LABEL
    assert dalo.preuve.presumee is NiveauPreuve.LABEL
    assert dalo.preuve.sinon is SansPreuve.NON_COMPTEE


def test_un_label_remplacable_par_une_declaration_ne_la_prouve_pas() -> None:
    quand = {
        "any": [
            {"field": "labels", "op": "contains_any", "value": ["ACD"]},
            {"field": "menage.handicap", "op": "eq", "value": True},
        ]
    }
    assert lire(minimale(rules=[regle(when=quand, evidence="label")])).regles[0].preuve.presumee is NiveauPreuve.DECLARE


def test_les_tranches_sans_champ_suivent_l_anciennete() -> None:
    pas = [{"min": 0, "max": 12, "points": 0}, {"min": 12, "max": None, "points": 5}]
    effet = lire(minimale(rules=[regle(points=None, bands=pas)])).regles[0].effet
    assert isinstance(effet, Tranches)
    assert effet.mesure == Champ(ANCIENNETE)


def test_les_tranches_sans_champ_suivent_le_champ_de_la_condition() -> None:
    pas = [{"min": 0, "max": None, "points": 5}]
    quand = {"field": "menage.enfants", "op": "gte", "value": 1}
    effet = lire(minimale(rules=[regle(points=None, bands=pas, when=quand)])).regles[0].effet
    assert isinstance(effet, Tranches)
    assert effet.mesure == Champ("menage.enfants")


def test_un_nombre_compare_a_une_liste_d_evenements_les_compte() -> None:
    quand = {"field": "demande.passages_cal", "op": "gte", "value": 1}
    assert lire(minimale(rules=[regle(when=quand)])).regles[0].quand == Feuille(
        NombreDe("demande.passages_cal"), Operateur.SUPERIEUR_OU_EGAL, (Decimal(1),)
    )


def test_un_malus_de_refus_lit_l_evenement_en_cause() -> None:
    decay = {
        "trigger": "refusal",
        "only_if": {"field": "refus.adaptee", "op": "eq", "value": True},
        "effect": {"kind": "points", "value": -10, "expires_after_months": 12, "per_event": True},
    }
    assert lire(minimale(decay=[decay])).effets_evenements == (
        EffetEvenement(
            id="REFUS",
            libelle="Refus d'une proposition",
            evenements="demande.refus",
            valeur=Decimal(-10),
            seulement_si=Feuille(Champ("evenement.adaptee"), Operateur.EGAL, (True,)),
            expire_mois=12,
            par_evenement=True,
        ),
    )


def test_none_et_null_ne_disent_pas_la_meme_chose_d_un_plafond() -> None:
    sans = lire(minimale(caps={"total_max": "none", "rule_max": 50}))
    assert (sans.bornes_total.maxi, sans.bornes_total.maxi_sans) == (None, True)
    assert (sans.bornes_regle.maxi, sans.bornes_regle.maxi_sans) == (Decimal(50), False)
    assert not lire(minimale(caps={"total_max": None})).bornes_total.maxi_sans


def test_les_nombres_sont_exacts() -> None:
    texte = json.dumps(minimale()).replace('"points": 10', '"points": 0.1')
    assert lire_grille(texte).regles[0].effet == Points(Decimal("0.1"))


def test_toutes_les_fautes_de_forme_sont_dites_ensemble() -> None:
    fautive = minimale(
        rules=[
            regle(when={"field": "x", "op": "plus_grand", "value": 1}, bonus=3),
            regle(id="S", points=None),
            regle(id="T", coefficient=1.3),
            regle(id="U", when={"field": "a; import os", "op": "gt", "value": "haut"}),
        ],
        aggregation={"mode": "multiplicatif"},
    )
    assert codes(fautive) == {
        ("operateur-inconnu", "/rules/0/when/op"),
        ("cle-inconnue", "/rules/0/bonus"),
        ("effet-absent", "/rules/1"),
        ("effets-multiples", "/rules/2"),
        ("chemin-invalide", "/rules/3/when/field"),
        ("comparaison-impossible", "/rules/3/when/value"),
        ("mode-inconnu", "/aggregation/mode"),
    }


def test_le_remede_nomme_le_mot_le_plus_proche() -> None:
    with pytest.raises(GrilleInvalide) as refus:
        lire(minimale(rules=[regle(when={"field": "menage.enfants", "op": "contain_any", "value": ["a"]})]))
    assert [faute.remede for faute in refus.value.fautes] == ["Écrire « contains_any » ?"]


def test_toujours_est_la_condition_par_defaut_ecrite() -> None:
    assert lire(minimale()).regles[0].quand == Toujours()
