"""The scoring's clock: what time alone moves is told on its day, once, whatever stops it."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.cotation.grilles import Grilles
from services.cotation.projections.echeance_v1 import demandes_dues
from services.cotation.service import SERVICE
from services.cotation.use_cases import horloge
from services.cotation.use_cases.horloge import Journee, passer
from services.cotation.verification import verifier
from tests.cotation.integration.monde import JOUR, MULHOUSE, PRECAIRE, SCHILTIGHEIM, STRASBOURG, Monde

LE_MOIS = date(2026, 12, 22)
"""A month more of seniority for a demande of 22 September 2025."""
VEILLE = LE_MOIS - timedelta(days=1)


async def _passer(monde: Monde, le: date) -> Journee:
    return await passer(monde.cotation, SERVICE.assemble(monde.cotation).store, Grilles(), le)


async def _conforme(monde: Monde) -> dict[str, int]:
    """Every check agrees; how many things each examined."""
    controles = await verifier(monde.cotation, SERVICE.assemble(monde.cotation).store)
    assert [(un.nom, un.ecarts) for un in controles if un.ecarts] == []
    return {un.nom: un.examines for un in controles}


async def _publies(monde: Monde, type_: str) -> list[dict[str, Any]]:
    return [un["data"] for un in await monde.publies() if un["type"] == type_]


async def _temps(monde: Monde, demande: UUID, lieu: str = STRASBOURG) -> tuple[str, str]:
    """The cause of the last change of a score, and its points."""
    ((cause, points),) = [
        (une["cause"], une["points"])
        for une in (await monde.lire(f"/v1/cotations/{demande}/changements", lieu=lieu))["changement"]["causes"]
    ]
    return cause, points


async def test_un_mois_de_plus_donne_ses_points_ce_jour_la_et_pas_avant(monde: Monde) -> None:
    """14 months × 1.3 = 18.2; a month more, 19.5: told as the passing of time, published by batch, positions moved."""
    demande, autre = await monde.deposer(logement=PRECAIRE), await monde.deposer(depot=date(2025, 10, 1))
    await monde.consommer()
    la_veille = await _passer(monde, VEILLE)
    assert (la_veille.revues, la_veille.close) == (1, True)  # the other one, on 1 December
    assert (await monde.notes(demande))[STRASBOURG] == "18.2"

    le_jour = await _passer(monde, LE_MOIS)
    encore = await _passer(monde, LE_MOIS)

    assert (le_jour, encore) == (Journee(LE_MOIS, 1, True), Journee(LE_MOIS, 0, False))
    assert (await monde.notes(demande), await monde.notes(autre)) == ({STRASBOURG: "19.5"}, {STRASBOURG: "14"})
    assert await _temps(monde, demande) == ("temps", "1.3")
    lu = (await monde.lire(f"/v1/cotations/{demande}/changements"))["changement"]
    assert lu["recit"][1].startswith("+1,3 point : le temps a passé (du 22 novembre 2026 au 22 décembre 2026).")
    assert [(une["au"], une["lignes"]) for une in await _publies(monde, "cotation.revues.v1")] == [
        (VEILLE.isoformat(), [[str(autre), STRASBOURG, "14", "13", 1, False]]),
        ("2026-12-22", [[str(demande), STRASBOURG, "19.5", "18.2", 1, False]]),
    ]
    assert len(await _publies(monde, "cotation.etablie.v1")) == 2
    assert [un["le"] for un in await _publies(monde, "cotation.journee-close.v1")] == [VEILLE.isoformat(), "2026-12-22"]
    assert (await _conforme(monde))["cotation : notes au dernier jour clos"] == 1


async def test_une_tranche_passee_et_un_malus_expire(monde: Monde) -> None:
    """Mulhouse: bands of seniority; a suitable offer refused costs 10 points for twelve months."""
    demande = await monde.deposer(MULHOUSE, depot=date(2024, 11, 23))
    await monde.refuser(demande, date(2026, 2, 10), adaptee=True)
    await monde.consommer()
    depart = Decimal((await monde.notes(demande))[MULHOUSE])
    await _passer(monde, JOUR)
    assert Decimal((await monde.notes(demande))[MULHOUSE]) == depart

    await _passer(monde, JOUR + timedelta(days=1))  # two years of seniority
    palier = Decimal((await monde.notes(demande))[MULHOUSE])
    assert await _temps(monde, demande, MULHOUSE) == ("temps", str(palier - depart))
    assert palier > depart

    await _passer(monde, date(2027, 2, 9))
    assert Decimal((await monde.notes(demande))[MULHOUSE]) == palier
    await _passer(monde, date(2027, 2, 10))
    assert Decimal((await monde.notes(demande))[MULHOUSE]) == palier + 10
    assert await _temps(monde, demande, MULHOUSE) == ("temps", "10")
    await _conforme(monde)


async def test_des_jours_manques_sont_rattrapes_a_leur_date(monde: Monde) -> None:
    demande = await monde.deposer(logement=PRECAIRE)
    await monde.consommer()
    await _passer(monde, VEILLE)

    await _passer(monde, LE_MOIS + timedelta(days=6))

    closes = [un["le"] for un in await _publies(monde, "cotation.journee-close.v1")]
    assert closes == [(VEILLE + timedelta(days=rang)).isoformat() for rang in range(8)]
    (note,) = (await monde.lire(f"/v1/cotations/{demande}"))["notes"]
    assert (note["total"], note["au"]) == ("19.5", LE_MOIS.isoformat())
    await _conforme(monde)


async def test_deux_horloges_a_la_fois_ont_un_seul_effet(monde: Monde) -> None:
    for _ in range(12):
        await monde.deposer(STRASBOURG, SCHILTIGHEIM, logement=PRECAIRE)
    await monde.consommer()

    passees = await asyncio.gather(*(_passer(monde, LE_MOIS) for _ in range(3)))

    assert (sum(une.revues for une in passees), sorted(une.close for une in passees)) == (24, [False, False, True])
    assert sum(len(une["lignes"]) for une in await _publies(monde, "cotation.revues.v1")) == 24
    assert len(await _publies(monde, "cotation.journee-close.v1")) == 1
    await _conforme(monde)


async def test_une_horloge_coupee_entre_deux_lots_reprend(monde: Monde, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        await monde.deposer(logement=PRECAIRE)
    await monde.consommer()
    vrai, appels = demandes_dues, iter([True, True, False])

    async def coupe(*args: Any) -> Any:
        if not next(appels):
            raise ConnectionError("coupure")
        return await vrai(*args)

    monkeypatch.setattr(horloge, "_LOT", 2)
    monkeypatch.setattr(horloge, "demandes_dues", coupe)
    with pytest.raises(ConnectionError):
        await _passer(monde, LE_MOIS)
    assert await _publies(monde, "cotation.journee-close.v1") == []
    monkeypatch.setattr(horloge, "demandes_dues", vrai)

    reprise = await _passer(monde, LE_MOIS)

    assert reprise == Journee(LE_MOIS, 2, True)
    lignes = [ligne for une in await _publies(monde, "cotation.revues.v1") for ligne in une["lignes"]]
    assert len(lignes) == len({ligne[0] for ligne in lignes}) == 6
    await _conforme(monde)


async def test_une_coupure_dans_un_lot_n_en_laisse_rien(monde: Monde, monkeypatch: pytest.MonkeyPatch) -> None:
    demande = await monde.deposer(logement=PRECAIRE)
    await monde.consommer()

    async def coupe(*_: Any) -> None:
        raise ConnectionError("coupure")

    with monkeypatch.context() as un_temps:
        un_temps.setattr(horloge, "reporter", coupe)
        with pytest.raises(ConnectionError):
            await _passer(monde, LE_MOIS)
    assert (await monde.notes(demande))[STRASBOURG] == "18.2"
    assert await _publies(monde, "cotation.revues.v1") == []
    assert (await _passer(monde, LE_MOIS)).revues == 1


async def test_des_faits_qui_vieillissent_sont_relus_et_gardes(monde: Monde) -> None:
    """The situation holds until a birthday: it is read again on that day, at the same version, and both readings are kept."""
    demande = await monde.deposer(STRASBOURG, MULHOUSE)
    await monde.consommer()
    ((version, du, jusqu_au),) = await monde.lignes("select version, du, valable_jusqu_au from situation_v1")
    assert (version, du) == (1, JOUR)
    anniversaire = jusqu_au + timedelta(days=1)
    await _passer(monde, anniversaire)
    lues = await monde.lignes("select version, du from situation_v1 order by du")
    assert [tuple(une) for une in lues[:1]] == [(1, JOUR)]
    assert all(version == 1 for version, _ in lues)
    assert (await monde.lignes("select min(le) as le from echeance_v1"))[0].le > anniversaire
    await monde.lire(f"/v1/cotations/{demande}/explication", lieu=STRASBOURG)
    await _conforme(monde)


async def test_une_note_ne_revient_pas_en_arriere(monde: Monde) -> None:
    """The clock run ahead of the day: a change of the dossier is scored on the last day closed, not before it."""
    demande = await monde.deposer()
    await monde.consommer()
    await _passer(monde, LE_MOIS)
    await monde.demenager(demande, PRECAIRE)
    await monde.consommer()
    (note,) = (await monde.lire(f"/v1/cotations/{demande}"))["notes"]
    assert (note["total"], note["au"]) == ("19.5", LE_MOIS.isoformat())
    changement = (await monde.lire(f"/v1/cotations/{demande}/changements"))["changement"]
    assert [(une["cause"], une["points"]) for une in changement["causes"]] == [("fait", "4.5")]
    await _conforme(monde)


async def test_un_lot_a_mille_lignes_au_plus(monde: Monde, monkeypatch: pytest.MonkeyPatch) -> None:
    """More lines than one event holds: one transaction publishes several, none over the bound."""
    for _ in range(3):
        await monde.deposer(STRASBOURG, SCHILTIGHEIM, logement=PRECAIRE)
    await monde.consommer()
    monkeypatch.setattr(horloge, "_LIGNES", 4)
    assert (await _passer(monde, LE_MOIS)).revues == 6
    assert sorted(len(une["lignes"]) for une in await _publies(monde, "cotation.revues.v1")) == [2, 4]
    await _conforme(monde)
