"""The facts of a place: those of the demande, and in front of them those of the place."""

from datetime import date
from typing import Any

from contracts.situation.fait import Provenance
from contracts.situation.lecture import FaitLu, LieuLu, Situation
from services.cotation.domain.faits import faits_des_lieux, faits_du_lieu


def lus(valeurs: dict[str, Any]) -> dict[str, FaitLu]:
    """Declared facts."""
    return {chemin: FaitLu(valeur, Provenance.DECLAREE, date(2026, 1, 1)) for chemin, valeur in valeurs.items()}


SITUATION = Situation(
    demande_id="d",
    version=1,
    millesime=2026,
    faits=lus({"labels": ["DALO"], "demande.motifs": [], "demande.delai.mois": 4, "mobilite.nature": "hors_epci"}),
    lieux={
        "67482": LieuLu("67482", 1, faits=lus({"mobilite.nature": "dans_epci", "demande.delai.depasse": True})),
        "67296": LieuLu("67296", 2, faits=lus({"lieu.rang": 2})),
    },
)
COMMUNS = {"labels": ["DALO"], "demande": {"motifs": [], "delai": {"mois": 4}}, "mobilite": {"nature": "hors_epci"}}


def test_un_fait_du_lieu_passe_devant_sans_toucher_les_autres_lieux() -> None:
    demande = {"motifs": [], "delai": {"mois": 4, "depasse": True}}
    attendus = {
        "67482": COMMUNS | {"demande": demande, "mobilite": {"nature": "dans_epci"}},
        "67296": COMMUNS | {"lieu": {"rang": 2}},
    }
    assert dict(faits_des_lieux(SITUATION)) == attendus
    assert {lieu: faits_du_lieu(SITUATION, lieu) for lieu in SITUATION.lieux} == attendus
