"""A park loaded from an RPLS transmission file, line by line."""

import httpx
import pytest

from tests.flux.integration.conftest import PIEMONT, Service, fichier_rpls, logement_rpls

URL = "/v1/logements/transmissions"


async def test_les_bonnes_lignes_entrent_et_chaque_mauvaise_est_dite(bailleur: httpx.AsyncClient) -> None:
    fichier = fichier_rpls([
        logement_rpls("6711000001"),
        logement_rpls("6711000002", c24="0"),
        logement_rpls("6711000003", commune="99999"),
        logement_rpls("67110", c2="court"),
        "une;ligne;cassée",
        logement_rpls("6711000001"),
        logement_rpls("6711000004", c32="77"),
        logement_rpls("6711000005", c25="6O"),
        logement_rpls("6711000007", c20="Les\x00Lilas"),
        logement_rpls("6711000006", c24="9", c37="4", c47="", c32="10", c44="9999"),
    ])  # fmt: skip

    rapport = (await bailleur.post(URL, content=fichier)).json()
    dernier = (await bailleur.get("/v1/logements/6711000006")).json()

    assert [(une["ligne"], une["champ"], une["code"]) for une in rapport["lignes_refusees"]] == [
        (3, "pieces_principales", "nombre-invalide"),
        (4, "code_commune", "commune-inconnue"),
        (5, "identifiant_rpls", "rpls-invalide"),
        (6, "", "nombre-de-champs"),
        (7, "identifiant_rpls", "doublon"),
        (8, "financement_initial", "code-inconnu"),
        (9, "surface_habitable_m2", "nombre-invalide"),
        (10, "", "caractere-interdit"),
    ]
    assert (rapport["lignes"], rapport["inscrits"], rapport["refuses"]) == (10, 2, 8)
    assert (dernier["typologie"], dernier["financement"], dernier["hors_flux"]) == ("T6", "PLAI", "DEMOLITION")
    assert dernier["loyer_centimes"] is None


async def test_la_meme_transmission_deux_fois_n_ecrit_rien(bailleur: httpx.AsyncClient) -> None:
    lignes = [logement_rpls(f"67110{n:05}") for n in range(300)]
    premiere = (await bailleur.post(URL, content=fichier_rpls(lignes))).json()
    seconde = (await bailleur.post(URL, content=fichier_rpls(lignes))).json()
    lignes[7] = logement_rpls("6711000007", c44="500")
    troisieme = (await bailleur.post(URL, content=fichier_rpls(lignes))).json()

    assert (premiere["inscrits"], seconde["inchanges"]) == (300, 300)
    assert (troisieme["revises"], troisieme["inchanges"]) == (1, 299)


@pytest.mark.parametrize("corps", [b"", b"pas;un;fichier\r\n", b"x" * 20_000])
async def test_un_fichier_qui_n_en_est_pas_un_est_refuse_en_entier(bailleur: httpx.AsyncClient, corps: bytes) -> None:
    refus = await bailleur.post(URL, content=corps)

    assert (refus.status_code, refus.json()["code"]) == (422, "parc-refuse")


async def test_un_bailleur_ne_transmet_que_son_parc(flux: Service, bailleur: httpx.AsyncClient) -> None:
    assert (await bailleur.post(URL, content=fichier_rpls([logement_rpls("6711000001")]))).status_code == 200
    async with flux.client(PIEMONT) as autre:
        usurpe = await autre.post(URL, content=fichier_rpls([logement_rpls("6711000002")]))
        pris = await autre.post(URL, content=fichier_rpls([logement_rpls("6711000001")], siren="999000128"))
        lu = await autre.get("/v1/logements/6711000001")

    assert usurpe.status_code == 422
    assert [une["code"] for une in pris.json()["lignes_refusees"]] == ["autre-bailleur"]
    assert lu.status_code == 403


async def test_le_parc_se_lit_par_pages(bailleur: httpx.AsyncClient) -> None:
    lignes = [logement_rpls(f"67110{n:05}", commune="67482" if n % 2 else "67447") for n in range(25)]
    await bailleur.post(URL, content=fichier_rpls(lignes))
    lus, suivant = [], "?limite=5&commune=67482"
    while suivant:
        page = (await bailleur.get(f"/v1/logements{suivant}")).json()
        lus += [un["rpls"] for un in page["elements"]]
        suivant = page["suivant"]

    assert lus == [f"67110{n:05}" for n in range(1, 25, 2)]
