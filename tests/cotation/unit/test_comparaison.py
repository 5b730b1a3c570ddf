"""Why a score changed: each of the seven causes, alone and together, in the order of design.md section 8."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.cotation.commandes.grilles import noter
from services.cotation.domain.comparaison import Cas, Comparaison, cause_principale, comparer, faits_changes
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.faute import GrilleInvalide
from services.cotation.domain.grille import Grille
from services.cotation.domain.lecture import lire_grille
from services.cotation.domain.moteur import compiler
from services.cotation.domain.recit import raconter

LE = date(2026, 1, 1)


def grille(version: str = "1", handicap: int = 4) -> Grille:
    """An additive grid that reads a fact, a label, evidence, seniority with resets."""

    def regle(nom: str, champ: str, operateur: str, valeur: Any, points: int, **cles: Any) -> dict[str, Any]:
        quand = {"champ": champ, "operateur": operateur, "valeur": valeur}
        return {"id": nom, "libelle": nom.capitalize(), "bloc": "b", "quand": quand, "points": points} | cles

    document = {
        "format": "cotation-grid/1.0",
        "id": "essai",
        "nom": "Essai",
        "version": version,
        "territoire": {"type": "essai", "nom": "Essai"},
        "calcul": {"mode": "additif"},
        "blocs": [{"id": "b", "libelle": "B"}],
        "regles": [
            {
                "id": "ANC",
                "libelle": "Ancienneté",
                "bloc": "b",
                "quand": {"toujours": True},
                "cumul": {"champ": "demande.anciennete_mois", "valeur": 1, "par": "mois"},
            },
            regle("HANDICAP", "menage.handicap", "egal", True, handicap),
            regle("ENFANTS", "menage.enfants", "superieur_ou_egal", 2, 7),
            regle("DALO", "labels", "contient_un_de", ["DALO"], 50),
            regle(
                "VIOLENCES",
                "demande.motifs",
                "contient_un_de",
                ["violences_familiales"],
                30,
                preuve={"exigence": "label", "sinon": "non_comptee"},
            ),
        ],
        "remises_a_zero": [{"evenements": "demande.refus"}],
    }
    return lire_grille(json.dumps(document))


def faits(**cles: Any) -> dict[str, Any]:
    """A demande of January 2024, a year and more before LE."""
    demande = {"date_depot": "2024-01-01", "motifs": ["violences_familiales"]} | cles.pop("demande", {})
    return {"demande": demande, "menage": {"enfants": 1}} | cles


def change(
    apres: dict[str, Any], *, le: date = LE, sous: Grille | None = None, corrections: tuple[str, ...] = ()
) -> Comparaison:
    """The change from the plain demande under version 1 on LE."""
    return comparees(Cas(grille(), faits(), LE), Cas(sous or grille(), apres, le, frozenset(corrections)))


def comparees(avant: Cas, apres: Cas) -> Comparaison:
    """The change; its principal cause, found from the totals alone, is the one of the greatest part."""
    change = comparer(avant, apres, lambda g, f, d: noter(g)(f, d))
    apports = {part.cause: abs(part.points) for part in change.parts if part.points}
    principale = max(apports, key=apports.__getitem__, default=None)
    trouvee = cause_principale(
        avant, apres, lambda g, f, d: noter(g)(f, d), lambda g, f, d: compiler(g).constater(f, d).total
    )
    assert trouvee is principale
    return change


def causes(comparaison: Comparaison) -> list[tuple[str, str]]:
    """Each cause and its points."""
    return [(part.cause.value, ecrire(part.points)) for part in comparaison.parts]


SEULES: list[tuple[str, str, dict[str, Any]]] = [
    ("fait", "7", {"menage": {"enfants": 2}}),
    ("preuve", "30", {"evidence": {"VIOLENCES": "label"}}),
    ("label", "50", {"labels": ["DALO"]}),
    ("refus", "-18", {"demande": {"refus": [{"date": "2025-07-01"}]}}),
]


@pytest.mark.parametrize(("cause", "points", "cles"), SEULES)
def test_chaque_cause_seule(cause: str, points: str, cles: dict[str, Any]) -> None:
    assert causes(change(faits(**cles))) == [(cause, points)]


def test_le_temps_seul() -> None:
    assert causes(change(faits(), le=date(2026, 4, 1))) == [("temps", "3")]


def test_la_grille_seule() -> None:
    assert causes(change(faits(), sous=grille("2"))) == [("grille", "0")]


def test_une_correction_est_dite_a_part_d_un_fait() -> None:
    apres = faits(menage={"enfants": 2, "handicap": True})
    assert causes(change(apres, corrections=("menage.enfants",))) == [("correction", "7"), ("fait", "4")]


def test_toutes_les_causes_dans_l_ordre() -> None:
    apres = faits(
        menage={"enfants": 2, "handicap": True},
        labels=["DALO"],
        evidence={"VIOLENCES": "label"},
        demande={"refus": [{"date": "2025-07-01"}]},
    )
    lu = change(apres, le=date(2026, 4, 1), sous=grille("2", handicap=6), corrections=("menage.enfants",))
    assert causes(lu) == [
        ("correction", "7"),
        ("fait", "4"),
        ("preuve", "30"),
        ("label", "50"),
        ("refus", "-18"),
        ("temps", "3"),
        ("grille", "2"),
    ]
    assert (ecrire(lu.avant.total), ecrire(lu.apres.total), ecrire(lu.difference)) == ("24", "102", "78")
    assert raconter(lu) == (
        "Votre note passe de 24 points à 102 points (+78 points).",
        "+7 points : votre dossier a été corrigé d'après vos justificatifs (Enfants du ménage, garde alternée et droit de"
        " visite compris : 1 personne → 2 personnes).",
        "    Enfants : non compté → +7 points",
        "+4 points : votre situation a changé (Handicap du demandeur ou d'une personne à charge : non renseigné → oui).",
        "    Handicap : non compté → +4 points",
        "+30 points : l'état de vos justificatifs a changé (critère VIOLENCES).",
        "    Violences : non compté → +30 points",
        "+50 points : une priorité reconnue par un tiers a changé (Labels posés par un tiers : non renseigné → Reconnu"
        " prioritaire et urgent (DALO)).",
        "    Dalo : non compté → +50 points",
        "−18 points : refus d'une proposition du 1er juillet 2025 ; l'ancienneté passe de 2 ans à 6 mois.",
        "    Ancienneté : +24 points → +6 points",
        "+3 points : le temps a passé (du 1er janvier 2026 au 1er avril 2026).",
        "    Ancienneté : +6 points → +9 points",
        "+2 points : la grille de cotation a changé (de la version 1 à la version 2).",
        "    Handicap : +4 points → +6 points",
    )


def test_une_anciennete_donnee_qui_tombe_avec_un_refus_tombe_par_lui() -> None:
    avant = Cas(grille(), {"demande": {"anciennete_mois": 10, "refus": []}}, LE)
    apres = Cas(grille(), {"demande": {"anciennete_mois": 4, "refus": [{"mois_apres_depot": 6}]}}, LE)
    assert causes(comparees(avant, apres)) == [("refus", "-6")]


def test_une_note_egale_le_dit() -> None:
    assert raconter(change(faits())) == ("Votre note ne change pas : 24 points.",)


def presence() -> Grille:
    """A grid that scores that a fact is there, objects included."""
    regles = [
        {
            "id": f"R{rang}",
            "libelle": chemin,
            "bloc": "b",
            "quand": {"champ": chemin, "operateur": "existe", "valeur": True},
            "points": 10**rang,
        }
        for rang, chemin in enumerate(("labels", "menage", "menage.enfants", "demande", "demande.refus"))
    ]
    document = {
        "format": "cotation-grid/1.0",
        "id": "presence",
        "nom": "Présence",
        "territoire": {"type": "essai", "nom": "Essai"},
        "calcul": {"mode": "additif"},
        "blocs": [{"id": "b", "libelle": "B"}],
        "regles": regles,
    }
    return lire_grille(json.dumps(document))


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ({"labels": {"a": 1}}, {}),
        ({}, {"labels": {}}),
        ({"labels": {"a": 1}}, {"labels": {}}),
        ({"labels": {"a": 1}}, {"labels": "x"}),
        ({"labels": "x"}, {"labels": {"a": 1}}),
        ({"demande": {"refus": [1]}}, {"demande": "x"}),
        ({"menage": {"enfants": True}}, {"menage": {"enfants": 1}}),
        ({}, {"menage": {"enfants": None}}),
        ({"menage": {"enfants": 3}}, {"menage": {"handicap": None}}),
        ({"menage": {"enfants": 3}}, {"menage.enfants": 3}),
    ],
)
def test_la_derniere_etape_lit_exactement_les_faits_d_apres(avant: dict[str, Any], apres: dict[str, Any]) -> None:
    """An object that comes, goes or empties is a change like another: `existe` sees it."""
    lu = comparees(Cas(presence(), avant, LE), Cas(presence(), apres, LE))
    assert lu.avant == noter(presence())(avant, LE)
    assert lu.apres == noter(presence())(apres, LE)
    assert sum((part.points for part in lu.parts), Decimal(0)) == lu.difference


def test_les_faits_changes_sont_nommes_par_leur_chemin() -> None:
    lus = [(c.chemin, c.avant, c.apres) for c in faits_changes(faits(), faits(menage={"enfants": 2}, labels=[]))]
    assert lus == [("menage.enfants", 1, 2), ("labels", None, [])]


def test_une_grille_fausse_n_arrive_pas_jusqu_ici() -> None:
    with pytest.raises(GrilleInvalide):
        lire_grille('{"format": "cotation-grid/1.0"}')
