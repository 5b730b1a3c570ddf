"""Conventions signed over HTTP: what the law refuses, with the sentence that says what to do."""

import httpx
import pytest

from tests.flux.integration.conftest import PIEMONT, Service, preparer, signer, termes


@pytest.mark.duty("flux:L13")
@pytest.mark.parametrize(("titulaire", "part", "plafond"), [
    ("etat-67", "31", "ETAT_GT_30"),
    ("etat-agents-67", "6", "ETAT_AGENTS_GT_5"),
])  # fmt: skip
async def test_la_part_de_l_etat_a_un_plafond(
    bailleur: httpx.AsyncClient, titulaire: str, part: str, plafond: str
) -> None:
    refus = await signer(bailleur, termes(titulaire, part))

    assert (refus.status_code, refus.json()["code"]) == (409, "plafond-depasse")
    assert plafond in [faute["code"] for faute in refus.json()["errors"]]


@pytest.mark.duty("flux:L15")
async def test_l_etat_a_trente_pour_cent_hors_qpv_quand_tous_ses_titulaires_ont_signe(
    bailleur: httpx.AsyncClient,
) -> None:
    premiere = await signer(bailleur, termes("etat-67", "20"))
    derniere = await signer(bailleur, termes("etat-agents-67", "5"))
    stipulee = await signer(bailleur, termes("etat-agents-67", "5", numero="autre", stipulation_hors_qpv=True))

    assert premiere.json()["a_verifier"] == ["ETAT_HORS_QPV_LT_30"]
    assert derniere.status_code == 409
    assert [faute["code"] for faute in derniere.json()["errors"]] == ["ETAT_HORS_QPV_LT_30"]
    assert (stipulee.status_code, stipulee.json()["a_verifier"]) == (200, [])


@pytest.mark.duty("flux:L19", "flux:L23")
async def test_les_garanties_des_collectivites_font_vingt_pour_cent_ensemble(bailleur: httpx.AsyncClient) -> None:
    epci = await signer(bailleur, termes("eurometropole", "15", contrepartie="GARANTIE"))
    commune = await signer(bailleur, termes("strasbourg", "6", contrepartie="GARANTIE", communes=["67482"]))
    terrain = await signer(
        bailleur, termes("strasbourg", "6", contrepartie="TERRAIN", communes=["67482"], numero="terrain")
    )

    assert epci.status_code == 200
    assert epci.json()["a_verifier"] == ["ETAT_NON_SIGNE"]
    assert [faute["code"] for faute in commune.json()["errors"]] == ["COLLECTIVITES_GARANTIE_GT_20"]
    assert terrain.status_code == 200


@pytest.mark.duty("flux:L5")
async def test_une_seule_convention_par_bailleur_reservataire_et_departement(bailleur: httpx.AsyncClient) -> None:
    premiere = await signer(bailleur, termes("action-logement", "18", contrepartie="FINANCEMENT"))
    seconde = await signer(bailleur, termes("action-logement", "2", contrepartie="FINANCEMENT", numero="deuxième"))

    assert premiere.status_code == 200
    assert (seconde.status_code, seconde.json()["code"]) == (409, "convention-refusee")
    assert "avenant" in seconde.json()["detail"]


@pytest.mark.duty("flux:L6")
async def test_le_droit_d_une_commune_s_arrete_a_son_territoire(bailleur: httpx.AsyncClient) -> None:
    refus = await preparer(bailleur, termes("strasbourg", "6", communes=["67482", "67447"]))

    assert refus.status_code == 422
    assert [(f["pointer"], f["code"]) for f in refus.json()["errors"]] == [("/parts/0/communes", "hors-territoire")]


@pytest.mark.duty("flux:L4")
async def test_le_reservataire_est_de_ceux_de_la_region_et_pas_le_bailleur(bailleur: httpx.AsyncClient) -> None:
    inconnu = await preparer(bailleur, termes("ville-de-paris", "5"))
    propre = await preparer(bailleur, termes("part-trois-rivieres", "5"))

    assert [f["code"] for r in (inconnu, propre) for f in r.json()["errors"]] == ["reservataire-inconnu"] * 2


async def test_les_parts_ne_font_pas_plus_de_cent_pour_cent(bailleur: httpx.AsyncClient) -> None:
    assert (await signer(bailleur, termes("action-logement", "90", contrepartie="FINANCEMENT"))).status_code == 200

    refus = await signer(bailleur, termes("eurometropole", "11", contrepartie="TERRAIN"))

    assert (refus.status_code, refus.json()["code"]) == (409, "convention-refusee")
    assert "101 %" in refus.json()["detail"]


async def test_un_avenant_et_une_resiliation_changent_les_droits(bailleur: httpx.AsyncClient) -> None:
    corps = termes("action-logement", "18", contrepartie="FINANCEMENT")
    signee = await signer(bailleur, corps)
    adresse = f"/v1/conventions/{signee.json()['convention']}"
    corps["parts"][0]["pourcentage"] = "20"

    avenant = await bailleur.post(
        f"{adresse}/avenants", json={"le": "2026-03-01", "termes": corps}, headers={"If-Match": signee.headers["ETag"]}
    )
    perimee = await bailleur.post(
        f"{adresse}/resiliation", json={"motif": "fin"}, headers={"If-Match": signee.headers["ETag"]}
    )
    resiliee = await bailleur.post(
        f"{adresse}/resiliation", json={"motif": "fin"}, headers={"If-Match": avenant.headers["ETag"]}
    )
    lue = (await bailleur.get(adresse)).json()

    assert (avenant.status_code, perimee.status_code, resiliee.status_code) == (204, 412, 204)
    assert (lue["statut"], lue["resiliee_le"]) == ("RESILIEE", "2026-03-02")
    assert lue["termes"]["parts"][0]["part"] == "1/5"


async def test_un_bailleur_ne_lit_pas_les_conventions_d_un_autre(flux: Service, bailleur: httpx.AsyncClient) -> None:
    signee = await signer(bailleur, termes("action-logement", "18", contrepartie="FINANCEMENT"))

    async with flux.client(PIEMONT) as autre, flux.client("action-logement-services", "reservataire") as titulaire:
        refus = await autre.get(f"/v1/conventions/{signee.json()['convention']}")
        vues = (await autre.get("/v1/conventions")).json()["elements"]
        sienne = (await titulaire.get("/v1/conventions")).json()["elements"]

    assert refus.status_code == 403
    assert vues == []
    assert [une["convention"] for une in sienne] == [signee.json()["convention"]]
