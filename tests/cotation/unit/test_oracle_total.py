"""How lines make a total, by the oracle, with values worked by hand (G2, G8 to G10, G14 to G16, G18)."""

from decimal import Decimal
from fractions import Fraction

import pytest

from services.cotation.domain.grille import (
    Bloc,
    EffetEvenement,
    Groupe,
    HorsCotation,
    ModeGroupe,
    NiveauPreuve,
    Preuve,
    RegleDeBloc,
    SansPreuve,
)
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.resultat import Ajustement, Raison, Role
from tests.cotation.abrege import (
    LE,
    bornes,
    coche,
    coef,
    cumul,
    faits,
    feuille,
    grille,
    ligne,
    regle,
    valeurs,
)

TROIS = (regle("A", 2, coche("a")), regle("B", 5, coche("b")), regle("C", 5, coche("c")))
COCHEES = faits(a=True, b=True, c=True)


def groupe(mode: ModeGroupe, *regles: str, champ: str | None = None) -> Groupe:
    return Groupe("g", mode, regles, champ)


def test_les_coefficients_s_ajoutent_sur_la_base_et_les_points_viennent_apres():
    essai = grille(
        regle("ANC", cumul("n", "1")), regle("X", coef("1.3")), regle("Y", coef("0.5")), regle("P", "2.25"), base="ANC"
    )
    resultat = evaluer(essai, faits(n=10), LE)
    assert (resultat.facteur, resultat.total) == (Decimal("0.8"), Decimal("10.25"))
    assert [candidate.effet for candidate in resultat.lignes] == [
        Role.BASE,
        Role.COEFFICIENT,
        Role.COEFFICIENT,
        Role.POINTS,
    ]


def test_une_base_qui_ne_compte_pas_vaut_0():
    essai = grille(regle("ANC", cumul("n", "1")), regle("X", coef("1.3")), regle("P", 2), base="ANC")
    assert evaluer(essai, {}, LE).total == 2


@pytest.mark.parametrize(
    ("mode", "gagnante"), [(ModeGroupe.MAX, "B"), (ModeGroupe.MIN, "A"), (ModeGroupe.PREMIERE, "C")]
)
def test_groupes_max_min_premiere(mode, gagnante):
    ordre = ("C", "B", "A") if mode is ModeGroupe.PREMIERE else ("A", "B", "C")
    resultat = evaluer(grille(*TROIS, groupes=(groupe(mode, *ordre),)), COCHEES, LE)
    assert list(valeurs(resultat)) == [gagnante]
    perdantes = [candidate for candidate in resultat.lignes if candidate.regle != gagnante]
    assert {(perdante.raison, perdante.retenue) for perdante in perdantes} == {(Raison.GROUPE_AUTRE_REGLE, gagnante)}


def test_un_groupe_ne_compare_que_ce_qui_tient_encore_et_avant_les_bornes():
    essai = grille(*TROIS, bornes_regle=bornes(maxi=1), groupes=(groupe(ModeGroupe.MAX, "A", "B", "C"),))
    assert list(valeurs(evaluer(essai, COCHEES, LE))) == ["B"]  # 5 beats 2, though both are capped to 1
    assert list(valeurs(evaluer(essai, faits(a=True), LE))) == ["A"]


def test_une_regle_ecartee_par_un_groupe_ne_joue_plus_dans_le_suivant():
    deux = (groupe(ModeGroupe.MAX, "A", "B"), Groupe("h", ModeGroupe.MIN, ("A", "C")))
    assert list(valeurs(evaluer(grille(*TROIS, groupes=deux), COCHEES, LE))) == ["B", "C"]


def test_groupe_declare_par_un_champ_a_choix_unique():
    essai = grille(*TROIS, groupes=(groupe(ModeGroupe.DECLAREE, "A", "B", champ="choix"),))
    assert list(valeurs(evaluer(essai, COCHEES | {"choix": "A"}, LE))) == ["A", "C"]
    sans_choix = evaluer(essai, COCHEES, LE)
    assert list(valeurs(sans_choix)) == ["C"]
    assert ligne(sans_choix, "A").raison is Raison.GROUPE_CASE_NON_COCHEE
    assert ligne(sans_choix, "A").retenue is None


def test_groupe_declare_par_les_conditions_une_seule_case_ou_aucune():
    essai = grille(*TROIS, groupes=(groupe(ModeGroupe.DECLAREE, "A", "B"),))
    assert list(valeurs(evaluer(essai, faits(a=True), LE))) == ["A"]
    deux_cases = evaluer(essai, COCHEES, LE)
    assert list(valeurs(deux_cases)) == ["C"]
    assert ligne(deux_cases, "B").raison is Raison.GROUPE_CASE_AMBIGUE


def test_bornes_de_regle_celles_de_la_regle_remplacent_celles_de_la_grille():
    essai = grille(
        regle("A", 80), regle("B", -80), regle("C", 80, bornes=bornes(maxi=60)), regle("D", 80, bornes=bornes(mini=0))
    )
    plafonnee = grille(*essai.regles, bornes_regle=bornes(-50, 50))
    resultat = evaluer(plafonnee, {}, LE)
    assert valeurs(resultat) == {"A": 50, "B": -50, "C": 60, "D": 80}
    assert ligne(resultat, "A").raison is Raison.COMPTEE_BORNEE
    assert ligne(resultat, "D").raison is Raison.COMPTEE


def test_une_borne_touche_aussi_la_valeur_montree_d_une_ligne_non_comptee_mais_pas_la_neutre():
    exige = Preuve(NiveauPreuve.LABEL, SansPreuve.NON_COMPTEE)
    effet = EffetEvenement("REFUS", "Refus", "refus", Decimal(-9))
    essai = grille(
        regle("A", 80, preuve=exige),
        regle("B", 1, coche("b")),
        regle("K", coef("90")),
        bornes_regle=bornes(10, 50),
        effets_evenements=(effet,),
    )
    resultat = evaluer(essai, {}, LE)
    assert [candidate.valeur for candidate in resultat.lignes] == [50, 0, 90, 0]
    assert ligne(resultat, "REFUS").raison is Raison.AUCUN_EVENEMENT
    assert ligne(evaluer(essai, faits(refus=[{}]), LE), "REFUS").valeur == 10


def test_bornes_de_bloc_et_de_total_sont_des_ajustements():
    essai = grille(
        regle("A", 30, bloc="national"),
        regle("B", 40, bloc="national"),
        regle("C", -90, bloc="local"),
        blocs=(Bloc("national", "N", bornes(maxi=50)), Bloc("local", "L"), Bloc("vie", "V", bornes(mini=5))),
        bornes_total=bornes(mini=-30),
    )
    resultat = evaluer(essai, {}, LE)
    assert resultat.ajustements == (
        Ajustement("bloc:national", Decimal(-20)),
        Ajustement("bloc:vie", Decimal(5)),
        Ajustement("total", Decimal(5)),
    )
    assert resultat.total == -30


def test_la_base_n_entre_pas_dans_la_borne_de_son_bloc():
    essai = grille(regle("ANC", 40), regle("P", 3), blocs=(Bloc("b", "B", bornes(maxi=2)),), base="ANC")
    resultat = evaluer(essai, {}, LE)
    assert (resultat.total, resultat.ajustements) == (42, (Ajustement("bloc:b", Decimal(-1)),))


def test_le_bloc_local_s_efface_devant_une_priorite_nationale_jamais_devant_un_malus():
    essai = grille(
        regle("DALO", 30, feuille("labels", "contient_un_de", "DALO"), bloc="national"),
        regle("FRAUDE", -5, coche("fraude"), bloc="national"),
        regle("EMPLOI", 8, bloc="local"),
        effets_evenements=(EffetEvenement("REFUS", "Refus", "refus", Decimal(-4), bloc="local"),),
        regles_de_bloc=(RegleDeBloc("local", "national"),),
    )
    assert evaluer(essai, faits(fraude=True, refus=[{}]), LE).total == -1
    resultat = evaluer(essai, faits(labels=["DALO"], refus=[{}]), LE)
    assert resultat.total == 30
    for identifiant in ("EMPLOI", "REFUS"):
        assert ligne(resultat, identifiant).raison is Raison.BLOC_ECARTE
        assert ligne(resultat, identifiant).retenue == "national"


def test_un_coefficient_ouvre_aussi_le_bloc_s_il_depasse_1():
    def essai(valeur: str):
        return grille(
            regle("ANC", 10, bloc="h"),
            regle("K", coef(valeur), bloc="n"),
            regle("L", 8, bloc="l"),
            base="ANC",
            regles_de_bloc=(RegleDeBloc("l", "n"),),
        )

    assert [evaluer(essai(valeur), {}, LE).total for valeur in ("0.9", "1", "1.1")] == [17, 18, 11]


def test_hors_cotation_premier_motif_qui_tient_lignes_neutres_sans_faits():
    essai = grille(
        regle("ANC", cumul("n", "1"), preuve=Preuve(NiveauPreuve.DOCUMENT)),
        regle("K", coef("2"), coche("a")),
        base="ANC",
        hors_cotation=(
            HorsCotation("nouveau", "Nouveau", feuille("demande.anciennete_mois", "inferieur", 2)),
            HorsCotation("npru", "Relogement", coche("npru")),
            HorsCotation("dalo", "DALO", coche("npru")),
        ),
        effets_evenements=(EffetEvenement("REFUS", "Refus", "refus", Decimal(-4)),),
        bornes_total=bornes(mini=5),
    )
    situation = faits(n=7, a=True, npru=True, refus=[{}]) | {"evidence": {"ANC": "document"}}
    resultat = evaluer(essai, situation, LE)
    assert resultat.hors_cotation is not None
    assert resultat.hors_cotation.code == "npru"
    assert (resultat.total, resultat.facteur, resultat.ajustements, resultat.provisoire) == (0, 1, (), False)
    assert [(candidate.valeur, candidate.raison, dict(candidate.faits)) for candidate in resultat.lignes] == [
        (0, Raison.HORS_COTATION, {}),
        (1, Raison.HORS_COTATION, {}),
        (0, Raison.HORS_COTATION, {}),
    ]
    assert ligne(resultat, "ANC").preuve is NiveauPreuve.DOCUMENT
    neuf = evaluer(essai, faits(demande__age_mois=1, demande__anciennete_mois=40), LE)
    assert neuf.hors_cotation is not None
    assert neuf.hors_cotation.code == "nouveau"


def test_aucun_arrondi_meme_sur_de_longs_nombres():
    essai = grille(
        regle("ANC", cumul("n", "999999999.999999")),
        *(regle(f"K{i}", coef("999999999.999999")) for i in range(9)),
        base="ANC",
    )
    n, valeur = 999_999_999_999, Fraction("999999999.999999")
    total = evaluer(essai, faits(n=n), LE).total
    assert Fraction(total) == n * valeur * (1 + 9 * (valeur - 1))
