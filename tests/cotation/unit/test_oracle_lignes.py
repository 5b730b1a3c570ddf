"""What one rule gives, by the oracle, with values worked by hand (G1 to G7, G13, G19)."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from services.cotation.domain.condition import Condition, MoisDepuis, NombreDe, Non, Toutes, Une
from services.cotation.domain.grille import Effet, Nature, NiveauPreuve, Preuve, SansPreuve
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Ligne, Raison
from tests.cotation.abrege import (
    LE,
    coche,
    cumul,
    faits,
    feuille,
    grille,
    ligne,
    regle,
    tranches,
    variantes,
)


def vaut(effet: Effet, **chemins: object) -> Ligne:
    return ligne(evaluer(grille(regle("R", effet)), faits(**chemins), LE), "R")


def tient(condition: Condition, **chemins: object) -> bool:
    return ligne(evaluer(grille(regle("R", 1, condition)), faits(**chemins), LE), "R").compte


@pytest.mark.parametrize(
    ("operateur", "constantes", "fait", "attendu"),
    [
        ("egal", (3,), 3, True),
        ("egal", (3,), "3.000", True),
        ("egal", (3,), Decimal("3.0"), True),
        ("egal", (1,), True, False),  # a boolean is no number
        ("egal", (3,), 3.0, False),  # a binary float is no number
        ("egal", (3,), "٣", False),  # digits are ASCII
        ("egal", (3,), "3\n", False),
        ("egal", (3,), " 3", False),
        ("egal", (True,), 1, False),
        ("egal", ("parc_social",), "parc_social", True),
        ("egal", ("3",), 3, False),
        ("different", (3,), 4, True),
        ("different", (3,), None, False),  # absent: false, whatever the operator
        ("different", (3,), "quatre", False),  # another type: false too
        ("different", ("a",), "b", True),
        ("superieur", (33,), "33", False),
        ("superieur", (33,), "33.00000000000000000001", True),
        ("superieur_ou_egal", (33,), 33, True),
        ("inferieur", (-2,), -2, False),
        ("inferieur_ou_egal", (-2,), -2, True),
        ("entre", (2, 4), 2, True),
        ("entre", (2, 4), 4, True),
        ("entre", (2, 4), "4.1", False),
        ("superieur", (0,), 10**12, False),  # out of the bounds of a number
        ("superieur", (0,), 10**12 - 1, True),
        ("inferieur", (0,), -(10**12), False),
        ("inferieur", (0,), 1 - 10**12, True),
        ("existe", (True,), -(10**12), True),
        ("superieur", (0,), Decimal("NaN"), False),
        ("superieur", (0,), Decimal("Infinity"), False),
        ("superieur", (0,), [5], False),
        ("superieur", (date(2026, 1, 31),), "2026-02-01", True),
        ("superieur", (date(2026, 1, 31),), "2026-02-30", False),  # no day of the calendar
        ("superieur", (date(2026, 1, 31),), "20260201", False),
        ("superieur", (date(2026, 1, 31),), datetime(2026, 2, 1), False),  # noqa: DTZ001 -- what is refused
        ("entre", (date(2026, 1, 1), date(2026, 1, 31)), date(2026, 1, 31), True),
        ("parmi", ("a", 3, True), "3", True),
        ("parmi", ("a", 3), "b", False),
        ("parmi", ("a",), ["a"], False),  # a list under anything but contient_un_de
        ("parmi", (1,), True, False),
        ("contient_un_de", ("cdd", 7), ("cdi", "cdd"), True),
        ("contient_un_de", ("cdd", 7), [None, {"cdd": 1}, "7"], True),
        ("contient_un_de", ("cdd",), "cdd", False),
        ("contient_un_de", ("cdd",), [], False),
        ("existe", (True,), 0, True),
        ("existe", (True,), [], True),
        ("existe", (True,), None, False),
        ("existe", (False,), None, True),
        ("existe", (False,), False, False),
    ],
)
def test_une_feuille(operateur, constantes, fait, attendu):
    assert tient(feuille("a.b", operateur, *constantes), a__b=fait) is attendu


def test_un_chemin_qui_rencontre_autre_chose_qu_un_objet_est_absent():
    assert tient(feuille("a.b.c", "existe", False), a__b="texte")
    assert not tient(feuille("a.b", "existe", True), **{"a.b": 1})


def test_logique_a_deux_valeurs_et_critere_rempli_deux_fois_compte_une_fois():
    deux = Une((coche("a"), coche("b")))
    assert evaluer(grille(regle("R", 7, deux)), faits(a=True, b=True), LE).total == 7
    assert not tient(Toutes((coche("a"), coche("b"))), a=True)
    assert tient(Non(feuille("enfants", "superieur", 0)))  # absent: the leaf is false, its negation true


def test_points_signes_et_total_negatif():
    assert evaluer(grille(regle("A", 4), regle("B", "-34.0")), {}, LE).total == -30


def test_cumul_par_unite_entiere_et_plafond_du_cote_de_la_valeur():
    assert vaut(cumul("n", "1.5"), n="4.99").valeur == 6
    assert vaut(cumul("n", "1.5"), n="-0.5").valeur == Decimal("-1.5")
    assert vaut(cumul("n", "2", "5"), n=3).valeur == 5
    assert vaut(cumul("n", "-2", "-5"), n=3).valeur == -5
    assert str(vaut(cumul("n", "-2"), n=0).valeur) == "0"
    assert vaut(cumul("n", "2"), n="trois").raison is Raison.HORS_BAREME


def test_tranches_borne_basse_comprise_haute_exclue_et_cumulees():
    pas = ((0, 12, "1"), (12, 24, "5"), (24, None, "10"))
    assert [vaut(tranches("n", *pas), n=n).valeur for n in (0, "11.9", 12, 24, 400)] == [1, 1, 5, 10, 10]
    cumulees = tranches("n", *pas, cumulatif=True)
    assert [vaut(cumulees, n=n).valeur for n in (0, 12, 24)] == [1, 6, 16]
    dessous = vaut(tranches("n", *pas), n=-1)
    assert (dessous.raison, dessous.valeur, dessous.faits) == (Raison.HORS_BAREME, 0, {"n": -1})


def test_premiere_variante_qui_tient_et_neutre_a_1_pour_un_coefficient():
    mobilite = variantes(
        (feuille("mobilite.nature", "egal", "hors_epci"), "1.8"),
        (feuille("mobilite.nature", "parmi", "hors_epci", "dans_epci"), "1.3"),
        nature=Nature.COEFFICIENT,
    )
    assert vaut(mobilite, mobilite__nature="hors_epci").valeur == Decimal("1.8")
    assert vaut(mobilite, mobilite__nature="dans_epci").valeur == Decimal("1.3")
    aucune = vaut(mobilite)
    assert (aucune.raison, aucune.valeur, aucune.faits) == (Raison.HORS_BAREME, 1, {"mobilite.nature": None})


def test_faits_lus_dans_l_ordre_et_sans_doublon():
    condition = Toutes((feuille("b", "egal", 9), feuille("a", "egal", 1), feuille("b", "egal", 2)))
    mesures = cumul(NombreDe("cal"), "1")
    lue = ligne(evaluer(grille(regle("R", mesures, condition)), faits(a=1, b="9", cal=[{}, {}]), LE), "R")
    assert list(lue.faits.items()) == [("b", "9"), ("a", 1), ("nombre(cal)", 2)]
    assert lue.raison is Raison.CONDITION_NON_REMPLIE


def test_mois_depuis_une_date():
    assert vaut(cumul(MoisDepuis("d"), "1"), d="2026-08-23").faits == {"mois_depuis(d)": 2}
    assert vaut(cumul(MoisDepuis("d"), "1"), d="2026-11-23").raison is Raison.HORS_BAREME  # to come


def test_critere_desactive_ne_lit_rien():
    lue = ligne(
        evaluer(grille(regle("R", 9, coche("a"), desactivee="donnée peu fiable")), faits(a=True), LE),
        "R",
    )
    assert (lue.raison, lue.valeur, lue.faits) == (Raison.REGLE_DESACTIVEE, 0, {})


@pytest.mark.parametrize(
    ("fait", "niveau"),
    [
        (None, NiveauPreuve.DECLARE),
        ("document", NiveauPreuve.DOCUMENT),
        ("verified", NiveauPreuve.DOCUMENT),
        ("label", NiveauPreuve.LABEL),
        (True, NiveauPreuve.DOCUMENT),
        (False, NiveauPreuve.DECLARE),
        ("n'importe quoi", NiveauPreuve.DECLARE),
        (12, NiveauPreuve.DECLARE),
    ],
)
def test_niveau_de_preuve_obtenu(fait, niveau):
    exige = Preuve(NiveauPreuve.DOCUMENT, SansPreuve.PROVISOIRE)
    resultat = evaluer(grille(regle("R", 5, preuve=exige)), {"evidence": {"R": fait}}, LE)
    manque = niveau is NiveauPreuve.DECLARE
    lue = ligne(resultat, "R")
    assert (lue.preuve, lue.provisoire, resultat.provisoire) == (niveau, manque, manque)
    assert lue.raison is (Raison.COMPTEE_PROVISOIRE if manque else Raison.COMPTEE)
    assert resultat.total == 5


def test_preuve_manquante_montre_la_valeur_et_ne_compte_pas():
    exige = Preuve(NiveauPreuve.LABEL, SansPreuve.NON_COMPTEE)
    resultat = evaluer(grille(regle("R", 5, preuve=exige)), {"evidence": {"R": "document"}}, LE)
    lue = ligne(resultat, "R")
    assert (lue.raison, lue.valeur, lue.compte, resultat.total) == (Raison.PREUVE_MANQUANTE, 5, False, 0)
    assert not resultat.provisoire


def test_preuve_presumee_quand_la_situation_ne_dit_rien():
    exige = Preuve(NiveauPreuve.LABEL, SansPreuve.NON_COMPTEE, presumee=NiveauPreuve.LABEL)
    assert evaluer(grille(regle("R", 5, preuve=exige)), {}, LE).total == 5
    assert evaluer(grille(regle("R", 5, preuve=exige)), {"evidence": {"R": "declare"}}, LE).total == 0
