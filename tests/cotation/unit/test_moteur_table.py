"""A Polars frame encodes as the same situations written as nested objects."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from services.cotation.domain.condition import ANCIENNETE, MoisDepuis, NombreDe
from services.cotation.domain.grille import EffetEvenement, Grille, RemiseAZero
from services.cotation.domain.moteur import compiler, encoder, encoder_table
from services.cotation.domain.moteur.erreurs import ColonneInvalide
from tests.cotation.abrege import LE, coche, cumul, faits, feuille, grille, regle, tranches


def complete() -> Grille:
    """A grid that reads a fact of every type."""
    adaptee = feuille("evenement.adaptee", "egal", True)
    regles = [
        regle("STATUT", 7, feuille("logement.statut", "parmi", "hotel", "squat")),
        regle("AUTRE", 3, feuille("logement.statut", "different", "hotel")),
        regle("MOTIFS", 5, feuille("motifs", "contient_un_de", "a", "b")),
        regle("HANDICAP", 4, coche("menage.handicap")),
        regle("EFFORT", tranches("effort", (0, "33.3", "0"), ("33.3", 70, "5"), (70, None, "9"))),
        regle("SORTIE", cumul(MoisDepuis("sortie"), "1", "30")),
        regle("ANC", cumul(ANCIENNETE, "1")),
        regle("CAL", cumul(NombreDe("cal", 12), "2")),
        regle("OBJET", 1, feuille("menage", "existe", True)),
    ]
    refus = EffetEvenement("REFUS", "", "refus", Decimal(-10), None, adaptee, 12, par_evenement=True)
    return grille(*regles, effets_evenements=(refus,), remises_a_zero=(RemiseAZero("refus", adaptee),))


SITUATIONS: list[dict[str, Any]] = [
    {
        **faits(logement__statut="hotel", motifs=["a", "z"], menage__handicap=True, effort=Decimal("33.30")),
        **faits(sortie=date(2025, 3, 31), demande__date_depot=date(2024, 1, 31), cal=[{"date": date(2026, 1, 2)}]),
        "refus": [{"adaptee": True, "date": date(2026, 5, 1)}, None, {"adaptee": False, "date": date(2026, 9, 1)}],
    },
    {
        **faits(logement__statut="villa", motifs=[], menage__handicap=False, effort=Decimal(70)),
        **faits(sortie=date(2027, 3, 31), demande__date_depot=date(2020, 2, 29), cal=[], refus=[]),
    },
    {"refus": [{"adaptee": True, "date": None}], "motifs": ["b", "b", "c"], "effort": Decimal("-1.25")},
    {},
]


def test_une_table_et_des_objets_donnent_les_memes_colonnes() -> None:
    compilee = compiler(complete())
    table = pl.DataFrame(SITUATIONS, infer_schema_length=None)
    colonnes, attendues = encoder_table(compilee.encodage(), table), encoder(compilee.encodage(), SITUATIONS)
    assert colonnes.par_fait.keys() == attendues.par_fait.keys()
    resultat = compilee.evaluer_colonnes(colonnes, LE)
    attendu = compilee.evaluer_colonnes(attendues, LE)
    assert [points.tolist() for points in resultat.points] == [points.tolist() for points in attendu.points]
    assert (
        resultat.total.tolist()
        == attendu.total.tolist()
        == [int(compilee.evaluer(situation, LE).total) for situation in SITUATIONS]
    )


def test_des_colonnes_a_plat_des_textes_et_des_categories() -> None:
    compilee = compiler(complete())
    statuts = ["hotel", "villa", None, "squat"]
    table = pl.DataFrame(
        {
            "logement.statut": pl.Series(statuts, dtype=pl.Categorical),
            "effort": ["33.3", "70", "x", None],
            "sortie": ["2025-03-31", "2025-02-30", None, "2026-11-22"],
            "demande.anciennete_mois": [3, 0, None, 40],
        }
    )
    situations = [
        faits(logement__statut=s, effort=e, sortie=j, demande__anciennete_mois=a)
        for s, e, j, a in table.cast({"logement.statut": pl.String}).rows()
    ]
    resultat = compilee.evaluer_colonnes(encoder_table(compilee.encodage(), table), LE)
    assert resultat.total.tolist() == [int(total) for total in compilee.totaux(situations, LE)]


@pytest.mark.parametrize("serie", [[1.5, None], [datetime(2026, 1, 1), None], [[0.5], None]])  # noqa: DTZ001 - refused
def test_ce_qui_n_est_pas_exact_est_refuse(serie: list[Any]) -> None:
    compilee = compiler(complete())
    with pytest.raises(ColonneInvalide, match="effort"):
        encoder_table(compilee.encodage(), pl.DataFrame({"effort": serie}))


def test_une_table_vide() -> None:
    compilee = compiler(complete())
    assert compilee.evaluer_colonnes(encoder_table(compilee.encodage(), pl.DataFrame()), LE).total.tolist() == []
