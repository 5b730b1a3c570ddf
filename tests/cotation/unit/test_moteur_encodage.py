"""Facts as columns: nothing that a grid can tell apart is lost."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cotation.domain.calendrier import mois_entre
from services.cotation.domain.condition import ANCIENNETE, MoisDepuis
from services.cotation.domain.moteur import Encodage, compiler, encoder
from services.cotation.domain.moteur.colonnes import Aspect, Bits, Jours, Nombres, code_jour
from services.cotation.domain.moteur.encodeur import nombres
from services.cotation.domain.moteur.erreurs import ColonneManquante
from tests.cotation.abrege import LE, coche, cumul, faits, feuille, grille, regle
from tests.cotation.accord import accorder

JOURS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@settings(deadline=None)
@given(JOURS, JOURS)
def test_le_code_d_un_jour_garde_l_ordre(a: date, b: date) -> None:
    assert (a < b) == (code_jour(a) < code_jour(b))


@settings(deadline=None)
@given(st.lists(JOURS | st.none(), min_size=1), JOURS)
def test_les_mois_entre_deux_jours_par_un_decalage(debuts: list[date | None], le: date) -> None:
    accorder(
        grille(regle("R", cumul(MoisDepuis("d"), "1")), regle("A", cumul(ANCIENNETE, "1"))),
        [faits(d=debut, demande__date_depot=debut) for debut in debuts],
        le,
    )


def test_les_mois_de_chaque_jour_de_cinq_ans() -> None:
    """Every start in five years, seen from the ends of short and long months."""
    compilee = compiler(grille(regle("R", cumul(MoisDepuis("d"), "1"))))
    debuts = [date(2020, 1, 1) + timedelta(days=rang) for rang in range(5 * 366)]
    colonnes = encoder(compilee.encodage(), [faits(d=debut) for debut in debuts])
    for le in (date(2026, 2, 28), date(2024, 2, 29), date(2024, 2, 28), date(2026, 4, 30), date(2026, 12, 31), LE):
        attendus = [max(mois_entre(debut, le), 0) for debut in debuts]
        assert compilee.evaluer_colonnes(colonnes, le).total.tolist() == attendus


def test_les_nombres_prennent_l_entier_le_plus_etroit() -> None:
    colonne = nombres([3, Decimal("2.50"), None, Decimal(-1)], ())
    assert colonne.valeurs is not None
    assert (colonne.valeurs.dtype, colonne.echelle, colonne.lacunaire) == (np.dtype(np.int16), 2, True)
    assert colonne.valeurs.tolist() == [300, 250, -32768, -100]
    pleine = nombres([0, 126], ())
    assert pleine.valeurs is not None
    assert (pleine.valeurs.dtype, pleine.mini, pleine.maxi, pleine.lacunaire) == (np.dtype(np.int8), 0, 127, False)


def test_la_plus_basse_valeur_d_un_dtype_reste_aux_absents() -> None:
    colonne = nombres([-128, None], ())
    assert colonne.valeurs is not None
    assert colonne.valeurs.tolist() == [-128, -32768]
    accorder(grille(regle("R", 1, feuille("x", "inferieur", -127))), [faits(x=-128), faits(x=None), faits(x=-127)])


def test_un_nombre_trop_long_garde_sa_place_parmi_les_constantes() -> None:
    long = Decimal("33.0000000000000000000001")
    colonne = nombres([33, long, Decimal("32.9999999999999999999999"), None], {Decimal(33), Decimal(50)})
    assert colonne.seuils == (33, 50)
    assert colonne.valeurs is not None
    assert colonne.valeurs.tolist() == [1, 2, 0, -128]
    situations = [faits(x=x) for x in (33, long, "32.99999999999999999999", None, 10**12 - 1, 50)]
    regles = [regle(op, 1, feuille("x", op, 33)) for op in ("superieur", "superieur_ou_egal", "egal", "inferieur")]
    accorder(grille(*regles, regle("C", cumul("x", "1"))), situations)


def test_un_vocabulaire_de_plus_de_64_codes() -> None:
    codes = [f"c{rang}" for rang in range(150)]
    regles = [regle(f"R{rang}", 1, feuille("l", "contient_un_de", *codes[rang : rang + 70])) for rang in (0, 40, 80)]
    regles.append(regle("S", 2, feuille("s", "parmi", *codes)))
    regles.append(regle("D", 4, feuille("s", "different", "c149")))
    situations = [faits(l=[code], s=code) for code in (*codes[::7], "c149", "inconnu")]
    accorder(grille(*regles), situations)


def test_des_colonnes_encodees_pour_deux_grilles_servent_aux_deux() -> None:
    une, autre = grille(regle("R", 1, coche("a"))), grille(regle("S", 2, feuille("b", "parmi", "x", "y")))
    colonnes = encoder(Encodage.pour(une, autre), [faits(a=True, b="y"), faits(b="z")])
    assert compiler(une).evaluer_colonnes(colonnes, LE).total.tolist() == [1, 0]
    assert compiler(autre).evaluer_colonnes(colonnes, LE).total.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("quand", "phrase"),
    [
        (feuille("autre", "egal", "x"), "autre"),
        (feuille("b", "egal", "w"), "« w »"),
        (feuille("b", "contient_un_de", "x"), "liste"),
        (feuille("n", "superieur", 51), "51"),
    ],
)
def test_des_colonnes_encodees_sans_ce_que_lit_la_grille_sont_refusees(quand: object, phrase: str) -> None:
    encodee = grille(regle("R", 1, feuille("b", "parmi", "x", "y")), regle("N", 1, feuille("n", "superieur", 50)))
    colonnes = encoder(Encodage.pour(encodee), [faits(b="x", n=Decimal("1E-30"))])
    with pytest.raises(ColonneManquante, match=phrase):
        compiler(grille(regle("S", 1, quand))).evaluer_colonnes(colonnes, LE)  # type: ignore[arg-type]


def test_la_place_prise_par_situation() -> None:
    quand = feuille("statut", "parmi", "hotel", "squat")
    compilee = compiler(grille(regle("R", 1, quand), regle("S", 1, feuille("n", "superieur", 2))))
    colonnes = encoder(compilee.encodage(), [faits(statut="hotel", n=n % 100) for n in range(1000)])
    assert isinstance(colonnes.par_fait[Aspect.SCALAIRE, "statut"], Bits)
    assert isinstance(colonnes.par_fait[Aspect.NOMBRE, "n"], Nombres)
    assert isinstance(colonnes.par_fait[Aspect.JOUR, "demande.date_depot"], Jours)
    assert colonnes.octets == 2 * 1000
