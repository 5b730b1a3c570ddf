"""That the campaign can fail: oracles spoiled by one operator, each found on the cases that the short form draws."""

from collections.abc import Iterator, Sequence

import pytest

from services.cotation.domain.resultat import Resultat
from tests.cotation.campagne.cas import Cas
from tests.cotation.campagne.deroulement import GRAINE, GRILLES_EN_CI, Desaccord, corpus, derouler, resultats
from tests.cotation.campagne.moteurs import Moteur, scalaire
from tests.cotation.campagne.mutants import Mutant, mutants, oracle_mute

TOUS = list(mutants())
UN_SUR = 4


@pytest.fixture(scope="module")
def cas_de_la_forme_courte() -> list[tuple[Cas, list[Resultat]]]:
    return [(cas, resultats(cas)) for cas in corpus(GRILLES_EN_CI, GRAINE)]


def est_trouve(moteur: Moteur, cas: Cas, attendus: list[Resultat]) -> bool:
    try:
        return any(moteur(cas, attendus))
    except Exception:  # noqa: BLE001 -- a spoiled oracle may fail in any way, and that shows too
        return True


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(mutant, id=f"{mutant.module}-{mutant.rang}", marks=[pytest.mark.long] if rang % UN_SUR else [])
        for rang, mutant in enumerate(TOUS)
    ],
)
def test_un_oracle_gate_est_trouve(mutant: Mutant, cas_de_la_forme_courte: list[tuple[Cas, list[Resultat]]]):
    moteur = scalaire("oracle gâté", oracle_mute(mutant))
    assert any(est_trouve(moteur, *cas) for cas in cas_de_la_forme_courte), f"{mutant.recit} n'est pas vu"


def test_les_mutants_changent_chaque_module_de_l_oracle():
    assert {mutant.module for mutant in TOUS} == {"faits", "situation", "conditions", "lignes", "evaluation"}
    assert len(TOUS) > 140


@pytest.mark.long
def test_une_inegalite_inversee_est_trouvee_et_reduite_a_peu():
    (mutant,) = [
        mutant for mutant in TOUS if mutant.recit == "lignes : mesure < tranche.maxi -> mesure <= tranche.maxi"
    ]
    oracle_gate = scalaire("oracle gâté", oracle_mute(mutant))
    reduits: list[Cas] = []

    def gate(cas: Cas, attendus: Sequence[Resultat]) -> Iterator[str]:
        for ecart in oracle_gate(cas, attendus):
            reduits.append(cas)
            yield ecart

    with pytest.raises(Desaccord, match=r"(?s) attendu, .* obtenu.*Tranches\("):
        derouler([gate], GRILLES_EN_CI, GRAINE)
    assert len(reduits[-1].grille.regles) <= 3
