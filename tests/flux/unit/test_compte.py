"""The ledger of a convention: debits equal credits whatever happens, a right is charged once."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.flux.domain.compte import (
    Compte,
    CompteOuvert,
    Phase,
    TransfertAnnule,
    TransfertComptabilise,
    TransfertContrePasse,
    TransfertExpire,
    comptabiliser,
    engager,
    evolve,
    liberer_le_droit,
    ouvrir,
)
from services.flux.domain.imputation import Unite

LE = date(2026, 3, 2)
OUVERTURE = CompteOuvert("c1", "trois-rivieres-habitat", "etat-67", "prefecture-67", 2026, "epci:246700488:67")


def _apres(compte: Compte, *listes: list) -> Compte:
    for evenements in listes:
        for evenement in evenements:
            compte = evolve(evenement, compte)
    return compte


OUVERT = _apres(Compte(), ouvrir(Compte(), OUVERTURE))
ENGAGE = _apres(OUVERT, engager(OUVERT, "t1", "l1", LE, LE))


def test_un_droit_engage_attend_des_deux_cotes() -> None:
    assert (ENGAGE.engages, ENGAGE.imputes, ENGAGE.est_equilibre) == (1, 0, True)
    assert engager(ENGAGE, "t1", "l1", LE, LE) == []


def test_un_droit_s_impute_une_fois() -> None:
    (impute,) = comptabiliser(ENGAGE, "t1", Unite.BAIL_SIGNE, LE)
    compte = _apres(ENGAGE, [impute])

    assert isinstance(impute, TransfertComptabilise)
    assert (compte.engages, compte.imputes, compte.est_equilibre) == (0, 1, True)
    assert comptabiliser(compte, "t1", Unite.BAIL_SIGNE, LE) == []
    assert engager(compte, "t1", "l1", LE, LE) == []


def test_un_droit_en_attente_s_annule_ou_expire() -> None:
    assert liberer_le_droit(ENGAGE, "t1", "RENONCIATION", LE, expire=False) == [
        TransfertAnnule("t1", "RENONCIATION", LE)
    ]
    assert liberer_le_droit(ENGAGE, "t1", "DELAI_DEPASSE", LE, expire=True) == [TransfertExpire("t1", LE)]


def test_un_droit_impute_se_contre_passe_sans_rien_effacer() -> None:
    compte = _apres(ENGAGE, comptabiliser(ENGAGE, "t1", Unite.MISE_A_DISPOSITION, LE))
    (contre,) = liberer_le_droit(compte, "t1", "RENONCIATION", LE, expire=False)
    apres = _apres(compte, [contre])

    assert isinstance(contre, TransfertContrePasse)
    assert (apres.droits.debits, apres.droits.credits, apres.imputes) == (1, 1, 0)
    assert apres.est_equilibre
    assert liberer_le_droit(apres, "t1", "RENONCIATION", LE, expire=False) == []
    assert apres.transfert("t1").phase is Phase.CONTRE_PASSE  # type: ignore[union-attr]


GESTES = st.lists(
    st.tuples(st.sampled_from(["engager", "imputer", "liberer", "expirer"]), st.integers(0, 5)), max_size=60
)


@given(GESTES)
def test_quoi_qu_il_arrive_les_debits_font_les_credits(gestes: list[tuple[str, int]]) -> None:
    compte = OUVERT
    for geste, n in gestes:
        if geste == "engager":
            compte = _apres(compte, engager(compte, f"t{n}", f"l{n}", LE, LE))
        elif geste == "imputer":
            compte = _apres(compte, comptabiliser(compte, f"t{n}", Unite.BAIL_SIGNE, LE))
        else:
            compte = _apres(compte, liberer_le_droit(compte, f"t{n}", "x", LE, expire=geste == "expirer"))
        phases = [un.phase for un in compte.transferts.values()]
        assert compte.est_equilibre
        assert compte.engages == phases.count(Phase.EN_ATTENTE) >= 0
        assert compte.imputes == phases.count(Phase.COMPTABILISE)
