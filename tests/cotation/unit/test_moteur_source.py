"""Generated Python holds no text of a grid, calls nothing but our functions, and is bounded."""

import ast
from datetime import date
from decimal import Decimal

import pytest

from services.cotation.domain.condition import Condition, MoisDepuis, NombreDe, Non, Toutes
from services.cotation.domain.grille import (
    EffetEvenement,
    Grille,
    Groupe,
    HorsCotation,
    ModeGroupe,
    NiveauPreuve,
    Preuve,
    RegleDeBloc,
    RemiseAZero,
    SansPreuve,
)
from services.cotation.domain.moteur import compiler
from services.cotation.domain.moteur.erreurs import GrilleTropGrande
from services.cotation.domain.moteur.forme import mettre_en_forme
from services.cotation.domain.moteur.source import FONCTIONS, Source
from services.cotation.domain.moteur.taille import NOEUDS_MAX, PROFONDEUR_MAX
from tests.cotation.abrege import LE, bornes, coche, cumul, feuille, grille, regle, tranches, variantes
from tests.cotation.accord import accorder

POISON = "__import__('os').system('x')"


def empoisonnee() -> Grille:
    """A grid whose every text is code."""
    test = Toutes((feuille(POISON + ".a", "egal", POISON), feuille(POISON, "contient_un_de", POISON, "autre")))
    regles = [
        regle(POISON, Decimal("1.5"), test, bloc=POISON, libelle=POISON),
        regle("b" + POISON, tranches(POISON + ".b", (0, "2.5", "3")), bloc=POISON, preuve=Preuve(NiveauPreuve.LABEL)),
        regle("c" + POISON, variantes((coche(POISON), "4"), (feuille(POISON, "superieur", date(2020, 1, 1)), "5"))),
        regle("d" + POISON, cumul(NombreDe(POISON, 3, coche("evenement." + POISON)), "1"), bornes=bornes(-3, 3)),
        regle("e" + POISON, cumul(MoisDepuis(POISON), "1")),
        regle("f" + POISON, 2, preuve=Preuve(NiveauPreuve.DOCUMENT, SansPreuve.NON_COMPTEE)),
    ]
    identifiants = tuple(r.id for r in regles)
    return grille(
        *regles,
        hors_cotation=(HorsCotation(POISON, POISON, coche(POISON)),),
        groupes=(
            Groupe(POISON, ModeGroupe.DECLAREE, identifiants[:2], POISON),
            Groupe(POISON, ModeGroupe.MAX, identifiants[1:4]),
        ),
        regles_de_bloc=(RegleDeBloc(POISON, "b"),),
        remises_a_zero=(RemiseAZero(POISON, coche("evenement." + POISON)),),
        effets_evenements=(EffetEvenement(POISON, POISON, POISON, Decimal(-1), POISON, coche("evenement.x"), 3),),
    )


def test_aucun_texte_de_la_grille_n_atteint_le_code() -> None:
    source = Source(mettre_en_forme(empoisonnee()))
    arbre = source.module()
    constantes = {type(noeud.value) for noeud in ast.walk(arbre) if isinstance(noeud, ast.Constant)}
    assert constantes <= {int, bool, type(None)}
    noms = {noeud.id for noeud in ast.walk(arbre) if isinstance(noeud, ast.Name)}
    assert all(nom.isascii() and nom.isidentifier() and not nom.startswith("_") for nom in noms)
    attributs = {noeud.attr for noeud in ast.walk(arbre) if isinstance(noeud, ast.Attribute)}
    assert attributs <= {"get", "append", "isdisjoint", "__class__"}
    assert "import" not in ast.unparse(arbre)


def test_le_code_genere_n_appelle_que_nos_fonctions_et_n_a_pas_de_builtins() -> None:
    source = Source(mettre_en_forme(empoisonnee()))
    arbre = source.module()
    appelees = {
        noeud.func.id for noeud in ast.walk(arbre) if isinstance(noeud, ast.Call) and isinstance(noeud.func, ast.Name)
    }
    assert {nom for nom in appelees if not nom.startswith("k")} <= set(FONCTIONS)
    assert {nom for nom in appelees if nom.startswith("k")} <= set(source.reserve.espace)
    assert source.reserve.espace["__builtins__"] == {}
    assert not any(isinstance(noeud, (ast.Import, ast.ImportFrom, ast.Global)) for noeud in ast.walk(arbre))


def test_une_grille_de_textes_piegees_se_note_comme_une_autre() -> None:
    poison_coche = {POISON: {"a": POISON, "b": 1}, "evidence": {}}
    accorder(
        empoisonnee(),
        [{}, poison_coche, {POISON: [POISON]}, {POISON: [{"date": "2026-11-01", POISON: True, "x": True}]}],
    )


def imbriquee(profondeur: int) -> Condition:
    condition: Condition = coche("a")
    for _ in range(profondeur - 1):
        condition = Non(condition)
    return condition


def test_la_profondeur_des_conditions_est_bornee() -> None:
    assert compiler(grille(regle("R", 1, imbriquee(PROFONDEUR_MAX)))).totaux([{}], LE) == [1]
    with pytest.raises(GrilleTropGrande, match="imbriquée"):
        compiler(grille(regle("R", 1, imbriquee(PROFONDEUR_MAX + 1))))
    with pytest.raises(GrilleTropGrande, match="imbriquée"):
        compiler(grille(regle("R", 1, imbriquee(100_000))))


def test_la_taille_du_code_est_bornee() -> None:
    codes = [f"c{rang}" for rang in range(NOEUDS_MAX)]
    with pytest.raises(GrilleTropGrande, match=str(NOEUDS_MAX)):
        compiler(grille(regle("R", 1, feuille("a", "parmi", *codes))))


def test_une_grille_de_mille_regles_se_compile() -> None:
    grande = grille(*(regle(f"R{rang}", rang % 7, feuille("x", "superieur", rang)) for rang in range(1000)))
    assert compiler(grande).totaux([{"x": 500}], LE) == [sum(rang % 7 for rang in range(500))]
