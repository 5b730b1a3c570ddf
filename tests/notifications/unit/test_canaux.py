"""The channels of the law, line by line."""

import pytest

from services.notifications.domain.canaux import REGLES, Canal, Joignable, Regle, canaux

COURRIEL, LETTRE = Canal.COURRIEL, Canal.LETTRE


@pytest.mark.duty("demande:D18")
@pytest.mark.parametrize(
    ("en_ligne", "courriel", "adresse", "les_deux", "attendus"),
    [
        (False, True, True, False, (COURRIEL, LETTRE)),
        (False, False, True, False, (LETTRE,)),
        (True, True, True, False, (COURRIEL,)),
        (True, True, True, True, (COURRIEL, LETTRE)),
        (False, False, True, True, (LETTRE,)),
        (True, False, True, False, (LETTRE,)),
        (False, True, False, False, (COURRIEL,)),
        (True, False, False, False, ()),
    ],
)
def test_le_preavis_suit_r441_2_7(
    en_ligne: bool, courriel: bool, adresse: bool, les_deux: bool, attendus: tuple[Canal, ...]
) -> None:
    joignable = Joignable(courriel=courriel, adresse=adresse, en_ligne=en_ligne, les_deux=les_deux)
    assert canaux(Regle.PREAVIS, joignable) == attendus


def test_une_information_part_par_courriel_ou_a_defaut_par_lettre() -> None:
    assert canaux(Regle.INFORMATION, Joignable(courriel=True, adresse=True)) == (COURRIEL,)
    assert canaux(Regle.INFORMATION, Joignable(courriel=False, adresse=True)) == (LETTRE,)
    assert canaux(Regle.INFORMATION, Joignable(courriel=True, adresse=True, les_deux=True)) == (COURRIEL, LETTRE)
    assert canaux(Regle.INFORMATION, Joignable(courriel=False, adresse=False)) == ()


def test_chaque_regle_a_une_ligne_pour_chacun() -> None:
    for regle in REGLES:
        for en_ligne in (True, False):
            for les_deux in (True, False):
                assert canaux(regle, Joignable(courriel=True, adresse=True, en_ligne=en_ligne, les_deux=les_deux))
