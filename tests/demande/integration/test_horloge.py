"""The register's clock on real PostgreSQL: each delay has its effect on its day, once, whatever stops it; and the renewal."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.demande.domain.validite import au_jour
from services.demande.service import SERVICE
from services.demande.use_cases import horloge
from services.demande.use_cases.horloge import Journee, passer
from services.demande.verification import verifier
from tests.demande.integration.monde import LE, Registre

DEPOT = date(2025, 12, 10)
PREAVIS, ECHEANCE, RADIATION = date(2026, 11, 10), date(2026, 12, 11), date(2027, 1, 10)


async def _passer(monde: Registre, le: date) -> Journee:
    return await passer(monde.fabric, SERVICE.assemble(monde.fabric).store, le)


async def _statuts(monde: Registre) -> dict[UUID, str]:
    return {row.demande: row.statut for row in await monde.lignes("select demande, statut from demande_v1")}


async def _publies(monde: Registre, *types: str) -> list[tuple[str, str]]:
    return [(type_, data["le"]) for type_, data, _ in await monde.publies() if type_ in types]


async def _conforme(monde: Registre) -> None:
    controles = await verifier(monde.fabric, SERVICE.assemble(monde.fabric).store)
    assert [(un.nom, un.ecarts) for un in controles if un.ecarts] == []


def _comptes(journee: Journee) -> tuple[int, int, int, bool]:
    return journee.actes.preavis, journee.actes.echues, journee.actes.radiees, journee.close


@pytest.mark.duty("demande:D18")
async def test_de_l_avis_a_la_radiation_chaque_jour_une_fois(monde: Registre) -> None:
    demande, recente = await monde.deposer("10", depot=DEPOT), await monde.deposer("12", depot=LE)
    passees = [
        _comptes(await _passer(monde, le))
        for le in (PREAVIS - timedelta(days=1), PREAVIS, PREAVIS, ECHEANCE, RADIATION, RADIATION)
    ]
    assert passees == [
        (0, 0, 0, True), (1, 0, 0, True), (0, 0, 0, False), (0, 1, 0, True), (0, 0, 1, True), (0, 0, 0, False),
    ]  # fmt: skip
    assert await _statuts(monde) == {demande: "RADIEE", recente: "ACTIVE"}
    du_cycle = ("demande.preavis-emis.v1", "demande.echue.v1", "demande.radiee.v1")
    assert await _publies(monde, *du_cycle) == [
        ("demande.preavis-emis.v1", str(PREAVIS)),
        ("demande.echue.v1", str(ECHEANCE)),
        ("demande.radiee.v1", str(RADIATION)),
    ]
    closes = await _publies(monde, "demande.journee-close.v1")
    assert len(closes) == len(set(closes)) == (RADIATION - PREAVIS).days + 2
    await _conforme(monde)


async def test_une_semaine_manquee_est_rattrapee_a_ses_dates(monde: Registre) -> None:
    await monde.deposer("10", depot=DEPOT)
    await _passer(monde, PREAVIS - timedelta(days=3))
    assert _comptes(await _passer(monde, PREAVIS + timedelta(days=4))) == (1, 0, 0, True)
    assert await _publies(monde, "demande.preavis-emis.v1") == [("demande.preavis-emis.v1", str(PREAVIS))]
    assert len(await _publies(monde, "demande.journee-close.v1")) == 8


async def test_deux_horloges_et_une_coupure_n_ont_qu_un_effet(monde: Registre, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        await monde.deposer(None, depot=DEPOT)
    monkeypatch.setattr(horloge, "_LOT", 2)
    vrai, appels = au_jour, iter([True] * 4 + [False])

    def coupe(*args: Any) -> Any:
        if not next(appels):
            raise ConnectionError("coupure")
        return vrai(*args)

    with monkeypatch.context() as un_temps:
        un_temps.setattr(horloge, "au_jour", coupe)
        with pytest.raises(ConnectionError):
            await _passer(monde, PREAVIS)
    assert sorted((await _statuts(monde)).values()) == ["ACTIVE"] * 2 + ["PREAVIS"] * 4
    passees = await asyncio.gather(*(_passer(monde, PREAVIS) for _ in range(3)))
    assert sum(une.actes.preavis for une in passees) == 2
    assert sorted(une.close for une in passees) == [False, False, True]
    assert len(await _publies(monde, "demande.preavis-emis.v1")) == 6
    await _conforme(monde)


@pytest.mark.duty("demande:D17", "demande:D19")
async def test_un_renouvellement_par_http_repousse_tout_d_un_an(monde: Registre) -> None:
    demande = await monde.deposer("10", depot=DEPOT)
    await _passer(monde, PREAVIS)
    chemin = f"/v1/demandes/{demande}/renouvellement"
    async with monde.client() as client:
        corps = {"canal": "en-ligne", "dossier": {"motifs": ["01"]}}
        assert (await client.post(chemin, json=corps)).status_code == 428
        assert (await client.post(chemin, json=corps, headers={"If-Match": '"1"'})).status_code == 412
        demain = {"le": str(LE + timedelta(days=1))}
        assert (await client.post(chemin, json=demain, headers={"If-Match": '"2"'})).status_code == 422
        faite = await client.post(chemin, json=corps, headers={"If-Match": '"2"', "Idempotency-Key": "renouvellement"})
        assert (faite.status_code, faite.json()["valable_jusqu_au"]) == (201, "2027-11-22")
        encore = await client.post(chemin, json=corps, headers={"If-Match": '"2"', "Idempotency-Key": "renouvellement"})
        assert (encore.status_code, encore.json()) == (201, faite.json())
        inconnue = await client.post(f"/v1/demandes/{uuid4()}/renouvellement", json={}, headers={"If-Match": '"1"'})
        assert (inconnue.status_code, inconnue.json()["code"]) == (404, "demande-inconnue")
    renouvelees = [data for type_, data, _ in await monde.publies() if type_ == "demande.renouvelee.v1"]
    assert renouvelees == [{"demande": str(demande), "situation": 2, "le": str(LE), "valable_jusqu_au": "2027-11-22"}]
    assert _comptes(await _passer(monde, RADIATION))[:3] == (0, 0, 0)
    assert await _statuts(monde) == {demande: "ACTIVE"}
    await _conforme(monde)


async def test_une_demande_radiee_ne_se_renouvelle_pas(monde: Registre) -> None:
    demande = await monde.deposer("10", depot=DEPOT)
    for le in (PREAVIS, ECHEANCE, RADIATION):
        await _passer(monde, le)
    async with monde.client() as client:
        refusee = await client.post(f"/v1/demandes/{demande}/renouvellement", json={}, headers={"If-Match": '"4"'})
    assert (refusee.status_code, refusee.json()["code"]) == (409, "transition-interdite")
