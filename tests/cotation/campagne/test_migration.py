"""Every 0.1 grid of the repository, rewritten in 1.0: it follows the published schema and scores as before, line by line."""

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from services.cotation.domain.ecriture import migrer
from services.cotation.domain.lecture import analyser
from services.cotation.domain.moteur import compiler
from services.cotation.domain.texte_json import lire_json
from tests.cotation.campagne.comparaison import ecarts
from tests.cotation.campagne.deroulement import GRAINE, corpus

RACINE = Path(__file__).parents[3]
SCHEMA = Draft202012Validator(json.loads((RACINE / "contracts" / "cotation-grid-1.0.schema.json").read_text()))
DOSSIERS = ("contracts/grilles", "deploy/regions/demonstration/grilles")
ANCIENNES = sorted(chemin for dossier in DOSSIERS for chemin in (RACINE / dossier).glob("*-*.json"))
TIRAGES = 20


def test_toutes_les_grilles_0_1_sont_la() -> None:
    assert len(ANCIENNES) == 7


@pytest.mark.parametrize("chemin", ANCIENNES, ids=lambda chemin: chemin.stem)
def test_la_grille_migree_suit_le_schema_et_note_de_meme(chemin: Path) -> None:
    lue = analyser(lire_json(chemin.read_bytes()))
    texte = msgspec.json.Encoder(decimal_format="number").encode(migrer(lue))
    assert [erreur.message for erreur in SCHEMA.iter_errors(json.loads(texte))] == []
    avant, apres = compiler(lue.grille), compiler(analyser(lire_json(texte)).grille)
    for cas in corpus(TIRAGES, GRAINE, lue.grille):
        for situation in cas.situations:
            attendu = avant.evaluer(situation, cas.as_of)
            assert ecarts(attendu, apres.evaluer(situation, cas.as_of)) == []
