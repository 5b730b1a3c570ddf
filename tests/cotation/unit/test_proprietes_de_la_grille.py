"""What holds for any grid and any situation, on those that the campaign draws: comparing, writing, verifying, explaining."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from services.cotation.adapters.resultats_json import ecrire_resultat, lire_resultat
from services.cotation.domain.comparaison import Cas as Evaluation
from services.cotation.domain.comparaison import Comparaison, comparer
from services.cotation.domain.comparaison_resultats import comparer_resultats
from services.cotation.domain.condition import Condition, Non, Toutes
from services.cotation.domain.ecriture import ecrire_grille
from services.cotation.domain.explication import expliquer
from services.cotation.domain.lecture import analyser
from services.cotation.domain.lecture.mots import FORMAT_1_0
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.oracle.conditions import situation_du, tient
from services.cotation.domain.recit import raconter
from services.cotation.domain.texte_json import lire_json
from services.cotation.domain.verification import verifier
from services.cotation.domain.verification.satisfiabilite import Domaines, possible
from tests.cotation.campagne.cas import Cas, cas

tires = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a case of the campaign is too large to shrink in a minute
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
EN_NOMBRES = msgspec.json.Encoder(decimal_format="number")


def sans_residu(change: Comparaison) -> None:
    """Each cause starts where the one before it ended, and they sum to the difference."""
    assert sum((part.points for part in change.parts), Decimal(0)) == change.difference
    assert all(gauche.apres == droite.avant for gauche, droite in pairwise(change.parts))
    causes = [part.cause for part in change.parts]
    assert causes == sorted(causes, key=list(type(causes[0])).index) if causes else True
    assert raconter(change)


@tires
@given(cas(), cas(), st.integers(0, 400))
def test_les_causes_s_additionnent_sans_residu(premier: Cas, second: Cas, jours: int) -> None:
    plus_tard = premier.as_of + timedelta(jours)
    for grille in (premier.grille, second.grille):
        for avant, apres in pairwise(premier.situations[:5]):
            gauche = Evaluation(premier.grille, avant, premier.as_of)
            droite = Evaluation(grille, apres, plus_tard, frozenset({"menage.enfants", "demande.motifs"}))
            change = comparer(gauche, droite, evaluer)
            sans_residu(change)
            assert change.avant == evaluer(premier.grille, avant, premier.as_of)
            obtenu = evaluer(grille, apres, plus_tard)
            assert (change.apres.total, change.apres.lignes) == (obtenu.total, obtenu.lignes)


@tires
@given(cas(), cas())
def test_deux_resultats_se_comparent_sans_residu_et_se_relisent(premier: Cas, second: Cas) -> None:
    resultats = [evaluer(premier.grille, situation, premier.as_of) for situation in premier.situations]
    resultats.append(evaluer(second.grille, premier.situations[0], premier.as_of))
    for avant, apres in pairwise(resultats):
        sans_residu(comparer_resultats(avant, apres))
    ecrit = ecrire_resultat(resultats[0], premier.grille)
    assert ecrire_resultat(lire_resultat(ecrit), premier.grille) == ecrit


@tires
@given(cas())
def test_une_grille_ecrite_se_relit_egale(tire: Cas) -> None:
    grille = replace(tire.grille, format=FORMAT_1_0)
    lecture = analyser(lire_json(EN_NOMBRES.encode(ecrire_grille(grille))))
    assume(
        not any(faute.code == "nombre-hors-bornes" for faute in lecture.fautes)
    )  # drawn wider than the format allows
    assert lecture.fautes == ()
    assert lecture.grille == grille


@tires
@given(cas())
def test_toute_grille_se_verifie_et_tout_resultat_s_explique(tire: Cas) -> None:
    document: Any = lire_json(EN_NOMBRES.encode(ecrire_grille(tire.grille)))
    for faute in verifier(document, lambda grille: lambda faits, jour: evaluer(grille, faits, jour)):
        assert faute.phrase
        assert faute.remede
        assert faute.pointeur.startswith("/")
    for situation in tire.situations[:3]:
        resultat = evaluer(tire.grille, situation, tire.as_of)
        dite = expliquer(tire.grille, resultat, situation)
        assert len(dite.comptees) + len(dite.ecartees) == len(resultat.lignes)


@tires
@given(cas())
def test_une_condition_dite_impossible_ne_tient_jamais(tire: Cas) -> None:
    """Alone, and joined to the contrary of each other condition of the grid, as variants and groups are judged."""
    conditions = [regle.quand for regle in tire.grille.regles][:6]
    essais: list[Condition] = [*conditions, *(Toutes((a, Non(b))) for a in conditions for b in conditions)]
    impossibles = [essai for essai in essais if not possible(essai, Domaines())]
    for faits in tire.situations:
        situation = situation_du(faits, tire.as_of, tire.grille.remises_a_zero)
        assert [essai for essai in impossibles if tient(essai, situation)] == []
