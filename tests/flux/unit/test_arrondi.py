"""Largest remainder: whole, within one of the exact right, the total kept, equal cases told."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.flux.domain.arrondi import Departage, RepartitionImpossible, plus_forts_restes

POIDS = st.lists(st.integers(min_value=0, max_value=50), min_size=1, max_size=9).filter(any)


@given(POIDS, st.integers(min_value=0, max_value=500))
def test_the_total_is_kept_and_nobody_is_a_whole_unit_away(poids: list[int], total: int) -> None:
    exacts = {f"h{i}": Fraction(p * total, sum(poids)) for i, p in enumerate(poids)}
    entiers = plus_forts_restes(total, exacts).entiers
    assert sum(entiers.values()) == total
    assert all(abs(entiers[nom] - exacts[nom]) < 1 for nom in exacts)


@given(POIDS, st.integers(min_value=0, max_value=500))
def test_a_holder_served_has_no_smaller_remainder_than_one_left_out(poids: list[int], total: int) -> None:
    exacts = {f"h{i}": Fraction(p * total, sum(poids)) for i, p in enumerate(poids)}
    repartition = plus_forts_restes(total, exacts)
    restes = {nom: exacts[nom] - exacts[nom].__floor__() for nom in exacts}
    servis = [nom for nom in exacts if repartition.entiers[nom] > exacts[nom].__floor__()]
    laisses = [nom for nom in exacts if nom not in servis]
    assert all(restes[s] >= restes[autre] for s in servis for autre in laisses)
    partages = {nom for nom in exacts if restes[nom] in {restes[s] for s in servis} & {restes[a] for a in laisses}}
    assert set(repartition.ex_aequo) == partages


def test_it_is_not_a_sequence() -> None:
    """One more dwelling may take one from a holder (Alabama paradox): why targets never order orientations."""
    parts = {"a": Fraction(6, 14), "b": Fraction(6, 14), "c": Fraction(2, 14)}
    dix = plus_forts_restes(10, {nom: 10 * part for nom, part in parts.items()}).entiers
    onze = plus_forts_restes(11, {nom: 11 * part for nom, part in parts.items()}).entiers
    assert (dix["c"], onze["c"]) == (2, 1)


def test_a_total_that_the_rights_cannot_make_is_refused() -> None:
    exacts = {"a": Fraction(5, 2), "b": Fraction(5, 2)}
    for total in (3, 7):
        with pytest.raises(RepartitionImpossible):
            plus_forts_restes(total, exacts)
    assert plus_forts_restes(5, exacts, departage=Departage.ORDRE, ordre=["b", "a"]).entiers == {"a": 2, "b": 3}
