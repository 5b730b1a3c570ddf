"""Each counterexample that the campaign found, reduced, under its name."""

from datetime import date
from decimal import Decimal

from services.cotation.domain.grille import EffetEvenement
from tests.cotation.abrege import faits, grille
from tests.cotation.campagne.cas import Cas
from tests.cotation.campagne.deroulement import juger
from tests.cotation.campagne.moteurs import MoteurCompile


def test_une_expiration_apres_l_an_9999_est_un_jour_inconnu():
    """Found in part 1 of the long form: the oracle raised ValueError, and docs/cotation.md said nothing."""
    effet = EffetEvenement("REFUS", "Refus", "refus", Decimal(-5), expire_mois=1200)
    au_depot = faits(demande__date_depot="9999-12-31", refus=[{"mois_apres_depot": 0}])
    (resultat,) = juger(Cas(grille(effets_evenements=(effet,)), date(2026, 11, 22), (au_depot,)), [MoteurCompile()])
    assert (resultat.total, resultat.lignes[0].expire_le) == (-5, None)
