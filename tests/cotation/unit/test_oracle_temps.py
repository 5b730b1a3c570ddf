"""Seniority, events and expiry, by the oracle, with values worked by hand (G3, G5, G11, G12)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cotation.domain.calendrier import ajouter_mois, mois_entre
from services.cotation.domain.condition import ANCIENNETE, MoisDepuis, NombreDe
from services.cotation.domain.grille import EffetEvenement, RemiseAZero
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Ligne, Raison
from tests.cotation.abrege import LE, coche, cumul, faits, feuille, grille, ligne, par_mois, regle

ADAPTEE = coche("evenement.adaptee")


def anciennete(*remises: RemiseAZero, **chemins: object) -> object:
    lue = ligne(evaluer(grille(regle("ANC", par_mois()), remises_a_zero=remises), faits(**chemins), LE), "ANC")
    assert lue.raison in (Raison.COMPTEE, Raison.HORS_BAREME)
    return lue.faits[ANCIENNETE]


def compte(evenements: object, **parametres: object) -> object:
    mesure = NombreDe("cal", **parametres)  # type: ignore[arg-type]
    lue = ligne(
        evaluer(grille(regle("CAL", cumul(mesure, "1"))), faits(cal=evenements, demande__age_mois=10), LE), "CAL"
    )
    return lue.faits["nombre(cal)"]


def malus(evenements: object, depot: object = None, **parametres: object) -> Ligne:
    effet = EffetEvenement("REFUS", "Refus", "refus", Decimal(-10), **parametres)  # type: ignore[arg-type]
    situation = faits(refus=evenements, demande__date_depot=depot)
    return ligne(evaluer(grille(effets_evenements=(effet,)), situation, LE), "REFUS")


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.dates(date(1990, 1, 1), date(2030, 12, 31)))
def test_mois_entre_est_le_plus_grand_nombre_de_mois_qui_tient(debut, fin):
    n = mois_entre(debut, fin)
    assert ajouter_mois(debut, n) <= fin < ajouter_mois(debut, n + 1)


@pytest.mark.parametrize(
    ("debut", "fin", "mois"),
    [
        ("2026-01-31", "2026-02-27", 0),
        ("2026-01-31", "2026-02-28", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-02-29", "2025-02-28", 12),
        ("2025-11-23", "2026-11-22", 11),
        ("2026-03-01", "2026-02-28", -1),
    ],
)
def test_mois_entiers_en_fin_de_mois(debut, fin, mois):
    assert mois_entre(date.fromisoformat(debut), date.fromisoformat(fin)) == mois


def test_age_de_la_demande_date_d_abord_age_donne_ensuite_jamais_negatif():
    assert anciennete(demande__date_depot="2025-11-22", demande__age_mois=99) == 12
    assert anciennete(demande__date_depot="pas une date", demande__age_mois="7.9") == 7
    assert anciennete(demande__date_depot=date(2027, 1, 1)) == 0
    assert anciennete(demande__age_mois=-3) == 0


def test_age_inconnu_l_anciennete_donnee_est_prise_telle_quelle():
    remise = RemiseAZero("demande.refus")
    assert anciennete(remise, demande__anciennete_mois="5.5", demande__refus=[{"date": "2026-11-01"}]) == 5
    assert anciennete(demande__anciennete_mois=-1) == 0
    assert anciennete(demande__anciennete_mois="cinq") is None
    assert anciennete(demande__age_mois=8, demande__anciennete_mois=5) == 8


def test_remise_a_zero_le_dernier_refus_qualifiant_fait_repartir():
    refus = [
        {"mois_apres_depot": 6, "adaptee": True},
        {"date": "2026-09-22", "adaptee": False},
        {"date": "2026-12-01", "adaptee": True},  # to come
        {"adaptee": True},  # undated: resets nothing
        "refus",
    ]
    situation = {"demande__age_mois": 10, "demande__refus": refus}
    assert anciennete(RemiseAZero("demande.refus"), **situation) == 2
    assert anciennete(RemiseAZero("demande.refus", ADAPTEE), **situation) == 4
    assert anciennete(RemiseAZero("demande.refus", coche("depart")), **situation) == 10
    assert anciennete(RemiseAZero("autres"), RemiseAZero("demande.refus", ADAPTEE), **situation) == 4


def test_un_mois_apres_depot_au_dela_de_l_age_n_a_pas_eu_lieu():
    assert anciennete(RemiseAZero("r"), demande__age_mois=10, r=[{"mois_apres_depot": 11}]) == 10
    assert anciennete(RemiseAZero("r"), demande__age_mois=10, r=[{"mois_apres_depot": "10.9"}]) == 0
    assert anciennete(RemiseAZero("r"), demande__age_mois=10, r=[{"mois_apres_depot": -1}]) == 10


def test_bonus_de_seuil_en_plus_des_points_au_mois():
    toulouse = grille(regle("ANC", par_mois()), regle("DAL", 20, feuille(ANCIENNETE, "superieur", 36)))
    assert [evaluer(toulouse, faits(demande__age_mois=n), LE).total for n in (36, 37)] == [36, 57]


def test_evenements_comptes_dans_une_fenetre():
    passages = [
        {"date": "2026-11-22"},
        {"date": "2025-11-23"},
        {"date": "2025-11-22"},
        {"date": "2026-11-23"},  # to come
        {"mois_apres_depot": 9},  # one month ago
        {},
        7,
    ]
    assert compte(passages) == 5
    assert compte(passages, fenetre_mois=12) == 3  # the one of 22 November 2025 is out on the day itself
    assert compte(passages, fenetre_mois=1) == 1
    assert compte([]) == 0


def test_un_compte_deja_fait_se_lit_sans_fenetre_ni_condition_seulement():
    assert compte("3.7") == 3
    assert compte(-2) == 0
    assert compte(3, fenetre_mois=12) is None
    assert compte(3, seulement_si=ADAPTEE) is None
    assert compte("beaucoup") is None
    assert malus(3).raison is Raison.AUCUN_EVENEMENT


def test_condition_sur_l_evenement_et_sur_la_situation():
    refus = [{"adaptee": True}, {"adaptee": False}, {"adaptee": "oui"}]
    assert compte(refus, seulement_si=ADAPTEE) == 1
    assert compte(refus, seulement_si=feuille(ANCIENNETE, "egal", 10)) == 3
    recents = feuille(MoisDepuis("evenement.date"), "inferieur", 2)
    assert compte([{"date": "2026-10-01"}, {"date": "2026-09-22"}], seulement_si=recents) == 1


def test_malus_par_refus_qui_expire_le_jour_dit():
    refus = [{"date": "2025-11-23"}, {"date": "2026-02-28"}, {"date": "2025-11-22"}]
    lue = malus(refus, expire_mois=12)
    assert (lue.valeur, lue.faits, lue.expire_le) == (-20, {"nombre(refus)": 2}, date(2026, 11, 23))
    une_fois = malus(refus, expire_mois=12, par_evenement=False)
    assert (une_fois.valeur, une_fois.expire_le) == (-10, date(2027, 2, 28))
    assert malus(refus).expire_le is None
    assert malus(refus).valeur == -30


def test_expiration_d_un_evenement_place_en_mois_apres_le_depot():
    lue = malus([{"mois_apres_depot": "8.5"}, {"mois_apres_depot": 9}], depot="2026-01-31", expire_mois=12)
    assert (lue.valeur, lue.expire_le) == (-20, date(2027, 9, 30))


def test_jour_d_expiration_inconnu():
    refus = [{"mois_apres_depot": 4}, {"date": "2026-06-15"}]
    effet = EffetEvenement("REFUS", "Refus", "refus", Decimal(-10), expire_mois=12)
    situation = faits(refus=refus, demande__age_mois=10)
    assert ligne(evaluer(grille(effets_evenements=(effet,)), situation, LE), "REFUS").expire_le == date(2027, 6, 15)
    en_tout = EffetEvenement("REFUS", "Refus", "refus", Decimal(-10), expire_mois=12, par_evenement=False)
    assert ligne(evaluer(grille(effets_evenements=(en_tout,)), situation, LE), "REFUS").expire_le is None


@given(st.dates(date(2020, 1, 1), date(2026, 11, 1)), st.integers(1, 36))
def test_le_malus_tient_jusqu_a_la_veille_de_l_expiration(survenu, mois):
    effet = EffetEvenement("REFUS", "Refus", "refus", Decimal(-10), expire_mois=mois)
    essai, situation = grille(effets_evenements=(effet,)), faits(refus=[{"date": survenu.isoformat()}])
    fin = ajouter_mois(survenu, mois)
    assert evaluer(essai, situation, survenu - timedelta(1)).total == 0
    assert evaluer(essai, situation, survenu).lignes[0].expire_le == fin
    assert evaluer(essai, situation, fin - timedelta(1)).total == -10
    assert evaluer(essai, situation, fin).total == 0
