"""The published JSON Schema of `cotation-grid/1.0` and the reader refuse the same documents."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.cotation.commandes.grilles import noter
from services.cotation.domain.condition import Operateur
from services.cotation.domain.faute import Gravite
from services.cotation.domain.lecture.format_1_0 import CLES, STATUTS, TYPES
from services.cotation.domain.texte_json import lire_json
from services.cotation.domain.verification import verifier

RACINE = Path(__file__).parents[3]
SCHEMA = json.loads((RACINE / "contracts" / "cotation-grid-1.0.schema.json").read_text())
VALIDEUR = Draft202012Validator(SCHEMA)
BASE = json.loads((RACINE / "tests" / "cotation" / "grids" / "g11-refus.json").read_text())

DEGATS: list[tuple[str, Any]] = [
    ("/format", "cotation-grid/2.0"),
    ("/nom", 3),
    ("/territoire/type", None),
    ("/calcul/mode", "produit"),
    ("/regles", []),
    ("/regles/0/id", "9"),
    ("/regles/0/poids", 3),
    ("/regles/0/points", 3),
    ("/regles/0/quand", {"toujours": False}),
    ("/regles/0/quand", {"toutes": []}),
    ("/regles/0/quand", {"toujours": True, "non": {"toujours": True}}),
    ("/regles/0/quand", {"champ": "a.b", "operateur": "entre", "valeur": [1]}),
    ("/regles/0/quand", {"champ": "a.b", "operateur": "parmi", "valeur": "x"}),
    ("/regles/0/quand", {"champ": "a.b", "operateur": "superieur", "valeur": "haut"}),
    ("/regles/0/quand", {"champ": "a.b", "operateur": "egal", "valeur": None}),
    ("/regles/0/quand", {"champ": "a b", "operateur": "egal", "valeur": 1}),
    ("/regles/0/quand", {"champ": "a.b", "mois_depuis": "a.b", "operateur": "egal", "valeur": 1}),
    ("/regles/0/quand", {"champ": "a.b", "fenetre_mois": 3, "operateur": "egal", "valeur": 1}),
    ("/regles/0/cumul/valeur", "1"),
    ("/regles/0/cumul/valeur", 10**10),
    ("/regles/0/preuve", {"exigence": "serment"}),
    ("/effets_evenements/0/expire_mois", 0),
    ("/effets_evenements/0/points", None),
    ("/remises_a_zero/0/evenements", "x;y"),
    ("/dates", {"adoptee_le": "hier"}),
    ("/faits_locaux", [{"champ": "menage.x", "libelle": "X", "type": "bool"}]),
    ("/exemples/0/attendu", {}),
    ("/inconnue", 1),
]


def abimer(chemin: str, valeur: Any) -> dict[str, Any]:
    """The base grid with one place replaced."""
    document = copy.deepcopy(BASE)
    *parents, dernier = [int(pas) if pas.isdecimal() else pas for pas in chemin.strip("/").split("/")]
    lieu: Any = document
    for pas in parents:
        lieu = lieu[pas]
    lieu[dernier] = valeur
    return document


def test_le_schema_est_un_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert VALIDEUR.is_valid(BASE)


@pytest.mark.parametrize(("chemin", "valeur"), DEGATS, ids=[f"{c}={json.dumps(v)[:40]}" for c, v in DEGATS])
def test_le_schema_et_le_lecteur_refusent_le_meme_document(chemin: str, valeur: Any) -> None:
    document = abimer(chemin, valeur)
    assert not VALIDEUR.is_valid(document)
    fautes = verifier(lire_json(json.dumps(document)), noter)
    assert any(faute.gravite is Gravite.FAUTE for faute in fautes)


def test_le_schema_et_le_lecteur_ont_les_memes_mots() -> None:
    proprietes, definitions = SCHEMA["properties"], SCHEMA["$defs"]
    assert set(proprietes) == CLES
    assert set(definitions["feuille"]["properties"]["operateur"]["enum"]) == {mot.value for mot in Operateur}
    assert set(proprietes["statut"]["enum"]) == set(STATUTS)
    assert set(proprietes["faits_locaux"]["items"]["properties"]["type"]["enum"]) == set(TYPES)


def test_une_grille_complete_est_prete_a_l_adoption() -> None:
    document = copy.deepcopy(BASE)
    document["territoire"]["code"] = "246700488"
    document["dates"] = {"adoptee_le": "2026-06-01", "applicable_du": "2026-09-01"}
    document["textes"] = dict.fromkeys(
        ("effet_des_refus", "evaluation_periodique", "information_du_public"), "Voir le plan partenarial."
    )
    dalo = {"champ": "labels", "operateur": "contient_un_de", "valeur": ["DALO"]}
    document["regles"].append({"id": "DALO", "libelle": "DALO", "bloc": "b", "quand": dalo, "points": 50})
    assert verifier(lire_json(json.dumps(document)), noter, adoption=True) == ()
