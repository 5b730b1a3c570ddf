"""Each construct of the grid language (cotation.md G1 to G20), on a grid that carries its values worked by hand."""

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from services.cotation.commandes.grilles import noter
from services.cotation.domain import oracle
from services.cotation.domain.ecriture import migrer
from services.cotation.domain.explication import expliquer
from services.cotation.domain.lecture import analyser
from services.cotation.domain.texte_json import lire_json
from services.cotation.domain.verification import verifier

GRILLES = Path(__file__).parents[1] / "grids"
NOMS = sorted(chemin.stem for chemin in GRILLES.glob("g*.json"))
CONTRATS = Path(__file__).parents[3] / "contracts"
SCHEMA = Draft202012Validator(json.loads((CONTRATS / "cotation-grid-1.0.schema.json").read_text()))


def lire(nom: str) -> Any:
    """One grid of the folder, as JSON."""
    return lire_json((GRILLES / f"{nom}.json").read_bytes())


def nombres_attendus(document: Any) -> Iterator[tuple[int, str]]:
    """Each expected figure of a grid's examples: its example's rank and its key."""
    for rang, exemple in enumerate(document["exemples"]):
        for cle in ("total", "facteur"):
            if cle in exemple["attendu"]:
                yield rang, cle


def test_chaque_construction_a_sa_grille() -> None:
    assert {int(nom[1:3]) for nom in NOMS} == set(range(1, 21))


@pytest.mark.parametrize("nom", NOMS)
def test_la_grille_est_valide_et_ses_exemples_sortent(nom: str) -> None:
    document = lire(nom)
    assert document["exemples"]
    assert verifier(document, noter) == ()


@pytest.mark.parametrize("nom", NOMS)
def test_un_exemple_faux_fait_refuser_la_grille(nom: str) -> None:
    for rang, cle in nombres_attendus(lire(nom)):
        faux = lire(nom)
        faux["exemples"][rang]["attendu"][cle] = "123456"
        fautes = verifier(faux, noter)
        assert {(faute.code, faute.pointeur) for faute in fautes} == {("exemple-non-verifie", f"/exemples/{rang}")}


@pytest.mark.parametrize("nom", NOMS)
def test_la_grille_suit_le_schema_publie_et_se_recrit_egale(nom: str) -> None:
    document = lire(nom)
    assert [erreur.message for erreur in SCHEMA.iter_errors(document)] == []
    lecture = analyser(document)
    reecrite = lire_json(msgspec.json.Encoder(decimal_format="number").encode(migrer(lecture)))
    assert analyser(reecrite).grille == lecture.grille


@pytest.mark.parametrize("nom", NOMS)
def test_chaque_exemple_s_explique(nom: str) -> None:
    grille = analyser(lire(nom)).grille
    for exemple in grille.exemples:
        resultat = noter(grille)(exemple.faits, exemple.le or date(2024, 1, 1))
        dite = expliquer(grille, resultat, exemple.faits)
        assert len(dite.comptees) + len(dite.ecartees) == len(resultat.lignes)
        assert all(ligne.pourquoi for ligne in (*dite.comptees, *dite.ecartees))


def test_les_indicateurs_sont_montres_a_cote_de_la_note() -> None:
    grille = analyser(lire("g20-indicateurs")).grille
    exemple = grille.exemples[0]
    resultat = noter(grille)(exemple.faits, date(2024, 1, 1))
    assert expliquer(grille, resultat, exemple.faits).indicateurs == ("Taux d'effort : 41,5 %", "Reste à vivre : 8,2")


def test_l_expiration_d_un_malus_est_dite() -> None:
    grille = analyser(lire("g11-refus")).grille
    faits = {"demande": {"date_depot": "2024-01-31", "refus": [{"date": "2025-06-15", "adaptee": True}]}}
    resultat = noter(grille)(faits, date(2026, 1, 31))
    dite = expliquer(grille, resultat, faits)
    malus = next(ligne for ligne in dite.comptees if ligne.regle == "REFUS")
    assert malus.pourquoi == "Ce critère compte. L'effet cesse le 15 juin 2026."
    assert dite.calcul[0].startswith("Votre ancienneté repart du refus du 15 juin 2025 : elle est de 7 mois")


@pytest.mark.parametrize("noter_par", [noter, lambda grille: partial(oracle.evaluer, grille)], ids=["moteur", "oracle"])
@pytest.mark.parametrize("ou", [{"date": "9999-10-01"}, {"mois_apres_depot": 9}])
def test_une_expiration_hors_du_calendrier_est_un_jour_inconnu(noter_par: Any, ou: dict[str, Any]) -> None:
    grille = analyser(lire("g11-refus")).grille
    faits = {"demande": {"date_depot": "9999-01-01", "refus": [{"adaptee": True} | ou]}}
    ligne = next(ligne for ligne in noter_par(grille)(faits, date(9999, 12, 1)).lignes if ligne.regle == "REFUS")
    assert (ligne.compte, ligne.expire_le) == (True, None)
