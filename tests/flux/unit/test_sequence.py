"""A sequence kept event by event: the fold gives the counters noted, its read model gives them back, years follow."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.flux.domain.orientation.decision import Regle
from services.flux.domain.orientation.etat import LogementAOrienter
from services.flux.domain.sequence import (
    Sequence,
    decider,
    evolve,
    imputer,
    noter,
    ouvrir,
    rendre,
    suivre_les_parts,
)
from services.flux.projections.sequence_v1 import ecrire, lire

LE = date(2026, 3, 2)
PERIMETRE = "epci:246700488:67"
PARTS = {"etat": Fraction(30, 100), "action-logement": Fraction(18, 100), "propre": Fraction(52, 100)}


def ouverte(exercice: int = 2026, avant: Sequence | None = None) -> Sequence:
    return evolve(ouvrir("trh", PERIMETRE, exercice, PARTS, avant), Sequence())


def oriente(sequence: Sequence, n: int, choix: str | None = None) -> Sequence:
    decision = decider(sequence, LogementAOrienter(f"m{n}", PERIMETRE), choix, "motif" if choix else None)
    return evolve(noter(decision, f"l{n}", LE), sequence)


GESTES = st.lists(st.sampled_from(["suivre", "etat", "propre", "imputer", "rendre", "rendre-compte"]), max_size=40)


@given(GESTES)
def test_le_repli_garde_les_compteurs_et_le_modele_de_lecture_les_rend(gestes: list[str]) -> None:
    sequence, en_cours = ouverte(), []
    for n, geste in enumerate(gestes):
        if geste in ("suivre", "etat", "propre"):
            sequence = oriente(sequence, n, None if geste == "suivre" else geste)
            en_cours.append(f"m{n}")
        elif en_cours:
            mise = en_cours.pop(0)
            evenements = imputer(sequence, mise, LE) if geste == "imputer" else rendre(
                sequence, mise, LE, compte=geste == "rendre-compte"
            )  # fmt: skip
            (evenement,) = evenements
            sequence = evolve(evenement, sequence)
        assert sequence.etat is not None
        assert sum(sequence.etat.credits[("global", "")]) == 0  # type: ignore[index]
        assert lire(ecrire(sequence)) == sequence


def test_un_retour_sans_charge_efface_l_orientation_et_un_retour_charge_la_garde() -> None:
    depart = oriente(ouverte(), 0)
    (rendu,) = rendre(depart, "m0", LE, compte=False)
    (charge,) = rendre(depart, "m0", LE, compte=True)

    assert evolve(rendu, depart).etat.credit("propre") == 0  # type: ignore[union-attr]
    assert evolve(charge, depart).etat.credit("propre") == depart.etat.credit("propre") != 0  # type: ignore[union-attr]
    assert rendre(evolve(rendu, depart), "m0", LE, compte=False) == []


def test_l_annee_suivante_continue_la_meme_suite() -> None:
    droite = coupee = ouverte()
    for n in range(200):
        if n == 73:
            coupee = ouverte(2027, coupee)
        droite, coupee = oriente(droite, n), oriente(coupee, n)
        assert droite.etat.credits == coupee.etat.credits  # type: ignore[union-attr]
        assert coupee.derniere is not None
        assert Fraction(coupee.derniere.ecart_max) <= Fraction(coupee.derniere.borne) == Fraction(3, 4)
    assert coupee.derniere.portee == "suite"


def test_une_annee_ouverte_sous_d_autres_parts_quitte_le_theoreme() -> None:
    avant = oriente(ouverte(), 0)
    autres = {"etat": Fraction(1, 3), "propre": Fraction(2, 3)}
    sequence = evolve(ouvrir("trh", PERIMETRE, 2027, autres, avant), Sequence())

    decision = decider(sequence, LogementAOrienter("m1", PERIMETRE), None, None)

    assert sequence.etat is not None
    assert sequence.etat.credit("action-logement") == Fraction(18, 100)
    assert decision.regle is Regle.PLUS_EN_RETARD


def test_les_parts_changent_par_un_evenement_et_seulement_quand_elles_changent() -> None:
    sequence = oriente(ouverte(), 0)
    autres = PARTS | {"propre": Fraction(43, 100), "epci": Fraction(9, 100)}

    assert suivre_les_parts(sequence, PARTS, LE) == []
    (changees,) = suivre_les_parts(sequence, autres, LE)
    suivie = evolve(changees, sequence)
    assert suivie.etat is not None
    assert suivie.etat.credit("etat") == Fraction(30, 100)
    assert suivre_les_parts(suivie, autres, LE) == []


def test_un_choix_sans_motif_se_refuse() -> None:
    with pytest.raises(ValueError, match="motif"):
        decider(ouverte(), LogementAOrienter("m0", PERIMETRE), "etat", None)
