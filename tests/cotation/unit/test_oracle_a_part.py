"""The oracle gives the same judgements in processes of its own, in the order of the cases."""

from datetime import date
from pathlib import Path

import contracts
from services.cotation.domain.lecture import lire_grille
from services.cotation.oracle_a_part import Cas, juger, oracle_a_part

GRILLES = Path(contracts.__file__).parent / "grilles"
CONTENUS = {nom: (GRILLES / f"{nom}.json").read_text(encoding="utf-8") for nom in ("strasbourg-2019", "rennes-2015")}
CAS = [
    Cas(tuple(CONTENUS)[rang % 2], {"demande": {"age_mois": rang % 120}, "logement_actuel": {}}, date(2026, 1, 31))
    for rang in range(1_201)
]


async def test_many_cases_are_judged_as_each_would_be() -> None:
    grilles = {version: lire_grille(contenu) for version, contenu in CONTENUS.items()}
    with oracle_a_part(CONTENUS) as oracle:
        peu, beaucoup = await oracle.juger(CAS[:10]), await oracle.juger(CAS)
    attendus = [juger(grilles[cas.version], cas) for cas in CAS]
    assert len(set(attendus)) > 10
    assert beaucoup == attendus
    assert peu == attendus[:10]
