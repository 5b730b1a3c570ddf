"""When what failed is tried again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.reprises import COURRIEL, LIVRAISON, reprise


@given(st.text(max_size=40), st.integers(1, len(LIVRAISON)))
def test_l_attente_est_celle_du_bareme_plus_un_cinquieme_au_plus(cle: str, essais: int) -> None:
    attente = reprise(LIVRAISON, essais, cle)
    assert attente is not None
    prevue = timedelta(seconds=LIVRAISON[essais - 1])
    assert prevue <= attente <= prevue * 6 / 5
    assert attente == reprise(LIVRAISON, essais, cle)


def test_ce_qui_a_echoue_ensemble_n_est_pas_repris_ensemble() -> None:
    assert len({reprise(LIVRAISON, 2, f"livraison-{n}") for n in range(100)}) > 90


def test_les_livraisons_sont_tentees_pendant_trois_jours() -> None:
    total = sum((reprise(LIVRAISON, n, "x") or timedelta(0) for n in range(1, len(LIVRAISON) + 1)), timedelta(0))
    assert timedelta(days=3) <= total <= timedelta(days=4)


def test_le_bareme_epuise_on_renonce() -> None:
    assert reprise(COURRIEL, len(COURRIEL) + 1, "x") is None
