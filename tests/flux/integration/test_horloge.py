"""The clock: deadlines to name candidates, days closed once."""

from datetime import date
from typing import Any

import httpx
import pytest

from contracts.evenements.flux import LogementRendu
from services.chassis.journal.cursor import ORIGIN
from services.flux.service import assemble
from services.flux.use_cases.horloge import passer
from services.flux.verification import verifier
from tests.flux.integration.conftest import Service, charger, conventionner, liberer, orienter
from tests.flux.integration.registre import Registre

ECHEANCE = date(2026, 4, 2)
LE_LENDEMAIN = date(2026, 4, 3)


async def _types(flux: Service) -> list[str]:
    publication = assemble(flux.fabric).publication
    recorded = await flux.fabric.journal.committed(ORIGIN, 10_000)
    return [event.type for one in recorded if (event := publication.published(one))]


async def _offres(flux: Service, client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Three dwellings: two to the State, one to the landlord's own share."""
    await charger(client, *(f"671100000{n}" for n in range(3)))
    await conventionner(client)
    offres = []
    for n, titulaire in enumerate(("etat-67", "etat-67", "part-trois-rivieres")):
        liberation = await liberer(client, f"671100000{n}")
        offres.append(await orienter(client, liberation, titulaire=titulaire, motif="Choix de l'essai."))
    return offres


@pytest.mark.duty("flux:L31")
async def test_le_delai_depasse_rend_le_logement_une_fois(flux: Service, bailleur: httpx.AsyncClient) -> None:
    sans_candidat, designee, propre = await _offres(flux, bailleur)
    await Registre(flux).designer(designee["mise_a_disposition"], "d-1", le=ECHEANCE)

    le_jour = await passer(flux.fabric, flux.store, ECHEANCE)
    le_lendemain = await passer(flux.fabric, flux.store, LE_LENDEMAIN)
    encore = await passer(flux.fabric, flux.store, LE_LENDEMAIN)

    assert (le_jour.rendus, le_lendemain.rendus, encore.rendus) == (0, 1, 0)
    assert (le_jour.close, le_lendemain.close, encore.close) == (True, True, False)
    etats = [
        (await bailleur.get(f"/v1/mises-a-disposition/{une['mise_a_disposition']}")).json()["etat"]
        for une in (sans_candidat, designee, propre)
    ]
    assert etats == ["RENDUE", "OUVERTE", "OUVERTE"]
    types = await _types(flux)
    assert (types.count("logement.rendu.v1"), types.count("flux.journee-close.v1")) == (1, 2)
    assert [un for un in await verifier(flux.fabric, flux.store) if un.ecarts] == []


async def test_des_jours_manques_sont_rattrapes_a_leur_date(flux: Service, bailleur: httpx.AsyncClient) -> None:
    await _offres(flux, bailleur)
    await passer(flux.fabric, flux.store, ECHEANCE)
    rattrapes = await passer(flux.fabric, flux.store, date(2026, 4, 9))
    assert (rattrapes.rendus, rattrapes.close) == (2, True)
    publication = assemble(flux.fabric).publication
    recorded = await flux.fabric.journal.committed(ORIGIN, 10_000)
    publies = [event for one in recorded if (event := publication.published(one))]
    rendus = [event.data for event in publies if event.type == "logement.rendu.v1"]
    assert [rendu.le for rendu in rendus if isinstance(rendu, LogementRendu)] == [LE_LENDEMAIN] * 2
    assert (await _types(flux)).count("flux.journee-close.v1") == 8


async def test_une_journee_interrompue_reprend_ou_elle_en_etait(
    flux: Service, bailleur: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.flux.use_cases import horloge

    await _offres(flux, bailleur)
    vrai, appels = horloge.rendre_mise, iter([True, False])

    async def coupe(*args: Any) -> Any:
        if not next(appels):
            raise ConnectionError("coupure")
        return await vrai(*args)

    monkeypatch.setattr(horloge, "rendre_mise", coupe)
    with pytest.raises(ConnectionError):
        await passer(flux.fabric, flux.store, LE_LENDEMAIN)
    assert "flux.journee-close.v1" not in await _types(flux)
    monkeypatch.setattr(horloge, "rendre_mise", vrai)
    reprise = await passer(flux.fabric, flux.store, LE_LENDEMAIN)

    assert (reprise.rendus, reprise.close) == (1, True)
    assert (await _types(flux)).count("logement.rendu.v1") == 2


async def test_un_candidat_nomme_entre_temps_garde_le_logement(flux: Service, bailleur: httpx.AsyncClient) -> None:
    premiere, *_ = await _offres(flux, bailleur)
    await Registre(flux).designer(premiere["mise_a_disposition"], "d-1", le=ECHEANCE)

    refus = await bailleur.post(
        f"/v1/mises-a-disposition/{premiere['mise_a_disposition']}/retour",
        json={"motif": "DELAI_DEPASSE", "le": "2026-05-01"},
    )

    assert (refus.status_code, refus.json()["code"]) == (409, "retour-impossible")
