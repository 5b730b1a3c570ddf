"""`verifier`: each kind of fault is told, alone and with all the others, with its place and a remedy."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.cotation.commandes.grilles import noter
from services.cotation.domain.faute import Faute, Gravite
from services.cotation.domain.texte_json import lire_json
from services.cotation.domain.verification import verifier

GRILLES = Path(__file__).parents[1] / "grids"
Gate = Callable[[dict[str, Any]], None]

BASE: dict[str, Any] = {
    "format": "cotation-grid/0.1",
    "id": "essai",
    "name": "Essai",
    "territory": {"type": "metropole", "name": "Essai"},
    "aggregation": {"mode": "base_times_coefficients", "base_rule": "ANC"},
    "blocs": [{"id": "vie", "label": "Vie"}, {"id": "social", "label": "Social"}],
    "rules": [
        {
            "id": "ANC",
            "label": "Ancienneté",
            "bloc": "vie",
            "when": {"always": True},
            "accrual": {"per": "month", "value": 1, "field": "demande.anciennete_mois", "cap": None},
            "evidence": "declared",
        },
        {
            "id": "MOBILITE",
            "label": "Mobilité",
            "bloc": "social",
            "when": {"field": "demande.motifs", "op": "contains_any", "value": ["mobilite_professionnelle"]},
            "variants": [
                {"when": {"field": "mobilite.nature", "op": "eq", "value": "hors_epci"}, "coefficient": 1.8},
                {"when": {"field": "mobilite.nature", "op": "eq", "value": "dans_epci"}, "coefficient": 1.3},
            ],
            "evidence": "declared",
        },
        {
            "id": "EFFORT",
            "label": "Effort",
            "bloc": "social",
            "when": {"field": "ressources.taux_effort_pct", "op": "gt", "value": 33},
            "points": 10,
            "evidence": "declared",
        },
        {
            "id": "ENFANTS",
            "label": "Enfants",
            "bloc": "social",
            "when": {"field": "menage.enfants", "op": "gte", "value": 1},
            "bands": [{"min": 1, "max": 3, "points": 2}, {"min": 3, "max": None, "points": 4}],
            "evidence": "declared",
        },
    ],
    "exclusion_groups": [{"id": "proches", "mode": "max", "rules": ["EFFORT", "ENFANTS"]}],
}


def fautes(document: Any, **options: Any) -> tuple[Faute, ...]:
    """The faults of a document, read from its text as a file would be."""
    texte = document if isinstance(document, str) else json.dumps(document)
    return verifier(lire_json(texte), noter, **options)


def poser(chemin: str, valeur: Any) -> Gate:
    """A damage: put `valeur` at a JSON pointer of the grid."""

    def abimer(grille: dict[str, Any]) -> None:
        *parents, dernier = [int(pas) if pas.isdecimal() else pas for pas in chemin.strip("/").split("/")]
        lieu: Any = grille
        for pas in parents:
            lieu = lieu[pas]
        if isinstance(lieu, list) and dernier == len(lieu):
            lieu.append(valeur)
        else:
            lieu[dernier] = valeur

    return abimer


def feuille(champ: str, op: str, value: Any) -> dict[str, Any]:
    """A 0.1 leaf."""
    return {"field": champ, "op": op, "value": value}


def regle(**cles: Any) -> dict[str, Any]:
    """A fifth rule, of five points."""
    return {"id": "R", "label": "R", "bloc": "social", "when": {"always": True}, "points": 5} | cles


def _hors_portee(grille: dict[str, Any]) -> None:
    grille["segment"] = "primo_demandeur"
    grille["rules"][2]["when"] = feuille("demande.est_mutation", "eq", True)


def _masque(grille: dict[str, Any]) -> None:
    grille["exclusion_groups"][0]["mode"] = "first"
    grille["rules"][3]["when"] = {"all": [grille["rules"][2]["when"], feuille("menage.enfants", "gte", 1)]}
    grille["rules"][3] |= {"points": 3}
    del grille["rules"][3]["bands"]


def _bloc_rule(grille: dict[str, Any], ecarte: str, dans: str) -> None:
    grille["bloc_rules"] = [{"skip_bloc": ecarte, "if_any_points_in": dans}]


IMPOSSIBLE = {"all": [feuille("menage.enfants", "gt", 2), feuille("menage.enfants", "lt", 3)]}
CAS: list[tuple[str, str, Gate]] = [
    ("operateur-inconnu", "/rules/2/when/op", poser("/rules/2/when/op", "gtt")),
    ("mode-inconnu", "/aggregation/mode", poser("/aggregation/mode", "produit")),
    ("mode-inconnu", "/exclusion_groups/0/mode", poser("/exclusion_groups/0/mode", "best")),
    ("cle-inconnue", "/rules/2/poids", poser("/rules/2/poids", 3)),
    ("effet-absent", "/rules/4", lambda g: g["rules"].append({k: v for k, v in regle().items() if k != "points"})),
    ("effets-multiples", "/rules/2", poser("/rules/2/coefficient", 1.2)),
    ("type-incompatible", "/rules/2/when", poser("/rules/2/when", feuille("menage.enfants", "contains_any", ["a"]))),
    ("type-incompatible", "/rules/2/when", poser("/rules/2/when", feuille("menage.handicap", "gt", 1))),
    ("type-incompatible", "/rules/2/when", poser("/rules/2/when", feuille("demande.motifs", "eq", "decohabitation"))),
    ("unite-incompatible", "/rules/0/accrual", poser("/rules/0/accrual/field", "menage.personnes")),
    (
        "variante-inatteignable",
        "/rules/1/variants/2",
        poser("/rules/1/variants/2", {"when": feuille("mobilite.nature", "in", ["hors_epci"]), "coefficient": 2}),
    ),
    ("tranches-chevauchantes", "/rules/3/bands/1", poser("/rules/3/bands/1/min", 2)),
    ("tranches-trouees", "/rules/3/bands/1", poser("/rules/3/bands/1/min", 4)),
    ("tranche-vide", "/rules/3/bands/0", poser("/rules/3/bands/0/max", 1)),
    ("critere-impossible", "/rules/2/when", poser("/rules/2/when", IMPOSSIBLE)),
    ("critere-impossible", "/rules/2/when", poser("/rules/2/when", feuille("menage.personnes", "lt", 1))),
    ("critere-impossible", "/rules/2/when", poser("/rules/2/when", {"not": {"always": True}})),
    ("critere-hors-portee", "/rules/2", _hors_portee),
    ("critere-masque", "/exclusion_groups/0/rules/1", _masque),
    ("regle-absente", "/exclusion_groups/0/rules/1", poser("/exclusion_groups/0/rules/1", "ENFANT")),
    ("borne-sous-un-critere", "/rules/2", poser("/caps", {"rule_max": 9})),
    ("borne-sous-un-critere", "/rules/2", poser("/caps", {"total_max": 9})),
    ("bornes-inversees", "/caps/rule_min", poser("/caps", {"rule_max": 20, "rule_min": 30})),
    ("borne-sans-objet", "/caps/bloc/social", poser("/caps", {"bloc": {"social": 50}})),
    ("identifiant-en-double", "/rules/2/id", poser("/rules/2/id", "MOBILITE")),
    ("base-absente", "/aggregation/base_rule", poser("/aggregation/base_rule", "ANCIENNETE")),
    ("base-en-coefficient", "/aggregation/base_rule", poser("/aggregation/base_rule", "MOBILITE")),
    ("base-dans-un-groupe", "/exclusion_groups/0/rules/1", poser("/exclusion_groups/0/rules/1", "ANC")),
    ("bloc-inconnu", "/rules/2/bloc", poser("/rules/2/bloc", "sociaux")),
    ("bloc-inconnu", "/bloc_rules/0/skip_bloc", lambda g: _bloc_rule(g, "locale", "social")),
    ("bloc-qui-s-ecarte", "/bloc_rules/0", lambda g: _bloc_rule(g, "social", "social")),
    ("base-ecartee", "/bloc_rules/0/skip_bloc", lambda g: _bloc_rule(g, "vie", "social")),
    ("nombre-hors-bornes", "/rules/2/points", poser("/rules/2/points", 10**12)),
    ("nombre-hors-bornes", "/rules/2/points", poser("/rules/2/points", 0.12345678)),
    ("sensible-sans-derogation", "/rules/2/sensitive", poser("/rules/2/sensitive", True)),
    (
        "uniformite-rompue",
        "/rules/2/when",
        poser("/rules/2/when", feuille("logement_actuel.commune", "in", ["67482"])),
    ),
    (
        "anciennete-circulaire",
        "/decay/0/only_if",
        poser(
            "/decay",
            [
                {
                    "trigger": "refusal",
                    "only_if": feuille("demande.anciennete_mois", "gt", 6),
                    "effect": {"kind": "reset_seniority", "from": "refusal_date"},
                }
            ],
        ),
    ),
    ("formule-inconnue", "/aggregation/formula", poser("/aggregation/formula", "base * prod(coef)")),
    ("chemin-invalide", "/rules/2/when/field", poser("/rules/2/when/field", "__import__('os').system('true')")),
    ("plafond-de-signe-contraire", "/rules/0/accrual/cap", poser("/rules/0/accrual/cap", -3)),
]


def test_la_grille_de_depart_est_sans_reproche() -> None:
    assert fautes(BASE) == ()


@pytest.mark.parametrize(("code", "pointeur", "abimer"), CAS, ids=[f"{cas[0]}:{cas[1]}" for cas in CAS])
def test_une_faute_est_dite_a_sa_place_avec_son_remede(code: str, pointeur: str, abimer: Gate) -> None:
    grille = copy.deepcopy(BASE)
    abimer(grille)
    dites = {(faute.code, faute.pointeur): faute for faute in fautes(grille)}
    assert (code, pointeur) in dites
    faute = dites[(code, pointeur)]
    assert faute.gravite is Gravite.FAUTE
    assert faute.phrase.endswith((".", "?"))
    assert faute.remede


def test_toutes_les_fautes_sont_dites_d_un_coup() -> None:
    grille = copy.deepcopy(BASE)
    for code, pointeur, abimer in CAS:
        if (code, pointeur) in {
            ("cle-inconnue", "/rules/2/poids"),
            ("tranches-trouees", "/rules/3/bands/1"),
            ("regle-absente", "/exclusion_groups/0/rules/1"),
            ("base-absente", "/aggregation/base_rule"),
            ("nombre-hors-bornes", "/rules/2/points"),
            ("sensible-sans-derogation", "/rules/2/sensitive"),
            ("bloc-inconnu", "/rules/2/bloc"),
            ("variante-inatteignable", "/rules/1/variants/2"),
        }:
            abimer(grille)
    assert {faute.code for faute in fautes(grille)} >= {
        "cle-inconnue",
        "tranches-trouees",
        "regle-absente",
        "base-absente",
        "nombre-hors-bornes",
        "sensible-sans-derogation",
        "bloc-inconnu",
        "variante-inatteignable",
    }


@pytest.mark.parametrize("nombre", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_un_nombre_qui_n_en_est_pas_un_est_refuse(nombre: str) -> None:
    texte = json.dumps(BASE).replace('"points": 10', f'"points": {nombre}')
    assert [(faute.code, faute.pointeur) for faute in fautes(texte)] == [("nombre-refuse", "/rules/2/points")]


def test_une_cle_ecrite_deux_fois_est_refusee() -> None:
    texte = json.dumps(BASE).replace('"points": 10', '"points": 10, "points": 90')
    assert ("cle-en-double", "/rules/2/points") in {(faute.code, faute.pointeur) for faute in fautes(texte)}


def test_un_fait_inconnu_avertit_un_brouillon_et_refuse_une_adoption() -> None:
    grille = copy.deepcopy(BASE)
    grille["rules"][2]["when"]["field"] = "ressources.taux_efort_pct"
    (avis,) = fautes(grille)
    assert (avis.code, avis.gravite, avis.pointeur) == ("fait-inconnu", Gravite.AVERTISSEMENT, "/rules/2/when")
    assert "un nombre" in avis.phrase
    assert "« ressources.taux_effort_pct »" in avis.remede
    adoptee = {faute.code: faute.gravite for faute in fautes(grille, adoption=True)}
    assert adoptee["fait-inconnu"] is Gravite.FAUTE


def test_un_code_inconnu_avertit_et_nomme_le_plus_proche() -> None:
    grille = copy.deepcopy(BASE)
    grille["rules"][1]["when"]["value"] = ["mobilite_profesionnelle"]
    (avis,) = fautes(grille)
    assert (avis.code, avis.gravite) == ("code-inconnu", Gravite.AVERTISSEMENT)
    assert avis.remede == "Écrire « mobilite_professionnelle » ?"


def test_un_fait_local_declare_vaut_un_fait_du_catalogue() -> None:
    document = json.loads((GRILLES / "g08-groupes.json").read_text())
    assert [faute.code for faute in fautes(document, adoption=True) if "fait" in faute.code] == []
    del document["faits_locaux"]
    assert ("fait-inconnu", "/groupes/3/champ") in {(f.code, f.pointeur) for f in fautes(document, adoption=True)}


def test_deux_usages_contradictoires_d_un_fait_inconnu_sont_une_faute() -> None:
    grille = copy.deepcopy(BASE)
    grille["rules"].append(regle(when={"any": [feuille("x.y", "gt", 1), feuille("x.y", "contains_any", ["a"])]}))
    assert ("usages-contradictoires", "/rules/4/when/any/1") in {(f.code, f.pointeur) for f in fautes(grille)}


@pytest.mark.duty("cotation:D10")
def test_un_critere_qui_nomme_une_commune_rompt_l_uniformite() -> None:
    grille = copy.deepcopy(BASE)
    grille["rules"].append(regle(when=feuille("demande.communes_souhaitees", "contains_any", ["67482"])))
    assert ("uniformite-rompue", "/rules/4/when") in {(f.code, f.pointeur) for f in fautes(grille)}
    relatif = copy.deepcopy(BASE)
    relatif["rules"].append(regle(when=feuille("lien.habite_commune", "eq", True)))
    assert fautes(relatif) == ()


@pytest.mark.duty("cotation:D30")
def test_un_critere_sensible_demande_une_derogation_ecrite() -> None:
    grille = copy.deepcopy(BASE)
    grille["rules"][2] |= {"sensitive": True, "sensitive_override": {"by": "Conseil", "reason": "Délibération 12"}}
    assert fautes(grille) == ()


@pytest.mark.duty("cotation:D7", "cotation:D8", "cotation:D9", "cotation:D11")
def test_une_adoption_demande_priorites_dates_exemples_et_textes() -> None:
    document = json.loads((GRILLES / "g03-cumul.json").read_text())
    dites = {(faute.code, faute.pointeur): faute.gravite for faute in fautes(document, adoption=True)}
    assert dites[("priorites-absentes", "/regles")] is Gravite.FAUTE
    assert dites[("date-absente", "/dates/applicable_du")] is Gravite.FAUTE
    assert {pointeur for code, pointeur in dites if code == "texte-absent"} == {
        "/textes/effet_des_refus",
        "/textes/evaluation_periodique",
        "/textes/information_du_public",
    }
    del document["exemples"]
    assert ("exemples-absents", "/exemples") in {(f.code, f.pointeur) for f in fautes(document, adoption=True)}


def test_un_exemple_publie_qui_ne_sort_pas_refuse_la_grille() -> None:
    grille = copy.deepcopy(BASE)
    grille["examples"] = [{"id": "faux", "facts": {"demande": {"anciennete_mois": 3}}, "expected": {"total": "4"}}]
    (faute,) = fautes(grille)
    assert (faute.code, faute.pointeur) == ("exemple-non-verifie", "/examples/0")
    assert "total attendu 4, obtenu 3" in faute.phrase
