"""What the register says of a dwelling offered moves its right and its turn, once each."""

from typing import Any

import httpx
import pytest

from services.chassis.journal.cursor import ORIGIN
from services.flux.service import assemble
from services.flux.verification import verifier
from tests.flux.integration.conftest import Service, charger, conventionner, liberer, orienter
from tests.flux.integration.registre import Registre


async def _offrir(flux: Service, client: httpx.AsyncClient, **politique: Any) -> tuple[str, str]:
    """A dwelling offered to the State: (release, offer)."""
    await charger(client, "6711000001")
    await conventionner(client, **politique)
    liberation = await liberer(client, "6711000001")
    decidee = await orienter(client, liberation, titulaire="etat-67", motif="Relogement prioritaire.")
    return liberation, decidee["mise_a_disposition"]


async def _natures(client: httpx.AsyncClient, titulaire: str = "etat-67") -> list[str]:
    comptes = (await client.get("/v1/comptes", params={"titulaire": titulaire})).json()["elements"]
    return [
        ligne["nature"]
        for compte in comptes
        for ligne in (await client.get(f"/v1/comptes/{compte['compte']}/ecritures")).json()["elements"]
    ]


async def _publies(flux: Service, *types: str) -> list[Any]:
    publication = assemble(flux.fabric).publication
    recorded = await flux.fabric.journal.committed(ORIGIN, 10_000)
    return [e for one in recorded if (e := publication.published(one)) and e.type in types]


async def _conforme(flux: Service) -> None:
    assert [un for un in await verifier(flux.fabric, flux.store) if un.ecarts] == []


async def test_le_bail_impute_le_droit_une_fois(flux: Service, bailleur: httpx.AsyncClient) -> None:
    liberation, mise = await _offrir(flux, bailleur)
    registre = Registre(flux)
    await registre.designer(mise, "d-1", "d-2", "d-3")
    await registre.decider(mise, ("d-1", "ATTR_RANG", 1), ("d-2", "ATTR_RANG", 2), ("d-3", "NON_ATTR", None))
    avant = await _natures(bailleur)
    await registre.refuser(mise, "d-1")
    await registre.louer([mise])
    await registre.louer([mise])

    assert avant == ["ENGAGE"]
    assert await _natures(bailleur) == ["ENGAGE", "COMPTABILISE"]
    assert (await bailleur.get(f"/v1/liberations/{liberation}")).json()["statut"] == "LOUEE"
    (impute,) = await _publies(flux, "flux.impute.v1", "flux.contre-passe.v1")
    assert (impute.data.reservataire, impute.data.exercice, impute.data.nombre) == ("etat-67", 2026, 1)
    assert impute.data.unite == "BAIL_SIGNE"
    assert impute.organisations == "prefecture-67 trois-rivieres-habitat"
    await _conforme(flux)


@pytest.mark.duty("flux:L29")
async def test_le_droit_est_impute_a_l_attribution_quand_la_convention_le_dit(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    _, mise = await _offrir(flux, bailleur, politique_imputation="ATTRIBUTION")
    registre = Registre(flux)
    await registre.designer(mise, "d-1")
    designee = await _natures(bailleur)
    await registre.decider(mise, ("d-1", "ATTR", None))
    imputees = await _natures(bailleur)
    await registre.louer([mise])

    assert designee == ["ENGAGE"]
    assert imputees == await _natures(bailleur) == ["ENGAGE", "COMPTABILISE"]
    await _conforme(flux)


async def test_le_droit_est_impute_a_la_mise_a_disposition_et_contre_passe_au_retour(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    liberation, mise = await _offrir(flux, bailleur, politique_imputation="MISE_A_DISPOSITION")
    rendu = await bailleur.post(f"/v1/mises-a-disposition/{mise}/retour", json={"motif": "RENONCIATION"})
    suivante = await orienter(bailleur, liberation)

    assert rendu.json() == {"mise_a_disposition": mise, "impute": False, "suite": "REORIENTATION"}
    assert await _natures(bailleur) == ["ENGAGE", "COMPTABILISE", "CONTRE_PASSE"]
    assert [e.data.nombre for e in await _publies(flux, "flux.impute.v1", "flux.contre-passe.v1")][:2] == [1, -1]
    assert suivante["mise_a_disposition"] != mise
    assert not next(c for c in suivante["compteurs"] if c["titulaire"] == "etat-67")["eligible"]
    await _conforme(flux)


async def test_un_retour_impute_laisse_son_tour_au_bailleur(flux: Service, bailleur: httpx.AsyncClient) -> None:
    liberation, mise = await _offrir(flux, bailleur, rendu_compte=True)
    rendu = await bailleur.post(f"/v1/mises-a-disposition/{mise}/retour", json={"motif": "SANS_CANDIDAT"})
    lue = (await bailleur.get(f"/v1/liberations/{liberation}")).json()
    await Registre(flux).louer([lue["mise_a_disposition"]])

    assert rendu.json()["suite"] == "TOUR_BAILLEUR"
    assert (lue["statut"], lue["titulaire"]) == ("MISE_A_DISPOSITION", "part-trois-rivieres")
    assert await _natures(bailleur) == ["ENGAGE", "COMPTABILISE"]
    assert await _natures(bailleur, "part-trois-rivieres") == []
    (rendu_publie,) = await _publies(flux, "logement.rendu.v1")
    assert rendu_publie.data.motif == "SANS_CANDIDAT"
    await _conforme(flux)


async def test_les_refus_de_tous_les_attributaires_rendent_le_logement(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    liberation, mise = await _offrir(flux, bailleur)
    registre = Registre(flux)
    await registre.decider(mise, ("d-1", "ATTR_RANG", 1), ("d-2", "ATTR_RANG", 2))
    await registre.refuser(mise, "d-1")
    un_reste = (await bailleur.get(f"/v1/liberations/{liberation}")).json()["statut"]
    await registre.refuser(mise, "d-2")
    await registre.refuser(mise, "d-2")

    assert un_reste == "ATTRIBUEE"
    assert (await bailleur.get(f"/v1/liberations/{liberation}")).json()["statut"] == "A_ORIENTER"
    assert await _natures(bailleur) == ["ENGAGE", "ANNULE"]
    (rendu,) = await _publies(flux, "logement.rendu.v1")
    assert rendu.data.motif == "CANDIDATS_REFUSES"
    await _conforme(flux)


async def test_les_nouvelles_qui_arrivent_dans_un_autre_ordre_ont_le_meme_effet(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    _, mise = await _offrir(flux, bailleur, politique_imputation="ATTRIBUTION")
    registre = Registre(flux)
    await registre.refuser(mise, "d-1")
    await registre.louer([mise])
    await registre.decider(mise, ("d-1", "ATTR_RANG", 1), ("d-2", "ATTR_RANG", 2))

    assert await _natures(bailleur) == ["ENGAGE", "COMPTABILISE"]
    await _conforme(flux)


async def test_une_mise_a_disposition_inconnue_est_mise_de_cote(flux: Service) -> None:
    from services.flux.domain.erreurs import MiseADispositionInconnue

    with pytest.raises(MiseADispositionInconnue):
        await Registre(flux).louer(["11111111-1111-5111-8111-111111111111"])


async def test_une_premiere_location_a_sa_propre_suite_et_ne_compte_pas(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)
    neuf = await liberer(bailleur, "6711000001", origine="LIVRAISON")
    decidee = await orienter(bailleur, neuf, titulaire="etat-67", motif="Programme neuf.")
    await Registre(flux).louer([decidee["mise_a_disposition"]])

    assert decidee["perimetre"] == "epci:246700488:67:neuf"
    assert await _natures(bailleur) == []
    await _conforme(flux)
