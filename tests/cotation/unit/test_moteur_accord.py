"""Both back-ends against the oracle, construct by construct, on values that sit on and around each bound."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from services.cotation.domain.condition import ANCIENNETE, MoisDepuis, NombreDe, Non, Toutes, Une
from services.cotation.domain.grille import (
    Bloc,
    EffetEvenement,
    Groupe,
    HorsCotation,
    ModeGroupe,
    Nature,
    NiveauPreuve,
    Preuve,
    RegleDeBloc,
    RemiseAZero,
    SansPreuve,
)
from tests.cotation.abrege import (
    LE,
    bornes,
    coche,
    coef,
    cumul,
    faits,
    feuille,
    grille,
    par_mois,
    regle,
    tranches,
    variantes,
)
from tests.cotation.accord import accorder

X: Sequence[object] = [
    *(
        None,
        True,
        False,
        "x",
        "y",
        "2",
        "2.5",
        "-3",
        2,
        0,
        -3,
        2.5,
        [],
        ["x"],
        ["x", 2, True],
        ("2",),
        [None, {}],
        {"z": 1},
    ),
    *(Decimal("2.5"), Decimal("2.500"), Decimal("2.4999999999999999999999"), Decimal("NaN"), 10**12, 10**12 - 1),
    *(date(2026, 1, 31), "2026-02-28", "2026-02-30", "2027-01-01"),
]
"""A fact of every type, well and badly formed."""


def situations(**chemins: Sequence[object]) -> list[dict[str, Any]]:
    """Every combination of some facts."""
    return [faits(**dict(zip(chemins, valeurs, strict=True))) for valeurs in product(*chemins.values())]


@pytest.mark.parametrize(
    ("operateur", "constantes"),
    [
        *((operateur, (2,)) for operateur in ("egal", "different", "superieur", "superieur_ou_egal", "inferieur")),
        *(
            (operateur, (Decimal("2.5"),))
            for operateur in ("egal", "different", "superieur_ou_egal", "inferieur_ou_egal")
        ),
        *((operateur, ("x",)) for operateur in ("egal", "different", "parmi", "contient_un_de")),
        *((operateur, (True,)) for operateur in ("egal", "different", "existe", "contient_un_de")),
        *((operateur, (date(2026, 2, 28),)) for operateur in ("superieur", "inferieur_ou_egal")),
        ("entre", (0, Decimal("2.5"))),
        ("entre", (date(2026, 1, 31), date(2026, 2, 28))),
        ("parmi", ("x", "2", 2, False)),
        ("contient_un_de", ("y", 2, True)),
        ("existe", (False,)),
    ],
)
def test_une_feuille_sur_des_faits_de_tout_type(operateur: str, constantes: tuple[object, ...]) -> None:
    test = feuille("a.x", operateur, *constantes)
    accorder(grille(regle("R", 5, test), regle("S", 3, Non(test))), situations(a__x=X))


def test_tout_une_et_non_sur_plusieurs_faits() -> None:
    a, b, c = coche("a"), feuille("b", "parmi", "x", "y"), feuille("c", "superieur", 3)
    melange = Une((Toutes((a, Non(b))), Toutes((b, Non(c))), Non(Une((a, b, c)))))
    accorder(grille(regle("R", 5, melange)), situations(a=[True, False, None], b=["x", "z", None], c=[3, 4, None]))


@pytest.mark.parametrize("valeur", ["1", "-2", "0", "0.25"])
@pytest.mark.parametrize("plafond", [None, "10", "-10", "0"])
def test_le_cumul_et_son_plafond(valeur: str, plafond: str | None) -> None:
    cumules = [0, 1, 4, 5, 6, 10, 11, 41, -1, -6, "7.9", "-7.9", None, "x", True]
    regles = [
        regle("R", cumul("x", valeur, plafond)),
        regle("S", cumul("x", valeur, plafond), bornes=bornes(-3, 3)),
        regle("T", cumul("x", valeur, plafond), bornes=bornes(2, 200)),
        regle("U", cumul("x", valeur, plafond), bornes=bornes(None, -1)),
    ]
    accorder(grille(*regles), situations(x=cumules))


PAS = [(0, 12, "0"), (12, 24, "5"), (24, "36.5", "-10"), ("36.5", None, "130")]
MOIS = [-1, 0, 11, "11.99", 12, 23, 24, 36, Decimal("36.5"), "36.49999999999999999999", 37, 500, None, "x", False]


@pytest.mark.parametrize("cumulatif", [False, True])
@pytest.mark.parametrize("pas", [PAS, PAS[:3], PAS[1:], [(None, 12, "7"), (12, 24, "-7")], [(None, None, "4")]])
def test_les_tranches(pas: list[tuple[Any, Any, str]], cumulatif: bool) -> None:
    regles = [regle("R", tranches("x", *pas, cumulatif=cumulatif))]
    regles.append(regle("S", tranches("x", *pas, cumulatif=cumulatif), bornes=bornes(-4, 6)))
    accorder(grille(*regles), situations(x=MOIS))


def test_un_bareme_de_cent_tranches() -> None:
    pas = [(borne, borne + 3, str(borne % 17)) for borne in range(-90, 210, 3)]
    valeurs = [*range(-100, 220), None]
    accorder(grille(regle("R", tranches("x", *pas))), situations(x=valeurs))
    accorder(grille(regle("R", tranches("x", *pas))), situations(x=[*valeurs, "1.5"]))


def test_la_premiere_variante_qui_tient() -> None:
    recouvrantes = variantes(
        (feuille("x", "superieur", 3), "5"), (coche("b"), "-2"), (feuille("x", "existe", True), "7")
    )
    exclusives = variantes(*((feuille("c", "egal", code), str(rang)) for rang, code in enumerate("uvw", start=1)))
    nombres = variantes(*((feuille("x", "egal", nombre), str(nombre)) for nombre in (3, 4, 5)))
    situation = situations(x=[3, 4, 5, None], b=[True, False], c=["u", "v", "w", "z", None])
    accorder(grille(regle("R", recouvrantes), regle("S", exclusives), regle("T", nombres)), situation)


def test_la_base_et_ses_coefficients() -> None:
    a, b = coche("a"), coche("b")
    par_tranche = tranches("x", (0, 2, "1.0"), (2, None, "1.25"), nature=Nature.COEFFICIENT)
    par_variante = variantes((a, "1.8"), (b, "0.5"), nature=Nature.COEFFICIENT)
    complete = grille(
        regle("ANC", par_mois()),
        regle("C1", coef("1.3"), a),
        regle("C2", coef("1.3"), b),
        regle("C3", par_tranche),
        regle("C4", par_variante),
        regle("P", "2.5", b),
        base="ANC",
        bornes_total=bornes(-5, 60),
    )
    situation = situations(a=[True, False], b=[True, None], x=[0, 2, None], demande__anciennete_mois=[None, 0, 4, 37])
    accorder(complete, situation)


@pytest.mark.parametrize("mode", list(ModeGroupe))
@pytest.mark.parametrize("variable", [False, True])
def test_les_groupes_d_exclusion(mode: ModeGroupe, variable: bool) -> None:
    deuxieme = tranches("x", (0, 2, "-3"), (2, 4, "5"), (4, None, "0")) if variable else 5
    regles = [
        regle("R1", 5, coche("a")),
        regle("R2", deuxieme, coche("b")),
        regle("R3", -8, coche("c"), bornes=bornes(-2, None)),
        regle("R4", 5),
    ]
    situation = situations(a=[True, False], b=[True, False], c=[True, False], x=[0, 2, 4, None], box=["R2", "?", None])
    for champ in (None, "box") if mode is ModeGroupe.DECLAREE else (None,):
        groupes = (Groupe("g", mode, ("R3", "R1", "R2"), champ), Groupe("h", mode, ("R2", "R4"), champ))
        accorder(grille(*regles, groupes=groupes), situation)


def test_un_groupe_de_points_et_de_coefficients() -> None:
    regles = [
        regle("B", 10),
        regle("C", coef("1.3"), coche("a")),
        regle("P", "1.25", coche("b")),
        regle("D", coef("0.5")),
    ]
    for mode in (ModeGroupe.MAX, ModeGroupe.MIN):
        groupes = (Groupe("g", mode, ("C", "P", "D")),)
        accorder(grille(*regles, base="B", groupes=groupes), situations(a=[True, False], b=[True, False]))


@pytest.mark.parametrize("exigence", list(NiveauPreuve))
@pytest.mark.parametrize("sinon", list(SansPreuve))
@pytest.mark.parametrize("presumee", list(NiveauPreuve))
def test_les_preuves(exigence: NiveauPreuve, sinon: SansPreuve, presumee: NiveauPreuve) -> None:
    preuve = Preuve(exigence, sinon, presumee)
    obtenues = [None, True, False, "declare", "document", "verified", "label", "?", 3, []]
    situation = situations(evidence__R=obtenues, a=[True, False])
    groupes = (Groupe("g", ModeGroupe.PREMIERE, ("R", "S")),)
    regles = [regle("R", 5, coche("a"), preuve=preuve), regle("S", 3), regle("T", 0, preuve=preuve)]
    accorder(grille(*regles, groupes=groupes), situation)


def test_les_blocs_leurs_bornes_et_leurs_exclusions() -> None:
    regles = [
        regle("N1", 20, coche("a"), bloc="national"),
        regle("N2", -5, coche("b"), bloc="national"),
        regle("L1", cumul("x", "7"), bloc="local"),
        regle("L2", 4, bloc="local"),
        regle("H1", 3, coche("b"), bloc="histoire"),
    ]
    blocs = (
        Bloc("national", "", bornes(2, 18)),
        Bloc("local", "", bornes(None, 10)),
        Bloc("histoire", "", bornes(1, None)),
    )
    exclusions = (RegleDeBloc("local", "national"), RegleDeBloc("histoire", "local"))
    hors = (HorsCotation("h1", "", feuille("h", "egal", 1)), HorsCotation("h2", "", feuille("h", "superieur", 0)))
    complete = grille(*regles, blocs=blocs, regles_de_bloc=exclusions, hors_cotation=hors, bornes_total=bornes(-1, 25))
    accorder(complete, situations(a=[True, False], b=[True, False], x=[None, 0, 1, 2], h=[None, 0, 1, 2]))


DATES = ["2026-11-22", "2026-11-23", "2026-05-22", "2026-05-23", date(2025, 11, 22), "2025-11-21", "2024-02-29", "?"]


def test_l_anciennete_et_ses_remises_a_zero() -> None:
    adaptee = feuille("evenement.adaptee", "egal", True)
    refus = [
        None,
        [],
        [{"date": "2026-06-30", "adaptee": True}, {"date": "2026-01-31"}],
        [{"mois_apres_depot": 6}, {"mois_apres_depot": "8.9", "adaptee": True}],
        [{"mois_apres_depot": 99, "adaptee": True}, {"mois_apres_depot": -1, "adaptee": True}, {"adaptee": True}, 3],
    ]
    for seulement_si in (None, adaptee):
        remises = (RemiseAZero("demande.refus", seulement_si),)
        complete = grille(
            regle("ANC", par_mois()),
            regle("DAL", 20, feuille(ANCIENNETE, "superieur", 10)),
            regle("CONNUE", 1, feuille(ANCIENNETE, "existe", True)),
            remises_a_zero=remises,
        )
        depots = [None, *DATES]
        situation = situations(
            demande__date_depot=depots, demande__age_mois=[None, 10, "12.5", -2], demande__refus=refus
        )
        accorder(
            complete, [*situation, *situations(demande__anciennete_mois=[3, "4.9", -1, "x"], demande__refus=refus)]
        )


def test_les_effets_d_evenements_et_leur_expiration() -> None:
    evenements = [
        *([{"date": jour, "k": rang % 3}, {"date": DATES[rang - 1], "k": 1}] for rang, jour in enumerate(DATES)),
        *(
            [{"k": 1}],
            [{"mois_apres_depot": 3, "k": 1}, {"mois_apres_depot": 10}],
            [3, None, {}],
            "x",
            4,
            "5.5",
            -1,
            None,
        ),
    ]
    plus_d_un = feuille("evenement.k", "superieur_ou_egal", 1)
    melee = Une((feuille("evenement.k", "egal", 0), coche("tout")))
    effets = (
        EffetEvenement("E1", "", "cal", Decimal(-10), "b", None, 12, par_evenement=True),
        EffetEvenement("E2", "", "cal", Decimal("2.5"), None, plus_d_un, None, par_evenement=True),
        EffetEvenement("E3", "", "cal", Decimal(-3), "b", melee, 6, par_evenement=False),
    )
    regles = [
        regle("N", cumul(NombreDe("cal"), "1")),
        regle("F", 2, feuille(NombreDe("cal", 6, plus_d_un), "superieur_ou_egal", 1)),
        regle("Z", 1, feuille(NombreDe("cal", 6), "existe", False)),
    ]
    complete = grille(*regles, effets_evenements=effets, bornes_regle=bornes(-15, 4))
    accorder(complete, situations(cal=evenements, tout=[True, None], demande__date_depot=[None, "2026-02-28"]))


def test_les_mois_depuis_un_fait() -> None:
    depuis = MoisDepuis("sortie.le")
    regles = [
        regle("R", cumul(depuis, "1")),
        regle("S", tranches(depuis, (0, 6, "3"), (6, 12, "5"))),
        regle("T", 7, feuille(depuis, "inferieur", 6)),
        regle("U", 9, feuille(depuis, "existe", False)),
    ]
    for le in (LE, date(2026, 2, 28), date(2024, 2, 29), date(2026, 3, 31)):
        accorder(grille(*regles), situations(sortie__le=[*DATES, "2025-08-31", "2026-02-28", "0001-01-01", None]), le)


def test_une_regle_desactivee_et_un_fait_absent_partout() -> None:
    regles = [
        regle("R", 5, coche("a"), desactivee="champ peu fiable"),
        regle("S", tranches("b", (0, None, "3"))),
        regle("T", cumul("c", "2")),
        regle("U", 4, Non(feuille("d", "superieur", 2))),
    ]
    accorder(grille(*regles), [{}, faits(a=True)])


def test_aucune_situation() -> None:
    assert accorder(grille(regle("R", 5, coche("a"))), []).n == 0
